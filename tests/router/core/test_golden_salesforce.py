"""Cases from Salesforce Omni-Channel's guides, on our desk.

"Most available" there is the largest free capacity; ours is the emptiest by share, which is the
same among agents of equal capacity.
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
    need,
    offered,
    served,
)  # fmt: skip

pytestmark = pytest.mark.pure


def test_a_capacity_of_six_holds_three_items_of_weight_two() -> None:
    desk = desk_of(agent("ana", capacity=6), scheme=Scheme(weights={"": 2}))
    for conversation in range(1, 6):
        comes(desk, conversation, float(conversation))
    assert list(given(desk, 10.0)) == [1, 2, 3]


def test_a_call_takes_the_whole_capacity() -> None:
    scheme = Scheme(weights={"voice": 6, "": 2})
    desk = desk_of(agent("ana", capacity=6), scheme=scheme)
    desk.give(9, "ana", "chat", 0.0)
    comes(desk, 1, 1.0, need(kind="voice"))
    assert given(desk, 1.0) == {}
    desk.end(9, 2.0)
    comes(desk, 2, 2.0)
    assert given(desk, 2.0) == {1: "ana"}


LEAST_ACTIVE = Scheme(weights=ONE_UNIT, strategies={"": "least_loaded"})


def test_the_least_active_has_the_fewest_items_and_of_equals_who_waited_the_longest() -> None:
    desk = desk_of(agent("ana", capacity=5, idle_since=1.0),
                   agent("bo", capacity=5, idle_since=3.0),
                   agent("cy", capacity=5, idle_since=2.0), scheme=LEAST_ACTIVE)  # fmt: skip
    served(desk, {"ana": [91, 92], "bo": [93], "cy": [94]}, 4.0)
    comes(desk, 1, 5.0)
    comes(desk, 2, 6.0)
    assert list(given(desk, 7.0).values()) == ["bo", "cy"]


def test_a_lower_number_of_the_queue_goes_first_then_the_older() -> None:
    desk = desk_of(agent("ana", capacity=3), scheme=Scheme(weights=ONE_UNIT))
    comes(desk, 1, 1.0, tier=2)
    comes(desk, 2, 9.0, tier=1)
    comes(desk, 3, 5.0, tier=1)
    assert list(given(desk, 10.0)) == [3, 2, 1]


# Cases and leads wait for when there is time; a chat is for now.
INTERRUPTIBLE = Scheme(weights={"": 2}, interruptible=frozenset({"case"}))


def test_who_is_full_of_interruptible_items_still_gets_a_primary_one() -> None:
    desk = desk_of(agent("ana", capacity=6), scheme=INTERRUPTIBLE)
    for conversation in range(1, 5):
        comes(desk, conversation, float(conversation), need(kind="case"))
    assert list(given(desk, 10.0)) == [1, 2, 3]
    for conversation in range(11, 15):
        comes(desk, conversation, float(conversation), need(kind="chat"))
    assert list(given(desk, 20.0)) == [11, 12, 13]


def test_who_is_full_of_primary_items_gets_no_interruptible_one() -> None:
    desk = desk_of(agent("ana", capacity=6), scheme=INTERRUPTIBLE)
    served(desk, {"ana": [91, 92, 93]}, 0.0)
    comes(desk, 1, 1.0, need(kind="case"))
    assert given(desk, 2.0) == {}
    desk.end(91, 3.0)
    assert given(desk, 3.0) == {1: "ana"}


def test_a_declined_item_keeps_its_age_and_is_not_offered_to_them_again() -> None:
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", presence="busy"))
    comes(desk, 1, 0.0)
    comes(desk, 2, 5.0)
    [(waiting, _)] = offered(desk, 10.0, until=30.0)
    declined(desk, waiting, by="ana")
    assert given(desk, 11.0) == {2: "ana"}  # they stay here, and get what comes next
    desk.end(2, 12.0)
    assert given(desk, 500_000.0) == {}
    desk.set_presence("bo", "online")
    comes(desk, 3, 1.0)
    assert given(desk, 500_001.0) == {1: "bo", 3: "ana"}


def test_additional_skills_fall_away_the_highest_number_first_and_the_best_match_gets_it() -> None:
    """Dropped every 30 s: value 2, then 1, then 0; what was dropped is still wished."""
    drops = (("gold", 0),), (("german", 0),), (("phones", 0),)
    steps = tuple(Step(30.0 * (turn + 1), lower=lower) for turn, lower in enumerate(drops))
    asks = need(skills=(("german", 1), ("gold", 1), ("phones", 1), ("support", 1)))
    desk = desk_of(agent("ana", skills={"support": 1}, idle_since=1.0),
                   agent("bo", skills={"support": 1, "phones": 1}, idle_since=2.0),
                   agent("cy", skills={"support": 1, "phones": 1, "german": 1}, idle_since=3.0),
                   scheme=Scheme(strategies={"": "best_level"}))  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, 0.0, asks, steps=steps)
    assert given(desk, 29.9) == {}
    assert given(desk, 30.0) == {1: "cy"}
    assert given(desk, 60.0) == {2: "bo"}
    assert given(desk, 90.0) == {3: "ana"}


def test_when_all_fell_away_at_once_whoever_meets_the_most_gets_it() -> None:
    steps = tuple(Step(30.0, lower=((skill, 0),)) for skill in ("gold", "german"))
    asks = need(skills=(("german", 1), ("gold", 1)))
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", skills={"german": 1}, idle_since=2.0))
    comes(desk, 1, 0.0, asks, steps=steps)
    assert given(desk, 31.0) == {1: "bo"}
