"""The kit itself: each case catches the channel that is wrong in it."""

import socket
import subprocess
import sys

import pytest

from adapters.sdk.conformance import expect
from adapters.sdk.conformance.cases import BY_NAME, CASES
from adapters.sdk.conformance.kit import check, outcomes
from adapters.sdk.conformance.traces import Traces
from cordboard_example.counterpart import ExampleCounterpart
from tests.adapters.conformance import broken
from tests.adapters.conformance.conftest import Install

pytestmark = pytest.mark.program

# The case, who is wrong in it, and what is said.
WRONG = {
    "duplicate in": (broken.ForgetsNames, '"the first" is at the desk 2 times'),
    "crash before accepted": (broken.SaysTakenAtOnce, "before it was committed"),
    "send repeated": (broken.SendsUnderAnyKey, 'was shown "said once" 2 times'),
    "over-long text": (broken.CutsText, 'was not shown "w'),
    "control characters": (broken.StopsAtControlCharacters, "did not reach the desk"),
    "told to wait": (broken.TakesWaitForNo, "told to wait, it says Rejected"),
    "wrong credentials": (broken.TakesRefusedForAway, "`check` does not know"),
    "server killed": (broken.HidesThatItIsAway, "it says ready, and the server is gone"),
    "large attachment": (broken.LosesFiles, "0 files came instead of one"),
    "clean unload": (broken.StaysBehind, "task left behind"),
}


def test_each_case_has_somebody_who_fails_it() -> None:
    assert list(WRONG) == [case.name for case in CASES]


@pytest.mark.parametrize("name", WRONG)
def test_who_is_wrong_is_caught(
    name: str, installed: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, said = WRONG[name]
    monkeypatch.setattr(expect, "SOON", 8.0 if name == "crash before accepted" else 1.5)
    monkeypatch.setattr("adapters.sdk.conformance.traces.SECONDS", 0.3)
    installed(example=f"{broken.__name__}:{wrong.__name__}")
    with pytest.raises(AssertionError, match=said):
        check(BY_NAME[name], ExampleCounterpart)


def test_a_fault_of_the_authors_own_is_a_finding_like_another(installed: Install) -> None:
    installed(example="tests.adapters.conformance.broken:LosesFiles")
    (found,) = outcomes(lambda: ExampleCounterpart(1 / 0), [CASES[0]])  # type: ignore[call-arg]
    assert "ZeroDivisionError" in found.fault


async def test_an_open_socket_and_a_process_are_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sdk.conformance.traces.SECONDS", 0.1)
    before = Traces.now()
    await Traces.are_gone(before)
    with socket.socket(), pytest.raises(AssertionError, match=r"descriptor .* → socket:"):
        await Traces.are_gone(before)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with pytest.raises(AssertionError, match=f"process {child.pid}"):
        await Traces.are_gone(before)
    child.communicate()
    await Traces.are_gone(before)
