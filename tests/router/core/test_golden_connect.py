"""Cases from Amazon Connect's guide, on our desk.

Read literally, its example lets a contact that has not yet waited for its delay keep an agent from
less urgent work that they may take already: an idle agent beside waiting work. Ours gives it out.
Not ours: a priority of each queue for each agent (an agent has teams of their own and teams that
they help), and limits on how many may wait in a queue, which are not a matter of matching.
"""

import pytest

from router.core.desk import Desk
from router.core.need import Need, Step
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

# Four queues of a routing profile: priority and delay.
PROFILE = {"T1": (1, 0.0), "T2": (1, 0.0), "T3": (2, 20.0), "T4": (3, 80.0)}


def _queued(desk: Desk, conversation: int, queue: str, at: float) -> None:
    """A delay is a step: after it those who have the profile may take it."""
    tier, delay = PROFILE[queue]
    asks = need(team=queue if delay else "profile")
    steps = (Step(delay, widen=("profile",)),) if delay else ()
    comes(desk, conversation, at, asks, steps=steps, tier=tier)


def _profiled() -> Desk:
    return desk_of(agent("ana", teams=("profile",)))


@pytest.mark.parametrize(("queue", "delay"), [("T3", 20.0), ("T4", 80.0)])
def test_a_contact_comes_only_after_its_delay(queue: str, delay: float) -> None:
    desk = _profiled()
    _queued(desk, 1, queue, 100.0)
    assert given(desk, 100.0 + delay - 0.001) == {}
    assert given(desk, 100.0 + delay) == {1: "ana"}


def test_priority_beats_delay_and_age() -> None:
    desk = _profiled()
    _queued(desk, 4, "T4", 0.0)  # 200 s
    _queued(desk, 3, "T3", 170.0)  # 30 s
    _queued(desk, 2, "T2", 199.0)  # 1 s
    taken = []
    for now in (200.0, 201.0, 202.0):
        [conversation] = given(desk, now)
        taken.append(conversation)
        desk.end(conversation, now)
    assert taken == [2, 3, 4]


def test_of_equal_priority_and_delay_the_oldest_comes_first_across_queues_and_channels() -> None:
    desk = desk_of(agent("ana", teams=("profile",), capacity=3), scheme=Scheme(weights=ONE_UNIT))
    comes(desk, 1, 30.0, need(team="profile", kind="chat"), tier=1)
    comes(desk, 2, 10.0, need(team="profile", kind="voice"), tier=1)
    comes(desk, 3, 20.0, need(team="profile", kind="task"), tier=1)
    assert list(given(desk, 40.0)) == [2, 3, 1]


def test_work_that_may_be_taken_is_taken_beside_more_urgent_work_that_may_not_yet() -> None:
    """Where we differ from the literal reading: nobody is kept idle."""
    desk = _profiled()
    _queued(desk, 3, "T3", 90.0)  # 10 s: not yet
    _queued(desk, 4, "T4", 10.0)  # 90 s
    assert given(desk, 100.0) == {4: "ana"}


def test_of_free_agents_the_longest_available_gets_it() -> None:
    desk = desk_of(agent("ana", idle_since=50.0), agent("bo", idle_since=20.0))
    comes(desk, 1, 60.0)
    assert given(desk, 60.0) == {1: "bo"}


def test_an_agents_own_queue_goes_before_all_others() -> None:
    desk = desk_of(agent("ana", idle_since=9.0), agent("bo", idle_since=1.0))
    comes(desk, 1, 0.0, tier=1)
    comes(desk, 2, 50.0, need(only=("ana",)), tier=0)
    desk.set_presence("bo", "break")
    assert given(desk, 60.0) == {2: "ana"}


def test_a_contact_can_be_made_older_than_it_is() -> None:
    desk = desk_of(agent("ana"))
    comes(desk, 1, 0.0)
    comes(desk, 2, 100.0, key=100.0 - 120.0)
    assert given(desk, 130.0) == {2: "ana"}


def test_a_proficiency_is_asked_until_its_step_expires() -> None:
    steps = (Step(10, lower=(("french", 2),)), Step(30, drop=("french",)))
    asks = need(skills=(("french", 4),))
    desk = desk_of(agent("ana", skills={"french": 2}), agent("bo"))
    comes(desk, 1, 0.0, asks, steps=steps)
    comes(desk, 2, 1.0, asks, steps=steps)
    assert given(desk, 9.999) == {}
    assert given(desk, 10.0) == {1: "ana"}
    assert given(desk, 30.999) == {}
    assert given(desk, 31.0) == {2: "bo"}


def test_alternatives_of_a_step_are_met_by_either() -> None:
    asks = need(skills=(("returns", 1),), either=((("french", 3),), (("german", 3),)))
    desk = desk_of(agent("ana", skills={"french": 5}), agent("bo", skills={"returns": 1}),
                   agent("cy", skills={"returns": 2, "german": 3}))  # fmt: skip
    comes(desk, 1, 0.0, asks)
    assert given(desk, 0.0) == {1: "cy"}


def test_a_step_may_ask_for_this_agent() -> None:
    desk = desk_of(agent("ana"), agent("bo", presence="busy"))
    comes(desk, 1, 0.0, need(only=("bo",)), steps=(Step(20, prefer=()),))
    assert given(desk, 19.0) == {}
    assert given(desk, 20.0) == {1: "ana"}


def test_who_missed_a_contact_gets_nothing_until_they_are_back_and_it_keeps_its_age() -> None:
    desk = desk_of(agent("ana", idle_since=1.0), agent("bo", idle_since=2.0))
    comes(desk, 1, 0.0)
    [(waiting, who)] = offered(desk, 5.0, until=25.0)
    assert who == "ana"
    comes(desk, 2, 20.0)
    missed(desk, waiting, by="ana")
    assert given(desk, 25.0) == {1: "bo"}
    assert given(desk, 26.0) == {}
    desk.set_presence("ana", "online")
    assert given(desk, 27.0) == {2: "ana"}


# Chats share with nothing, at most two; a task shares with all, at most one; a call with nothing.
SHARING = Scheme(weights=ONE_UNIT, admits={"chat": frozenset(), "voice": frozenset()})
HAS_AND_GETS = [
    ([], "chat", True),
    (["chat"], "task", False),
    (["chat"], "chat", True),
    (["chat", "chat"], "chat", False),
    ([], "task", True),
    (["task"], "chat", True),
    (["chat", "task"], "voice", False),
    (["task"], "voice", True),
    (["task", "voice"], "task", False),
]


@pytest.mark.parametrize(("has", "kind", "gets"), HAS_AND_GETS)
def test_a_channel_comes_beside_others_only_where_all_of_them_let_it(
    has: list[str], kind: str, gets: bool
) -> None:
    limits = {"chat": 2, "task": 1, "voice": 1}
    desk = desk_of(agent("ana", capacity=100, limits=limits), scheme=SHARING)
    for conversation, held in enumerate(has, 10):
        desk.give(conversation, "ana", held, 0.0)
    comes(desk, 1, 1.0, Need("support", kind))
    assert bool(given(desk, 2.0)) is gets
