"""Every test is in a ring, so that none is ever left out; and what runs the rings counts right."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, shown, tree
from tests.rings import CHECKS, RINGS, counted

pytestmark = pytest.mark.architecture


def named_rings(path: Path) -> set[str]:
    """The rings in a file's `pytestmark = …`."""
    return {
        node.attr
        for statement in tree(path).body
        if isinstance(statement, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in statement.targets)
        for node in ast.walk(statement.value)
        if isinstance(node, ast.Attribute) and node.attr in RINGS
    }


def test_every_test_file_says_its_ring() -> None:
    test_files = [path for path in files("tests") if path.name.startswith("test_")]
    assert [shown(path) for path in test_files if len(named_rings(path)) != 1] == []


def collect(test: Path) -> "subprocess.CompletedProcess[str]":
    command = ["-m", "pytest", "-c", "pyproject.toml", "-p", "tests.conftest", "--collect-only"]
    return subprocess.run(
        [sys.executable, *command, str(test)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("mark", ["", "@pytest.mark.pure\n@pytest.mark.journey\n"])
def test_a_test_in_no_ring_or_in_two_stops_the_run(tmp_path: Path, mark: str) -> None:
    lost = tmp_path / "test_lost.py"
    lost.write_text(f"import pytest\n\n{mark}def test_lost():\n    pass\n", encoding="utf-8")
    done = collect(lost)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "each test belongs to one ring" in done.stderr
    assert "::test_lost" in done.stderr


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="9" failures="2" errors="1" skipped="1"/></testsuites>',
        encoding="utf-8",
    )
    assert counted(report) == (5, 3, 1)
    assert counted(tmp_path / "absent.xml") == (0, 0, 0)


def test_all_rings_and_checks_together_end_within_the_quarter_of_an_hour() -> None:
    rings = sum(ring.seconds for ring in RINGS.values())
    checks = sum(check.seconds for check in CHECKS.values())
    assert rings + checks <= 15 * 60
