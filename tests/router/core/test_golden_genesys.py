"""Cases from Genesys Cloud's guides, on our desk.

Not as there: a transfer keeps what the conversation had waited, where Genesys begins anew; and the
former agent is asked first only while they are in a team that may take it, where Genesys asks them
also when they have left its queue.
"""

import pytest

from router.core.need import Step
from router.core.scheme import Scheme
from tests.router.core.goldens import (
    ONE_UNIT,
    agent,
    comes,
    desk_of,
    given,
    missed,
    need,
    offered,
)  # fmt: skip

pytestmark = pytest.mark.pure

MINUTE = 60.0


def test_a_point_of_priority_is_a_minute_of_age() -> None:
    """Score: arrival less 60,000 ms for each point; the lowest first, and fixed while it waits."""
    desk = desk_of(agent("ana", capacity=4))
    comes(desk, 1, 0.0)
    comes(desk, 2, 4 * MINUTE, key=4 * MINUTE - 5 * MINUTE)
    comes(desk, 3, 6 * MINUTE, key=6 * MINUTE - 5 * MINUTE)
    comes(desk, 4, 1.0)
    assert list(given(desk, 10 * MINUTE)) == [2, 1, 4, 3]


def test_a_changed_priority_counts_at_once() -> None:
    desk = desk_of(agent("ana"))
    comes(desk, 1, 0.0)
    comes(desk, 2, MINUTE)
    comes(desk, 2, MINUTE, key=MINUTE - 2 * MINUTE)
    assert given(desk, 2 * MINUTE) == {2: "ana"}


def test_all_skills_are_asked_and_the_longest_idle_is_first() -> None:
    asks = need(skills=(("billing", 1), ("french", 1)))
    desk = desk_of(agent("ana", skills={"billing": 5, "french": 5}, idle_since=9.0),
                   agent("bo", skills={"billing": 1, "french": 1}, idle_since=5.0),
                   agent("cy", skills={"billing": 5}, idle_since=1.0))  # fmt: skip
    comes(desk, 1, 10.0, asks)
    assert given(desk, 10.0) == {1: "bo"}


def test_the_best_available_has_the_highest_level_on_the_average_also_when_a_skill_is_missing() -> (
    None
):
    """Wished skills (level 0): 4 and 2 are more than 5 and none."""
    asks = need(skills=(("billing", 0), ("french", 0)))
    desk = desk_of(agent("ana", skills={"billing": 5}, idle_since=1.0),
                   agent("bo", skills={"billing": 4, "french": 2}, idle_since=9.0),
                   agent("cy", idle_since=0.0),
                   scheme=Scheme(strategies={"": "best_level"}))  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, 10.0 + conversation, asks)
    assert list(given(desk, 20.0).values()) == ["bo", "ana", "cy"]


def test_where_skills_are_disregarded_the_next_agent_gets_it() -> None:
    desk = desk_of(agent("ana", skills={"french": 5}, idle_since=9.0),
                   agent("bo", idle_since=1.0))  # fmt: skip
    comes(desk, 1, 10.0)
    assert given(desk, 10.0) == {1: "bo"}


# Rings of five seconds each: a ring has all who were in those before.
BULLSEYE = (Step(5, widen=("ring-2",)), Step(10, widen=("ring-3",)))
SKILLED = need(team="ring-1", skills=(("french", 1),))


def test_a_ring_dominates_proficiency() -> None:
    """From the field: after ring 1 missed it, a call went straight to the expert of ring 3."""
    desk = desk_of(agent("one", teams=("ring-1",), skills={"french": 3}),
                   agent("two", teams=("ring-2",), skills={"french": 1}),
                   agent("three", teams=("ring-3",), skills={"french": 5}),
                   scheme=Scheme(strategies={"": "best_level"}))  # fmt: skip
    comes(desk, 1, 0.0, SKILLED, steps=BULLSEYE)
    [(waiting, who)] = offered(desk, 0.0, until=4.0)
    assert who == "one"
    missed(desk, waiting, by="one")
    assert given(desk, 4.0) == {}
    assert given(desk, 5.0) == {1: "two"}


def test_a_ring_dominates_also_when_two_rings_open_at_one_time() -> None:
    """The desk was looked at late: the nearer ring is still the first."""
    desk = desk_of(agent("three", teams=("ring-3",), skills={"french": 5}, idle_since=1.0),
                   agent("two", teams=("ring-2",), skills={"french": 1}, idle_since=9.0),
                   scheme=Scheme(strategies={"": "best_level"}))  # fmt: skip
    comes(desk, 1, 0.0, SKILLED, steps=BULLSEYE)
    assert given(desk, 60.0) == {1: "two"}


def test_rings_are_cumulative_and_skills_fall_away_with_them() -> None:
    steps = (Step(5, widen=("ring-2",), drop=("french",)),)
    desk = desk_of(agent("one", teams=("ring-1",)), agent("two", teams=("ring-2",)))
    comes(desk, 1, 0.0, SKILLED, steps=steps)
    comes(desk, 2, 0.0, SKILLED, steps=steps)
    assert given(desk, 4.9) == {}
    assert sorted(given(desk, 5.0).values()) == ["one", "two"]


def test_preferred_agents_come_in_groups_by_their_score() -> None:
    """Score of 8 at least for 10 seconds, of 5 for 20 more, then everybody."""
    steps = (Step(10, prefer=("ana", "bo")), Step(30, prefer=()))
    desk = desk_of(agent("ana", presence="busy"), agent("bo"), agent("cy"))
    for conversation in (1, 2):
        comes(desk, conversation, 0.0, need(only=("ana",)), steps=steps)
    assert given(desk, 9.9) == {}
    assert given(desk, 10.0) == {1: "bo"}
    assert given(desk, 29.9) == {}
    assert given(desk, 30.0) == {2: "cy"}


# One call, four chats, an email, a message; an email may be interrupted by all, a chat by a call.
DEFAULT_LIMITS = {"call": 1, "chat": 4, "email": 1, "message": 1}
INTERRUPTED_BY = Scheme(
    weights=ONE_UNIT,
    admits={"call": frozenset(), "chat": frozenset({"call"}), "message": frozenset()},
)
UTILIZATION = [
    ({"email": 1}, "call", True),
    ({"email": 1}, "chat", True),
    ({"email": 1}, "email", False),
    ({"chat": 3}, "chat", True),
    ({"chat": 4}, "chat", False),
    ({"chat": 2}, "email", False),
    ({"chat": 2}, "call", True),
    ({"call": 1}, "email", False),
    ({"call": 1}, "chat", False),
    ({"message": 1}, "call", False),
]


@pytest.mark.parametrize(("has", "kind", "gets"), UTILIZATION)
def test_a_kind_comes_where_its_own_limit_lets_it_and_what_they_have_may_be_interrupted(
    has: dict[str, int], kind: str, gets: bool
) -> None:
    desk = desk_of(agent("ana", capacity=25, limits=DEFAULT_LIMITS), scheme=INTERRUPTED_BY)
    numbers = iter(range(10, 100))
    for held, count in has.items():
        for _ in range(count):
            desk.give(next(numbers), "ana", held, 0.0)
    comes(desk, 1, 1.0, need(kind=kind))
    assert bool(given(desk, 2.0)) is gets


def test_who_does_not_respond_gets_nothing_and_the_interaction_keeps_its_score() -> None:
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", presence="busy"))
    comes(desk, 1, 0.0)
    comes(desk, 2, 5.0)
    [(waiting, _)] = offered(desk, 10.0, until=20.0)
    missed(desk, waiting, by="ana")
    assert given(desk, 20.0) == {}
    desk.set_presence("bo", "online")
    assert given(desk, 21.0) == {1: "bo"}


def test_after_a_call_there_is_no_other_until_it_is_wrapped_up() -> None:
    desk = desk_of(agent("ana"))
    desk.give(1, "ana", "call", 0.0)
    comes(desk, 2, 1.0, need(kind="call"))
    desk.wrap_up(1, 40.0)
    assert given(desk, 20.0) == {}
    desk.end(1, 40.0)
    assert given(desk, 40.0) == {2: "ana"}


def test_a_reply_goes_to_the_last_agent_if_they_are_there() -> None:
    steps = (Step(600, prefer=(), skip=True),)
    desk = desk_of(agent("ana", idle_since=9.0), agent("bo", idle_since=1.0))
    comes(desk, 1, 10.0, need(only=("ana",)), steps=steps)
    assert given(desk, 10.0) == {1: "ana"}
    desk.set_presence("ana", "offline")
    comes(desk, 2, 20.0, need(only=("ana",)), steps=steps)
    assert given(desk, 20.0) == {2: "bo"}
