"""Runs every check and every ring of tests, each within its time, and says how it went.

`python -m tests.rings` runs all of them; `python -m tests.rings mypy journey` runs those two.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Ring:
    """How long it may take on two cores, and how many processes share its files."""

    seconds: float
    workers: int = 1


# Together with the checks: under 15 minutes.
RINGS = {
    "pure": Ring(170, workers=2),
    "contract": Ring(105, workers=3),
    "program": Ring(160, workers=2),
    "kills": Ring(170, workers=2),
    "journey": Ring(185, workers=2),
    "architecture": Ring(45, workers=2),
}


@dataclass(frozen=True)
class Check:
    command: tuple[str, ...]
    seconds: float


CHECKS = {
    "ruff": Check(("ruff", "check", "."), 5),
    "format": Check(("ruff", "format", "--check", "."), 5),
    "mypy": Check(("mypy", "."), 45),
    "imports": Check(("lint-imports",), 10),
}

# A file that cannot be read fails its ring, and does not hide the others in it.
PYTEST = ("-q", "--continue-on-collection-errors")

# Time to put down servers and say what was running, after the interrupt.
LAST_WORDS = 30


@dataclass(frozen=True)
class Outcome:
    stage: str
    seconds: float
    passed: int
    failed: int
    note: str = ""

    def __str__(self) -> str:
        state = "failed" if self.failed else "ok"
        counts = f"{self.passed} passed, {self.failed} failed" if self.stage in RINGS else ""
        return f"{self.stage:<13}{self.seconds:7.1f} s  {state:<7} {counts} {self.note}".rstrip()


def main(wanted: Sequence[str]) -> int:
    stages = wanted or [*CHECKS, *RINGS]
    outcomes = [run_ring(stage) if stage in RINGS else run_check(stage) for stage in stages]
    print()
    for outcome in outcomes:
        print(outcome)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run_check(name: str) -> Outcome:
    check = CHECKS[name]
    program, *arguments = check.command
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    status, seconds = run(name, command, check.seconds)
    return Outcome(name, seconds, passed=0, failed=int(status != 0), note=late(status))


def run_ring(ring: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        shared = ["-n", str(RINGS[ring].workers), "--dist", "loadfile"]
        command = [sys.executable, "-m", "pytest", *PYTEST, "-m", ring, f"--junitxml={report}"]
        status, seconds = run(
            ring, command + (shared if RINGS[ring].workers > 1 else []), RINGS[ring].seconds
        )
        passed, failed, skipped = counted(report)
    if skipped:
        return Outcome(ring, seconds, passed, failed + skipped, f"{skipped} skipped: not allowed")
    if status != 0 and not failed:
        note = late(status) or ENDINGS.get(status, f"exit {status}")
        return Outcome(ring, seconds, passed, 1, note)
    return Outcome(ring, seconds, passed, failed, late(status))


OUT_OF_TIME = -1
ENDINGS = {2: "interrupted", 3: "pytest broke", 4: "wrong use", 5: "no tests in this ring"}


def run(stage: str, command: Sequence[str], budget: float) -> tuple[int, float]:
    """The exit status (or OUT_OF_TIME) and the seconds it took."""
    print(f"\n=== {stage} (up to {budget:.0f} s)", flush=True)
    began = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=surroundings()) as child:
        try:
            status = child.wait(budget)
        except subprocess.TimeoutExpired:
            end(child)
            status = OUT_OF_TIME
    seconds = time.monotonic() - began
    print(f"=== {stage}: {seconds:.1f} s", flush=True)
    return status, seconds


def end(child: "subprocess.Popen[bytes]") -> None:
    # As Ctrl-C would, so that pytest names the test that was running and ends its servers.
    child.send_signal(signal.SIGINT)
    try:
        child.wait(LAST_WORDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def late(status: int) -> str:
    return "out of time" if status == OUT_OF_TIME else ""


def counted(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests; nothing when pytest did not get so far as to report."""
    if not report.exists():
        return 0, 0, 0
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        return 0, 0, 0
    total, failures, errors, skipped = (
        int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
    )
    return max(total - failures - errors - skipped, 0), failures + errors, skipped


def surroundings() -> dict[str, str]:
    """The environment without what changes how programs look or where they keep things."""
    changing = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTEST_ADDOPTS")
    return {name: value for name, value in os.environ.items() if name not in changing}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
