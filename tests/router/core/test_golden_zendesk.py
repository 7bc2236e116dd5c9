"""Cases from Zendesk's omnichannel routing, on our desk.

Primary and secondary groups belong to a queue there; with us an agent has teams of their own and
teams that they help, which says the same from the other side.
"""

import pytest

from router.core.scheme import Scheme
from tests.router.core.goldens import (
    ONE_UNIT,
    agent,
    comes,
    desk_of,
    given,
    need,
    served,
)  # fmt: skip

pytestmark = pytest.mark.pure


def test_a_secondary_group_gets_it_only_while_no_agent_of_a_primary_one_can() -> None:
    desk = desk_of(agent("ana", teams=("vip",), idle_since=9.0),
                   agent("bo", teams=("general",), secondary=("vip",), idle_since=1.0))  # fmt: skip
    comes(desk, 1, 10.0, need(team="vip"))
    assert given(desk, 10.0) == {1: "ana"}
    comes(desk, 2, 11.0, need(team="vip"))
    assert given(desk, 11.0) == {2: "bo"}


def test_a_secondary_group_does_its_own_first_however_old_the_other_is() -> None:
    desk = desk_of(agent("bo", teams=("general",), secondary=("vip",)))
    comes(desk, 1, 0.0, need(team="vip"))
    comes(desk, 2, 500.0, need(team="general"))
    assert given(desk, 600.0) == {2: "bo"}
    desk.end(2, 700.0)
    assert given(desk, 700.0) == {1: "bo"}


def test_the_priority_of_a_ticket_goes_before_its_timestamp() -> None:
    urgent, normal = 0, 2
    desk = desk_of(agent("ana", capacity=3), scheme=Scheme(weights=ONE_UNIT))
    comes(desk, 1, 1.0, tier=normal)
    comes(desk, 2, 9.0, tier=urgent)
    comes(desk, 3, 5.0, tier=urgent)
    assert list(given(desk, 10.0)) == [3, 2, 1]


def test_a_ticket_goes_to_whoever_has_the_most_spare_capacity() -> None:
    desk = desk_of(agent("ana", capacity=4, idle_since=1.0),
                   agent("bo", capacity=4, idle_since=2.0),
                   scheme=Scheme(weights=ONE_UNIT, strategies={"": "least_loaded"}))  # fmt: skip
    served(desk, {"ana": [91, 92], "bo": [93]}, 3.0)
    comes(desk, 1, 4.0)
    assert given(desk, 4.0) == {1: "bo"}


def test_a_round_goes_on_with_whoever_was_not_asked_the_longest() -> None:
    desk = desk_of(*(agent(name, capacity=9) for name in ("ana", "bo", "cy")),
                   scheme=Scheme(weights=ONE_UNIT, strategies={"": "round_robin"}))  # fmt: skip
    for conversation in range(1, 7):
        comes(desk, conversation, float(conversation))
    asked = list(given(desk, 10.0).values())
    assert sorted(asked[:3]) == ["ana", "bo", "cy"]
    assert asked[3:] == asked[:3]
    desk.end(1, 20.0)  # who is done with something early is not asked out of turn
    comes(desk, 7, 21.0)
    assert given(desk, 21.0) == {7: asked[0]}


def test_agents_may_have_more_than_their_capacity_by_taking_it_themselves() -> None:
    desk = desk_of(agent("ana"))
    served(desk, {"ana": [91, 92]}, 0.0)
    comes(desk, 1, 1.0)
    assert given(desk, 1.0) == {}


def test_what_nobody_can_take_now_waits_and_is_taken_when_somebody_can() -> None:
    desk = desk_of(agent("ana", presence="offline"))
    comes(desk, 1, 1.0)
    assert given(desk, 1.0) == {}
    desk.set_presence("ana", "online")
    assert given(desk, 50.0) == {1: "ana"}
