"""What a program does not load when it starts, seen in a fresh interpreter."""

import subprocess
import sys
from functools import cache

import pytest

from tests.architecture.source import ROOT, within

pytestmark = pytest.mark.architecture

NEVER_LOADED = {
    "router": ("adapters", "console", "cordboard", "textual", "aioimaplib", "aiosmtpd"),
    "console": ("adapters", "router", "cordboard", "apsw", "sqlite3", "aiohttp.web", "aioimaplib"),
    "adapters.sdk": ("router", "console", "cordboard", "agent_notes", "apsw", "textual"),
}

SHOW = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"


@cache
def loaded(program: str) -> frozenset[str]:
    """The modules in memory once everything that the program imports at its start is there."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW, f"{program}.__main__"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return frozenset(done.stdout.split())


@pytest.mark.parametrize("program", NEVER_LOADED)
def test_a_program_loads_nothing_of_the_others(program: str) -> None:
    extra = [
        name
        for name in sorted(loaded(program))
        if any(within(name, foreign) for foreign in NEVER_LOADED[program])
    ]
    assert extra == []
