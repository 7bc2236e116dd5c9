"""What a desk promises after every event, by name, and what it does with what cannot be right."""

from random import Random

import pytest

from router.core.desk import Desk, Match
from router.core.index.among import Among
from router.core.index.bits import numbers
from router.core.index.requirements import SPARE
from router.core.need import Need, Step, Waiting, lacking
from router.core.people import Agent
from router.core.scheme import DEFAULT
from tests.router.core import deciding

pytestmark = pytest.mark.pure

# One class of work and one strategy, as on most desks: the straight way through the index.
TEAMS, SKILLS = ("support", "sales"), ("fr", "tax")


def _agent(name: str, chance: Random) -> Agent:
    return Agent(name, name, (chance.choice(TEAMS),), presence="online",
                 skills={skill: chance.randint(0, 3) for skill in SKILLS},
                 capacity=chance.randint(0, 4), idle_since=float(chance.randint(0, 9)))  # fmt: skip


def _work(number: int, chance: Random, now: float) -> Waiting:
    asked = tuple((skill, chance.randint(1, 3)) for skill in SKILLS if chance.random() < 0.4)
    return Waiting(number, Need(chance.choice(TEAMS), chance.choice(("email", "webchat")), asked),
                   now - chance.randint(0, 9))  # fmt: skip


def _able(desk: Desk, work: Waiting) -> list[Agent]:
    return [agent for agent in desk.agents.values()
            if lacking(agent, desk.load_of(agent.id), work.need, DEFAULT) is None]  # fmt: skip


def _played(seed: int, events: int = 150) -> tuple[Desk, list[tuple[Match, bool, bool]]]:
    """Random events; of each decision whether the work and the agent were the right ones."""
    chance, desk, now = Random(seed), Desk(), 100.0
    decisions = []
    idle: dict[str, float] = {}
    for name in deciding.NAMES[:6]:
        agent = _agent(name, chance)
        desk.put_agent(agent)
        idle[name] = agent.idle_since
    for number in range(events):
        now += chance.random()
        if desk.held and chance.random() < 0.45:
            ended = chance.choice(sorted(desk.held))
            idle[desk.held[ended].agent] = now
            desk.end(ended, now)
        else:
            desk.wait(_work(number, chance, now))
        for match in desk.match(now):
            waiting = match.waiting
            fits = [one for one in desk.waiting.values() if _able(desk, one)]
            work = waiting == min(fits, key=lambda one: one.rank(now))
            first = min(_able(desk, waiting), key=lambda agent: (idle[agent.id], agent.id))
            idle[match.agent] = now
            decisions.append((match, work, first.id == match.agent))
            desk.give(waiting.conversation, match.agent, waiting.need.kind, now)
        assert not any(_able(desk, one) for one in desk.waiting.values())
        for agent in desk.agents.values():
            assert 0 <= desk.load_of(agent.id).units <= agent.capacity
    return desk, decisions


@pytest.mark.parametrize("seed", range(8))
def test_nothing_waits_that_somebody_could_take_and_nobody_has_too_much(seed: int) -> None:
    assert _played(seed)[1]


@pytest.mark.parametrize("seed", range(8))
def test_what_is_taken_is_first_among_all_that_anybody_can_take(seed: int) -> None:
    assert all(work for _, work, _ in _played(seed)[1])


@pytest.mark.parametrize("seed", range(8))
def test_who_takes_it_is_the_longest_idle_of_those_who_can(seed: int) -> None:
    assert all(first for *_, first in _played(seed)[1])


@pytest.mark.parametrize("seed", range(8))
def test_of_those_that_ask_the_same_the_earlier_goes_first(seed: int) -> None:
    desk, decisions = _played(seed)
    taken = {match.waiting.conversation for match, *_ in decisions}
    for match, *_ in decisions:
        earlier = [one for one in desk.waiting.values() if one.need == match.waiting.need
                   and one.rank(0.0) < match.waiting.rank(0.0)
                   and one.conversation < match.waiting.conversation]  # fmt: skip
        assert not [one for one in earlier if one.conversation not in taken]


@pytest.mark.parametrize("seed", range(6))
def test_the_position_is_how_many_go_before(seed: int) -> None:
    chance, desk = Random(seed), Desk()
    for number in range(60):
        desk.wait(deciding.waiting(chance, number))
    for one in desk.waiting.values():
        before = [other for other in desk.waiting.values() if other.rank(90.0) < one.rank(90.0)]
        assert desk.position(one.conversation, 90.0).all == len(before)


def test_the_desk_says_when_time_alone_changes_something() -> None:
    desk = Desk()
    assert desk.next_due() == float("inf")
    desk.wait(Waiting(1, Need("t", "email", without=(("ana", 70.0),)), 1.0))
    desk.wait(Waiting(2, Need("t", "email"), 1.0, entered=20.0, steps=(Step(30.0),)))
    assert desk.next_due() == 50.0
    desk.settle(55.0)
    assert desk.next_due() == 70.0
    desk.end(1)
    assert desk.next_due() == float("inf")


@pytest.mark.parametrize("seed", range(6))
def test_the_past_stays_as_it_was_whatever_is_decided_later(seed: int) -> None:
    chance, desk, now = Random(seed), Desk(), 100.0
    kept = []
    for name in deciding.NAMES[:5]:
        desk.put_agent(_agent(name, chance))
    for number in range(40):
        now += 1.0
        desk.wait(_work(number, chance, now))
        if desk.held:
            desk.end(chance.choice(sorted(desk.held)), now)
        for match in desk.match(now):
            kept.append((match.moment, dict(desk.agents), dict(desk.loads)))
            desk.give(match.waiting.conversation, match.agent, match.waiting.need.kind, now)
        if number % 7 == 0:
            desk.forget_marks()
    assert kept
    for moment, agents, loads in kept:
        past = desk.past(moment)
        assert dict(past.agents) == agents
        assert {name: load for name, load in past.loads.items() if load.units} == {
            name: load for name, load in loads.items() if load.units}  # fmt: skip


# --- what cannot be right ------------------------------------------------------------------------


def test_a_clock_that_goes_back_and_forth_loses_nothing() -> None:
    desk = Desk()
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online", capacity=1))
    desk.give(9, "ana", "email", 1.0)
    desk.wait(Waiting(1, Need("t", "email", without=(("ana", 200.0),)), 100.0, entered=100.0))
    assert desk.settle(250.0) == []
    desk.end(9, 150.0)
    assert desk.settle(150.0) == desk.settle(50.0) == desk.settle(160.0) == []
    assert [match.agent for match in desk.settle(200.0)] == ["ana"]


def test_who_has_room_for_nothing_gets_nothing() -> None:
    desk = Desk()
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online", capacity=0))
    desk.wait(Waiting(1, Need("t", "email"), 1.0))
    assert desk.settle(5.0) == []
    assert 1 in desk.waiting


def test_steps_that_contradict_one_another_are_taken_in_order() -> None:
    desk = Desk()
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online"))
    steps = Step(5.0, prefer=("nobody",), tier=1), Step(5.0, prefer=(), tier=0)
    desk.wait(Waiting(1, Need("t", "email", (("fr", 2),)), 1.0, steps=steps))
    assert desk.settle(6.0) == []
    assert (desk.waiting[1].tier, desk.waiting[1].need.only, desk.waiting[1].steps) == (0, (), ())


def test_what_nobody_has_the_skill_for_waits_until_somebody_learns_it() -> None:
    desk = Desk()
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online"))
    desk.wait(Waiting(1, Need("t", "email", (("fr", 2),)), 1.0))
    assert desk.settle(5.0) == []
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online", skills={"fr": 2}))
    assert [match.agent for match in desk.settle(6.0)] == ["ana"]


def test_requirements_that_nothing_waits_for_are_forgotten_and_the_others_found() -> None:
    desk = Desk()
    desk.wait(Waiting(1, Need("t", "email", (("kept", 2),)), 1.0))
    for number in range(2, SPARE + 10):
        desk.wait(Waiting(number, Need("t", "email", ((f"skill-{number}", 1),)), 2.0))
        desk.end(number)
    desk.settle(3.0)
    desk.put_agent(Agent("ana", "Ana", ("t",), presence="online", skills={"kept": 3}))
    assert [match.waiting.conversation for match in desk.settle(4.0)] == [1]


# --- the first of some ---------------------------------------------------------------------------


@pytest.mark.parametrize("many", [5, 300, 2_000])
def test_the_first_of_some_is_the_least_of_them(many: int) -> None:
    chance, among = Random(many), Among[tuple[int, int, str]]()
    kept: dict[int, tuple[int, int, str]] = {}
    for _ in range(2_000):
        number = chance.randrange(many)
        if number in kept:
            among.remove(number)
            del kept[number]
        else:
            kept[number] = (chance.randrange(50), number, "")
            among.add(kept[number])
        few = sum(1 << one for one in {chance.randrange(many) for _ in range(3)})
        bits = chance.choice((few, chance.getrandbits(many)))
        asked = [kept[one] for one in numbers(bits) if one in kept]
        assert among.first(bits) == min(asked, default=None)
    assert list(among) == sorted(kept.values())
