"""`cordboard route simulate` as it is typed."""

import json

import pytest

from router.core.playing.erlang import erlang_c
from tests.cordboard.conftest import Typed

pytestmark = pytest.mark.program


def test_given_rates_are_answered_as_erlang_answers(typed: Typed) -> None:
    """One at a time (an e-mail of an agent with one unit): the formula's own case."""
    done = typed("route", "simulate", "--rate", "60/h", "--handle", "6m", "--kind", "email",
                 "--capacity", "1", "--goal", "80/20", "--seed", "4", "--precision", "3",
                 "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    [part] = json.loads(done.stdout)["parts"]
    assert part["agents"] == part["erlang"] == 9
    exact = erlang_c(9, 60 / 3_600, 1 / 360, 20.0).soon
    assert abs(part["within"] - exact) < 1.5 * part["margin"]
    assert part["margin"] <= 0.03


def test_a_person_is_told_the_goal_and_what_was_assumed(typed: Typed) -> None:
    done = typed("route", "simulate", "--rate", "30/h", "--handle", "6m", "--patience", "5m",
                 "--agents", "1", "--agents", "2", "--precision", "10")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Goal: 80.0 % of all that come are begun within 20 s.") == 2
    assert "one of webchat takes 2" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rate", "many"), "is no rate"),
        (("--rate", "120/h", "--goal", "80"), "is no goal"),
        (("--rate", "120/h", "--goal", "120/20"), "is no goal"),
        (("--rate", "120/h", "--handle", "long"), "is no length of time"),
        (("--rate", "120/h", "--agents", "0"), "greater than or equal to 1"),
        (("--backup", "nowhere", "--day", "someday"), "nowhere"),
    ],
)
def test_what_cannot_be_read_is_said(typed: Typed, words: tuple[str, ...], said: str) -> None:
    done = typed("route", "simulate", *words)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
