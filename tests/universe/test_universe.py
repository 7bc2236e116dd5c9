"""Some universes, and that they would notice. The long form is `make universe`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parent.parent.parent


def lives(*words: str) -> str:
    """In processes of their own, where sets of words are walked in the same order each time."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_nothing_is_lost_shown_twice_or_left_in_some_universes() -> None:
    assert ": 0 failed" in lives("tests.universe", "--seeds", "4", "--hours", "0.25")


def test_a_router_may_die_at_any_await() -> None:
    assert ": 0 failed" in lives("tests.universe.awaits", "--every", "40")


def test_a_universe_follows_from_its_seed() -> None:
    def trace(seed: str) -> str:
        said = lives("tests.universe", "--seed", seed, "--hours", "0.1", "--loud")
        return said.partition("trace ")[2][:16]

    first = trace("3")
    assert (trace("3") == first, trace("4") == first) == (True, False)


def test_each_broken_promise_is_noticed() -> None:
    assert "NOT FOUND" not in lives("tests.universe.mutants")
