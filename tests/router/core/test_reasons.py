"""A decision's record makes the same decision again, on any desk."""

from dataclasses import replace
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.desk import Desk
from router.core.need import Need, Waiting
from router.core.people import Agent
from router.core.reasons import REFUSED, Case, Group, Record, Stand, finite, replay
from router.core.scheme import Scheme, Strategy
from router.core.surveying import Survey
from tests.router.core import deciding
from wire import codec

pytestmark = pytest.mark.pure


def recorded(survey: Survey, desk: Desk, waiting: Waiting, now: float, winner: str = "") -> Case:
    """As it comes back from where it is kept: in letters, each fact by its name."""
    found = survey.look(desk, waiting, now, winner)
    record = Record(
        conversation=waiting.conversation, at=now, trigger="test", waiting=finite(waiting),
        strategy=desk.scheme.strategy(waiting.need.team), candidates=found.candidates,
        able=found.able, winner=winner, together=found.together,
    )  # fmt: skip
    kept, groups = codec.encode(record), codec.encode(found.refused)
    assert len(kept) + len(groups) <= 65_536
    stands = {name: msgspec.json.decode(codec.encode(stand), type=Stand)
              for name, stand in survey.stands().items()}  # fmt: skip
    back, refused = codec.decode(kept, Record), codec.decode(groups, tuple[Group, ...])
    assert isinstance(back, Record)
    assert isinstance(refused, tuple)
    return Case(back, refused, desk.scheme, stands)


@settings(max_examples=700)
@given(st.integers(0, 2**32))
def test_a_record_makes_the_same_decision_again(seed: int) -> None:
    chance, now = Random(seed), 60.0
    desk, survey = deciding.desk(chance), Survey()
    for match in desk.match(now):
        case = recorded(survey, desk, match.waiting, now, match.agent)
        outcome = replay(case)
        assert not case.record.together
        assert outcome.winner == match.agent == case.stands[_best(case)].agent.id
        assert outcome.reasons == dict(desk.refusals(match.waiting.need, now).each)
        assert _told(case) == outcome.reasons
        _carry_out(chance, desk, match.waiting, match.agent, now)
    for waiting in desk.waiting.values():
        case = recorded(survey, desk, waiting, now)
        assert replay(case).reasons == dict(desk.refusals(waiting.need, now).each)
        assert _told(case) == replay(case).reasons


def _best(case: Case) -> str:
    return case.record.candidates[0].stand


def _told(case: Case) -> dict[str, object]:
    """What the record itself says, without making anything again."""
    return {case.stands[name].agent.id: group.said for group in case.refused
            for name in group.stands}  # fmt: skip


def _carry_out(chance: Random, desk: Desk, waiting: Waiting, agent: str, now: float) -> None:
    match chance.choice(("give", "give", "offer", "leave")):
        case "give":
            desk.give(waiting.conversation, agent, waiting.need.kind, now)
        case "offer":
            desk.offer(waiting.conversation, agent, waiting.need.kind, 7, now + 30, now)
        case "leave":
            """It is passed over."""


def test_the_record_of_a_large_desk_is_bounded_and_still_names_somebody_for_each_reason() -> None:
    desk, chance, now = Desk(), Random(4), 60.0
    for number in range(5_000):
        one = deciding.agent(chance, f"agent-{number}")
        desk.put_agent(replace(one, presence="break", reason="lunch") if number % 2 else one)
    waiting = replace(deciding.waiting(chance, 1), need=deciding.need(chance), steps=())
    case = recorded(Survey(), desk, waiting, now)
    record, named = case.record, sum(len(group.stands) for group in case.refused)
    assert len(record.candidates) <= 20
    assert named <= REFUSED + 3 * len(case.refused)
    everybody = record.able + named + sum(group.more for group in case.refused)
    assert everybody == 5_000
    assert all(group.stands for group in case.refused)


def test_a_change_of_one_agent_is_seen_by_the_next_decision() -> None:
    desk, survey = Desk(), Survey()
    desk.put_agent(Agent("ana", "Ana", ("support",), presence="break", reason="lunch"))
    waiting = Waiting(1, Need("support", "email"), 0.0)
    before = survey.look(desk, waiting, 1.0)
    assert [str(group.said) for group in before.refused] == ["is on a break: lunch"]
    desk.set_presence("ana", "online")
    assert survey.look(desk, waiting, 1.0).able == 1
    desk.set_scheme(Scheme(weights={"": 9}))
    after = survey.look(desk, waiting, 1.0)
    assert [str(group.said) for group in after.refused] == [
        "at 0 of 6 units, this one takes 9"]  # fmt: skip


@pytest.mark.parametrize("strategy", deciding.STRATEGIES)
def test_of_hundreds_who_can_the_one_who_is_asked_first_is_among_those_kept(
    strategy: Strategy,
) -> None:
    desk, chance, survey, now = Desk(), Random(7), Survey(), 60.0
    desk.set_scheme(Scheme(strategies={"": strategy}))
    for number in range(300):
        desk.put_agent(Agent(
            f"a{number}", "", ("support",), skills={"fr": chance.randint(1, 4)}, presence="online",
            idle_since=float(number), turn=chance.randint(0, 9)))  # fmt: skip
    desk.put_agent(Agent("best", "", ("support",), skills={"fr": 5}, presence="online",
                         idle_since=50.0, turn=-1))  # fmt: skip
    waiting = Waiting(1, Need("support", "email", (("fr", 1),)), 0.0)
    desk.wait(waiting)
    match = next(iter(desk.match(now)))
    found = survey.look(desk, waiting, now, match.agent)
    assert survey.stands()[found.candidates[0].stand].agent.id == match.agent
    assert len(found.candidates) <= 20
    assert not found.together
    another = survey.look(desk, waiting, now, "a299")
    assert another.together
