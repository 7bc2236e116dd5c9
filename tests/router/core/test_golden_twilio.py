"""Cases that Twilio publishes for TaskRouter, on our desk.

Not ours: the newest task first (LIFO, which ignores priority), several workers reserved for one
task at once, and ordering workers by other attributes than the skills that are asked.
"""

import pytest

from router.core.need import Step
from router.core.scheme import Scheme
from tests.router.core.goldens import (
    ONE_UNIT,
    agent,
    comes,
    declined,
    desk_of,
    given,
    missed,
    need,
    offered,
    served,
)  # fmt: skip

pytestmark = pytest.mark.pure

# Ten seconds for each of three targets: these are deadlines from the start, not one after another.
TARGETS = (Step(10, widen=("second",)), Step(20, widen=("third",)), Step(30, widen=("default",)))


@pytest.mark.parametrize(("free", "at"), [("first", 0), ("second", 10), ("third", 20),
                                          ("default", 30)])  # fmt: skip
def test_the_deadlines_of_targets_count_from_the_start(free: str, at: float) -> None:
    teams = ("first", "second", "third", "default")
    desk = desk_of(*(agent(team, teams=(team,), presence="online" if team == free else "busy")
                     for team in teams))  # fmt: skip
    comes(desk, 1, 0.0, need(team="first"), steps=TARGETS)
    if at:
        assert given(desk, at - 0.001) == {}
    assert given(desk, at) == {1: free}


def test_after_a_reservation_timed_out_the_next_target_has_what_is_left_of_its_time() -> None:
    """Reserved at 3, timed out at 8, then in target 2 for 12 more seconds: until 20."""
    desk = desk_of(agent("ana", teams=("first",)), agent("bo", teams=("second",)),
                   agent("cy", teams=("third",)))  # fmt: skip
    served(desk, {"ana": [8], "bo": [9]}, 0.0)
    steps = (Step(10, widen=("second",), skip=True), Step(20, widen=("third",)))
    comes(desk, 1, 0.0, need(team="first"), steps=steps)
    assert given(desk, 0.0) == {}
    desk.end(8, 3.0)
    [(waiting, who)] = offered(desk, 3.0, until=8.0)
    assert who == "ana"
    missed(desk, waiting, by="ana")  # nobody is left who could answer in target 1
    assert given(desk, 8.0) == {}
    after = desk.waiting[1]
    assert after.need.widened == ("second",)
    assert after.steps[0].after - 8.0 == 12.0
    assert given(desk, 19.999) == {}
    assert given(desk, 20.0) == {1: "cy"}


def test_a_target_is_skipped_only_when_nobody_is_there_for_it() -> None:
    steps = (Step(60, widen=("second",), skip=True),)
    full = desk_of(agent("ana", teams=("first",)), agent("bo", teams=("second",)))
    full.give(9, "ana", "chat", 0.0)
    comes(full, 1, 0.0, need(team="first"), steps=steps)
    assert given(full, 1.0) == {}  # full is not gone
    gone = desk_of(agent("ana", teams=("first",), presence="offline"),
                   agent("bo", teams=("second",)))  # fmt: skip
    comes(gone, 1, 0.0, need(team="first"), steps=steps)
    assert given(gone, 1.0) == {1: "bo"}


def test_what_enters_a_target_with_somebody_free_is_not_skipped() -> None:
    desk = desk_of(agent("ana", teams=("first",)), agent("bo", teams=("second",)))
    comes(desk, 1, 0.0, need(team="first"), steps=(Step(60, widen=("second",), skip=True),))
    assert given(desk, 0.0) == {1: "ana"}


def test_a_higher_priority_goes_first_however_old_the_others_are() -> None:
    desk = desk_of(agent("ana", capacity=3))
    comes(desk, 1, 0.0, tier=0)
    comes(desk, 2, 900.0, tier=-5)
    comes(desk, 3, 800.0, tier=-5)
    assert list(given(desk, 1_000.0)) == [3, 2, 1]


def test_a_later_target_may_raise_the_priority() -> None:
    desk = desk_of(agent("ana"))
    comes(desk, 1, 0.0, tier=-5)
    comes(desk, 2, 10.0, steps=(Step(30, tier=-10),))
    assert desk.waiting[2].tier == 0
    assert given(desk, 40.0) == {2: "ana"}


def test_the_worker_who_was_without_a_task_the_longest_is_first() -> None:
    desk = desk_of(agent("ana", idle_since=30.0), agent("bo", idle_since=10.0),
                   agent("cy", idle_since=20.0))  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, float(conversation))
    assert list(given(desk, 100.0).values()) == ["bo", "cy", "ana"]


def test_workers_may_be_ordered_by_how_well_they_know_it_then_by_idleness() -> None:
    """order_by an integer attribute, descending; a wish refuses nobody."""
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", skills={"stripe": 4}, idle_since=3.0),
                   agent("cy", skills={"stripe": 4}, idle_since=2.0),
                   scheme=Scheme(strategies={"": "best_level"}))  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, float(conversation), need(skills=(("stripe", 0),)))
    assert list(given(desk, 100.0).values()) == ["cy", "bo", "ana"]


def test_each_channel_has_a_capacity_of_its_own() -> None:
    """A worker may have a call and ten texts at once."""
    desk = desk_of(agent("ana", capacity=100, limits={"voice": 1, "sms": 10}),
                   scheme=Scheme(weights=ONE_UNIT))  # fmt: skip
    for conversation in range(1, 13):
        comes(desk, conversation, float(conversation), need(kind="sms"))
    comes(desk, 20, 20.0, need(kind="voice"))
    comes(desk, 21, 21.0, need(kind="voice"))
    assert set(given(desk, 100.0)) == {*range(1, 11), 20}


def test_what_is_sent_to_a_worker_directly_comes_although_they_are_full() -> None:
    desk = desk_of(agent("ana"))
    desk.give(1, "ana", "chat", 0.0)
    desk.give(2, "ana", "chat", 1.0)
    assert desk.load_of("ana").units == 2
    comes(desk, 3, 2.0)
    desk.end(1, 3.0)
    assert given(desk, 3.0) == {}  # still as full as they may be
    desk.end(2, 4.0)
    assert given(desk, 4.0) == {3: "ana"}


def test_a_rejected_task_returns_with_its_age() -> None:
    desk = desk_of(agent("ana"), agent("bo", presence="busy"))
    comes(desk, 1, 0.0)
    comes(desk, 2, 5.0)
    [(waiting, _)] = offered(desk, 10.0, until=30.0)
    declined(desk, waiting, by="ana")
    desk.set_presence("bo", "online")
    desk.set_presence("ana", "break")
    assert given(desk, 20.0) == {1: "bo"}


def test_a_known_worker_is_tried_first_for_a_time() -> None:
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", idle_since=2.0))
    desk.give(9, "bo", "chat", 3.0)
    comes(desk, 1, 10.0, need(only=("bo",)), steps=(Step(15, prefer=()),))
    assert given(desk, 24.0) == {}
    assert given(desk, 25.0) == {1: "ana"}
