"""What was is read as stints, and played again as it went; other rules change what they say."""

import random
from dataclasses import replace

import pytest

from router.core.need import Need, Waiting
from router.core.people import Agent
from router.core.playing.past import Stint, stints
from router.core.playing.player import Shift
from router.core.playing.replay import (
    Stay,
    Traffic,
    by,
    moves,
    recorded,
    replayed,
    services,
    went,
)
from router.core.scheme import DEFAULT
from wire.messages.desk import Status
from wire.messages.history import Passage

pytestmark = pytest.mark.pure


def passage(at: float, status: Status, owner: str = "", team: str = "support",
            conversation: int = 1, replied: float | None = None) -> Passage:  # fmt: skip
    return Passage(at=at, conversation=conversation, status=status, team=team, owner=owner,
                   replied=replied)  # fmt: skip


def test_a_conversation_waits_is_begun_and_ends() -> None:
    [stint] = stints([passage(0, "waiting"), passage(9, "assigned", "ada", replied=12.0),
                      passage(30, "resolved", "ada")])  # fmt: skip
    assert stint == Stint(1, 1, "support", 0, agent="ada", begun=9, replied=12.0, ended=30)


def test_what_is_given_back_reopened_or_handed_over_is_a_stint_of_its_own() -> None:
    found = stints([
        passage(0, "waiting"), passage(5, "assigned", "ada"), passage(8, "waiting", team="sales"),
        passage(9, "assigned", "ben", "sales"), passage(11, "assigned", "cleo", "sales"),
        passage(20, "resolved", "cleo", "sales"), passage(50, "waiting"),
    ])  # fmt: skip
    assert [(s.came, s.agent, s.team, s.ended, s.first, s.waited) for s in found] == [
        (0, "ada", "support", 8, True, True),
        (8, "ben", "sales", 11, False, True),
        (11, "cleo", "sales", 20, False, False),
        (50, "", "support", None, False, True),
    ]


def test_a_team_that_changes_while_it_waits_is_no_new_stint() -> None:
    [stint] = stints([passage(0, "waiting"), passage(3, "waiting", team="sales"),
                      passage(4, "assigned", "ada", "sales")])  # fmt: skip
    assert (stint.came, stint.team, stint.begun) == (0, "sales", 4)


def traffic(found: list[Stint], *agents: Agent, shifts: tuple[Shift, ...] = ()) -> Traffic:
    kinds = {stint.conversation: "email" for stint in found}
    return Traffic(found, kinds, agents, shifts, 0.0, 10_000.0, services(found, kinds, 10_000.0))


def asked(stint: Stint) -> Waiting:
    return Waiting(stint.number, Need(stint.team, "email"), stint.came, entered=stint.came)


ADA = Agent("ada", "Ada", ("support",), capacity=1, presence="online")
BEN = Agent("ben", "Ben", ("sales",), capacity=1, presence="online")


def test_a_past_of_the_core_itself_is_played_again_exactly() -> None:
    """What one play recorded, the next one repeats: the core is the same."""
    chance = random.Random(7)
    at, came = 0.0, []
    for number in range(1, 300):
        at += chance.expovariate(1 / 20)
        came.append(Stint(number, number, chance.choice(("support", "sales")), at))
    agents = (ADA, replace(ADA, id="abe"), BEN)
    lengths = {stint.number: chance.expovariate(1 / 25) for stint in came}
    once = replayed(replace(traffic(came, *agents), services=lengths), DEFAULT, asked)
    was = [
        replace(stay.stint, agent=stay.agent, begun=stay.stint.came + stay.wait,
                ended=stay.stint.came + stay.wait + stay.held)
        for stay in once if stay.begun
    ]  # fmt: skip
    again = replayed(traffic(was, *agents), DEFAULT, asked)
    told = recorded(traffic(was, *agents))
    assert [(s.agent, round(s.wait, 6)) for s in again] == [
        (s.agent, round(s.wait, 6)) for s in told]  # fmt: skip


def test_other_rules_move_work_and_change_waits() -> None:
    found = stints([p for n in (1, 2) for p in (
        passage(0, "waiting", conversation=n), passage(100 * n, "assigned", "ada", conversation=n),
        passage(100 * n + 100, "resolved", "ada", conversation=n))])  # fmt: skip
    past = traffic(found, ADA, BEN)

    def to_sales(stint: Stint) -> Waiting:
        waiting = asked(stint)
        team = "sales" if stint.conversation == 2 else "support"
        return replace(waiting, need=replace(waiting.need, team=team))

    before, after = replayed(past, DEFAULT, asked), replayed(past, DEFAULT, to_sales)
    assert [stay.wait for stay in before] == [0.0, 100.0]
    assert [stay.wait for stay in after] == [0.0, 0.0]
    assert moves(before, after) == {("support", "sales"): 1}
    assert {agent: len(each) for agent, each in by(after, lambda s: s.agent).items()} == {
        "ada": 1, "ben": 1}  # fmt: skip


def test_work_of_before_the_count_takes_room_and_is_not_counted() -> None:
    found = stints([
        passage(0, "waiting"), passage(0, "assigned", "ada"), passage(90, "resolved", "ada"),
        passage(10, "waiting", conversation=2), passage(95, "assigned", "ada", conversation=2),
        passage(99, "resolved", "ada", conversation=2),
    ])  # fmt: skip
    [stay] = replayed(replace(traffic(found, ADA), counted=5.0), DEFAULT, asked)
    assert (stay.stint.conversation, stay.wait) == (2, 80.0)


def test_who_gave_up_then_gives_up_again_unless_somebody_is_quicker() -> None:
    found = stints([
        passage(0, "waiting"), passage(0, "assigned", "ada"), passage(100, "resolved", "ada"),
        passage(10, "waiting", conversation=2), passage(40, "resolved", conversation=2),
    ])  # fmt: skip
    alone = replayed(traffic(found, ADA), DEFAULT, asked)
    assert [(s.agent, s.wait, s.still) for s in alone] == [("ada", 0.0, False), ("", 30.0, False)]
    helped = replayed(traffic(found, ADA, replace(ADA, id="abe")), DEFAULT, asked)
    assert [(s.begun, s.wait) for s in helped] == [(True, 0.0), (True, 0.0)]


def test_the_figures_are_those_of_a_person_with_a_pencil() -> None:
    def stay(number: int, wait: float, agent: str = "ada", replied: float | None = None,
             still: bool = False) -> Stay:  # fmt: skip
        stint = Stint(number, number, "support", 0.0, begun=0.0, replied=replied)
        return Stay(stint, "support", agent, wait, 60.0, still)

    stays = [stay(1, 10.0), stay(2, 20.0, replied=100.0), stay(3, 90.0), stay(4, 50.0, ""),
             stay(5, 130.0, "", still=True)]  # fmt: skip
    figures = went(stays, lambda stay: stay.stint.came + 60.0)
    assert (figures.came, figures.begun, figures.gave_up, figures.waiting) == (5, 3, 1, 1)
    assert (figures.mean, figures.p50, figures.p90) == (60.0, 50.0, 130.0)
    assert figures.within == pytest.approx(2 / 5)
    assert figures.breaches == 3  # one waits too long, one began late, one was answered late


def test_nothing_is_no_fault() -> None:
    assert went([], lambda stay: 0.0).came == 0
