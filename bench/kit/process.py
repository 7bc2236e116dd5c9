"""What the kernel says of a process."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Memory that it has in use, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    line = next(line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1_024


def spent(pid: int) -> float:
    """User and system time from its start, in seconds."""
    facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / TICKS


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  one number, many times


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208


def with_children(pid: int) -> dict[int, str]:
    """The process, its children and theirs: what each was started with."""
    parents = dict(filter(None, map(_parent, Path("/proc").glob("[0-9]*"))))
    found, waiting = {}, [pid]
    while waiting:
        one = waiting.pop()
        found[one] = _command(one)
        waiting += [child for child, parent in parents.items() if parent == one]
    return found


def spent_by_ended(pid: int) -> float:
    """What its children spent that have ended and were waited for, in seconds."""
    facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[13]) + int(facts[14])) / TICKS


def _parent(folder: Path) -> tuple[int, int] | None:
    try:
        facts = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None  # it ended meanwhile
    return int(folder.name), int(facts[1])


def _command(pid: int) -> str:
    raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()
