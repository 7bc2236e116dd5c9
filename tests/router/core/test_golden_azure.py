"""Cases from Azure Communication Services' Job Router, on our desk.

Its "longest idle" is our least loaded. Its best worker is scored by a logistic function of how far
each label exceeds what is asked; ours is the mean of levels: its examples come in the same order.
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
    need,
    offered,
    served,
)  # fmt: skip

pytestmark = pytest.mark.pure

BEST = Scheme(weights=ONE_UNIT, strategies={"": "best_level"})


def test_the_lowest_load_ratio_is_first_then_the_longest_available() -> None:
    """A 3 of 5 (5 min), B 3 of 4 (3 min), C 3 of 5 (7 min), D 0 of 3 (2 min): D, C, A, B."""
    now = 1_000.0
    desk = desk_of(agent("A", capacity=5), agent("B", capacity=4), agent("C", capacity=5),
                   agent("D", capacity=3),
                   scheme=Scheme(weights=ONE_UNIT, strategies={"": "least_loaded"}))  # fmt: skip
    served(desk, {"C": [11, 12, 13]}, now - 7 * 60)
    served(desk, {"A": [21, 22, 23]}, now - 5 * 60)
    served(desk, {"B": [31, 32, 33]}, now - 3 * 60)
    order = []
    for conversation in range(1, 5):
        comes(desk, conversation, now)
        [(_, who)] = offered(desk, now, until=now + 30, number=conversation)
        order.append(who)
        desk.set_presence(who, "busy")
    assert order == ["D", "C", "A", "B"]


def test_the_best_worker_exceeds_the_most_of_what_is_asked() -> None:
    """French, sales of 10 and a cost of 10 asked; H sells 15, I costs 9: H, then I, then G."""
    asks = need(skills=(("cheap", 2), ("french", 1), ("sales", 2)))
    desk = desk_of(agent("G", skills={"french": 1, "sales": 2, "cheap": 2}, idle_since=1.0),
                   agent("H", skills={"french": 1, "sales": 4, "cheap": 2}, idle_since=3.0),
                   agent("I", skills={"french": 1, "sales": 2, "cheap": 3}, idle_since=2.0),
                   scheme=BEST)  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, 10.0 + conversation, asks)
    assert list(given(desk, 20.0).values()) == ["H", "I", "G"]


def test_of_equal_scores_the_longest_available_is_first() -> None:
    """Labels are not asked but count: A has both; B and C have one, and C was free earlier."""
    asks = need(skills=(("english", 0), ("sales", 0)))
    desk = desk_of(agent("A", skills={"english": 1, "sales": 1}, idle_since=9.0),
                   agent("B", skills={"english": 1}, idle_since=5.0),
                   agent("C", skills={"english": 1}, idle_since=2.0), scheme=BEST)  # fmt: skip
    for conversation in (1, 2, 3):
        comes(desk, conversation, 10.0 + conversation, asks)
    assert list(given(desk, 20.0).values()) == ["A", "C", "B"]


def test_a_selector_expires() -> None:
    desk = desk_of(agent("A", skills={"english": 1}))
    comes(desk, 1, 0.0, need(skills=(("english", 3),)), steps=(Step(60, drop=("english",)),))
    assert given(desk, 59.9) == {}
    assert given(desk, 60.0) == {1: "A"}


def test_round_robin_asks_each_in_sequence() -> None:
    desk = desk_of(agent("A", capacity=9), agent("B", capacity=9), agent("C", capacity=9),
                   scheme=Scheme(weights=ONE_UNIT, strategies={"": "round_robin"}))  # fmt: skip
    asked: list[str] = []
    for conversation in range(1, 7):
        comes(desk, conversation, float(conversation))
        asked += given(desk, float(conversation)).values()
    assert asked[:3] == asked[3:]
    assert sorted(asked[:3]) == ["A", "B", "C"]


def test_what_was_offered_to_somebody_who_left_returns_to_its_place() -> None:
    desk = desk_of(agent("A"), agent("B", presence="busy"))
    comes(desk, 1, 0.0)
    comes(desk, 2, 5.0)
    [(waiting, _)] = offered(desk, 10.0, until=60.0)
    desk.set_presence("A", "offline")
    desk.wait(waiting)
    assert desk.load_of("A").units == 0
    desk.set_presence("B", "online")
    assert given(desk, 20.0) == {1: "B"}
