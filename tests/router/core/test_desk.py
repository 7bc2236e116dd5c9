"""Who takes the next: exact against brute force, and undone exactly."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.desk import Desk, Match
from router.core.need import Need, Step, Waiting, lacking
from router.core.people import Agent, Load, has_room
from router.core.scheme import DEFAULT

pytestmark = pytest.mark.pure

TEAMS = ("support", "billing")
KINDS = ("email", "webchat")
SKILLS = ("french", "refunds")


def _agent(name: str, **changes: object) -> Agent:
    facts: dict[str, object] = {"teams": ("support",), "presence": "online"} | changes
    return Agent(id=name, name=name.title(), **facts)  # type: ignore[arg-type]


def _wait(desk: Desk, conversation: int, *, key: float, **need: object) -> None:
    facts: dict[str, object] = {"team": "support", "kind": "email"} | need
    desk.wait(Waiting(conversation, Need(**facts), key))  # type: ignore[arg-type]


def _until(at: float) -> tuple[Step, ...]:
    return (Step(at, prefer=(), skip=True),)


def _given(desk: Desk, now: float = 100.0) -> dict[int, str]:
    return {match.waiting.conversation: match.agent for match in desk.settle(now)}


def test_the_longest_idle_takes_the_oldest() -> None:
    desk = Desk()
    desk.put_agent(_agent("ana", idle_since=5.0))
    desk.put_agent(_agent("bo", idle_since=3.0))
    _wait(desk, 1, key=10.0)
    _wait(desk, 2, key=9.0)
    assert _given(desk) == {2: "bo", 1: "ana"}


def test_a_freed_agent_takes_the_oldest_work_that_they_can_do() -> None:
    desk = Desk()
    desk.put_agent(_agent("ana", capacity=1))
    _wait(desk, 1, key=1.0, skills=(("french", 2),))
    _wait(desk, 2, key=2.0)
    _wait(desk, 3, key=3.0)
    assert _given(desk) == {2: "ana"}
    desk.end(2, 110.0)
    assert _given(desk) == {3: "ana"}


def test_what_became_less_urgent_waits_behind_the_others() -> None:
    desk = Desk()
    _wait(desk, 1, key=1.0)
    _wait(desk, 2, key=2.0)
    _wait(desk, 1, key=1_801.0)
    desk.put_agent(_agent("ana", capacity=1))
    assert _given(desk) == {2: "ana"}
    desk.end(2, 110.0)
    assert _given(desk) == {1: "ana"}


def test_who_already_serves_the_contact_is_first_for_a_time() -> None:
    desk = Desk()
    desk.put_agent(_agent("ana", idle_since=1.0))
    desk.put_agent(_agent("bo", idle_since=50.0, capacity=1))
    desk.wait(Waiting(1, Need("support", "email", only=("bo",)), 10.0, steps=_until(200.0)))
    assert _given(desk) == {1: "bo"}
    desk.wait(Waiting(2, Need("support", "email", only=("bo",)), 11.0, steps=_until(200.0)))
    assert _given(desk, now=150.0) == {}
    assert _given(desk, now=200.0) == {2: "ana"}


def test_a_preferred_agent_who_goes_is_not_waited_for() -> None:
    desk = Desk()
    desk.put_agent(_agent("ana"))
    desk.put_agent(_agent("bo", capacity=0))
    desk.wait(Waiting(1, Need("support", "email", only=("bo",)), 10.0, steps=_until(1e9)))
    assert _given(desk) == {}
    desk.set_presence("bo", "offline")
    assert _given(desk) == {1: "ana"}


def test_the_first_reason_is_named() -> None:
    agent = _agent("ana", skills={"french": 1})
    said = lacking(agent, Load(), Need("support", "email", (("french", 3),)), DEFAULT)
    assert str(said) == "has french 1, 3 is needed"
    full = lacking(agent, Load(units=6), Need("support", "email"), DEFAULT)
    assert str(full) == "at 6 of 6 units, this one takes 1"


needs = st.builds(
    Need,
    st.sampled_from(TEAMS),
    st.sampled_from(KINDS),
    st.sampled_from([(), (("french", 1),), (("french", 3),), (("refunds", 2),)]),
    only=st.sampled_from([(), (), (), ("a0",), ("a1",)]),
)
agents = st.builds(
    Agent,
    id=st.sampled_from([f"a{n}" for n in range(5)]),
    name=st.just("x"),
    teams=st.sampled_from([("support",), ("billing",), TEAMS]),
    skills=st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2),
    capacity=st.integers(0, 6),
    limits=st.dictionaries(st.sampled_from(KINDS), st.integers(0, 2), max_size=1),
    presence=st.sampled_from(["online", "online", "online", "busy", "offline"]),
    idle_since=st.floats(0, 50),
)
presences = st.sampled_from(["online", "away"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("agent"), agents),
        st.tuples(st.just("wait"), st.integers(1, 12), needs, st.floats(0, 90), st.floats(0, 300)),
        st.tuples(st.just("end"), st.integers(1, 12)),
        st.tuples(st.just("presence"), st.sampled_from(["a0", "a1"]), presences),
        st.tuples(st.just("match"),),
    ),
    max_size=40,
)  # fmt: skip


def _apply(desk: Desk, step: tuple, now: float) -> None:  # type: ignore[type-arg]
    match step:
        case ("agent", agent):
            desk.put_agent(agent)
        case ("wait", conversation, need, key, until):
            desk.wait(Waiting(conversation, need, key, steps=_until(until) if need.only else ()))
        case ("end", conversation):
            desk.end(conversation, now)
        case ("presence", agent, presence) if agent in desk.agents:
            desk.set_presence(agent, presence)
        case ("match",):
            desk.settle(now)


def _facts(desk: Desk) -> tuple[object, ...]:
    return copy.deepcopy((desk.agents, desk.loads, desk.waiting, desk.held))


@given(steps)
@settings(max_examples=300)
def test_nobody_is_over_capacity_and_nothing_that_fits_waits(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    desk = Desk()
    for number, step in enumerate(steps):
        _apply(desk, step, 100.0 + number)
    now = 100.0 + len(steps)
    before = {conversation: held.agent for conversation, held in desk.held.items()}
    for match in desk.settle(now):
        assert match.waiting.conversation not in before
        agent = desk.agents[match.agent]
        assert desk.load_of(agent.id).units <= agent.capacity
    for waiting in desk.waiting.values():
        for agent in desk.agents.values():
            assert lacking(agent, desk.load_of(agent.id), waiting.need, DEFAULT) is not None
    for agent in desk.agents.values():
        held = [held for held in desk.held.values() if held.agent == agent.id]
        assert desk.load_of(agent.id).units == sum(DEFAULT.weight(each.kind) for each in held)


@given(steps, steps)
@settings(max_examples=300)
def test_what_is_undone_never_was(first: list[tuple], then: list[tuple]) -> None:  # type: ignore[type-arg]
    desk, twin = Desk(), Desk()
    for number, step in enumerate(first):
        _apply(desk, step, 100.0 + number)
        _apply(twin, step, 100.0 + number)
    before, mark = _facts(desk), desk.mark()
    for number, step in enumerate(then):
        _apply(desk, step, 200.0 + number)
    desk.undo_to(mark)
    assert _facts(desk) == before
    assert _decided(desk.settle(500.0)) == _decided(twin.settle(500.0))


def _decided(matches: list[Match]) -> list[tuple[object, ...]]:
    return [(match.waiting, match.agent) for match in matches]


def test_a_kind_has_its_own_limit() -> None:
    agent = _agent("ana", limits={"webchat": 1})
    chatting = Load().plus("webchat", DEFAULT)
    assert has_room(agent, Load(), "webchat", DEFAULT)
    assert not has_room(agent, chatting, "webchat", DEFAULT)
    assert has_room(agent, chatting, "email", DEFAULT)
