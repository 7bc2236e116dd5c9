"""Cases of Intercom's balanced assignment, and of Asterisk's queues, on our desk."""

import pytest

from router.core.need import Step
from router.core.scheme import Scheme
from tests.router.core.goldens import ONE_UNIT, agent, comes, desk_of, given, need, served

pytestmark = pytest.mark.pure

BALANCED = Scheme(weights=ONE_UNIT, strategies={"": "least_loaded"})


def test_of_a_limit_of_three_who_has_one_gets_two_before_who_has_three() -> None:
    desk = desk_of(agent("A", capacity=3), agent("B", capacity=3), scheme=BALANCED)
    served(desk, {"A": [91, 92, 93], "B": [94]}, 0.0)
    for conversation in (1, 2, 3):
        comes(desk, conversation, float(conversation))
    assert list(given(desk, 10.0).values()) == ["B", "B"]
    desk.end(91, 20.0)
    assert given(desk, 20.0) == {3: "A"}


def test_both_the_limit_of_the_teammate_and_that_of_the_inbox_hold() -> None:
    desk = desk_of(agent("A", capacity=9, limits={"chat": 2}), scheme=BALANCED)
    for conversation in (1, 2, 3):
        comes(desk, conversation, float(conversation))
    assert list(given(desk, 10.0)) == [1, 2]


def test_of_equally_many_the_teammate_not_assigned_for_the_longest_time_gets_it() -> None:
    desk = desk_of(agent("A", capacity=3), agent("B", capacity=3), scheme=BALANCED)
    desk.give(91, "B", "chat", 1.0)
    desk.give(92, "A", "chat", 2.0)
    comes(desk, 1, 3.0)
    assert given(desk, 3.0) == {1: "B"}


def test_what_found_everybody_away_is_assigned_when_somebody_is_back() -> None:
    """The documented gap of its round robin, which assigns only once: ours has none."""
    scheme = Scheme(strategies={"": "round_robin"})
    desk = desk_of(agent("A", presence="away"), scheme=scheme)
    comes(desk, 1, 0.0)
    assert given(desk, 0.0) == {}
    desk.set_presence("A", "online")
    assert given(desk, 60.0) == {1: "A"}


def test_asterisk_callers_go_by_priority_then_by_their_time() -> None:
    desk = desk_of(agent("A", capacity=3), scheme=Scheme(weights=ONE_UNIT))
    comes(desk, 1, 1.0, tier=-1)
    comes(desk, 2, 2.0, tier=-9)
    comes(desk, 3, 0.0, tier=-1)
    assert list(given(desk, 9.0)) == [2, 3, 1]


def test_asterisk_members_of_a_higher_penalty_are_asked_later() -> None:
    """Penalty 0 is level 5; a rule that raises the penalty after a time is a step."""
    asks = need(skills=(("queue", 4),))
    desk = desk_of(agent("A", skills={"queue": 4}, idle_since=1.0),
                   agent("B", skills={"queue": 5}, idle_since=2.0),
                   agent("C", skills={"queue": 1}, idle_since=0.0),
                   scheme=Scheme(weights=ONE_UNIT, strategies={"": "best_level"}))  # fmt: skip
    for conversation in (1, 2, 3):
        comes(
            desk, conversation, float(conversation), asks, steps=(Step(30, lower=(("queue", 1),)),)
        )
    assert list(given(desk, 10.0).values()) == ["B", "A"]
    assert given(desk, 33.0) == {3: "C"}
