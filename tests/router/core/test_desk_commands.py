"""The desk and the plain one hear the same commands and are asked the same: never apart."""

import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from router.core.desk import Desk
from router.core.need import Need, Waiting
from router.core.people import Agent, Load
from router.core.scheme import Scheme
from tests.router.core import desk_worlds as worlds
from tests.router.core.plain_desk import PlainDesk

pytestmark = pytest.mark.pure


def plain_load(load: Load) -> tuple[int, int, dict[str, int]]:
    return load.units, load.interruptible, {k: n for k, n in load.kinds.items() if n}


class Commands(RuleBasedStateMachine):
    """`fast` is the desk; time stands still, goes on and leaps back."""

    def __init__(self) -> None:
        super().__init__()
        self.fast, self.plain = Desk(), PlainDesk()
        self.now = 100.0
        self.marks: tuple[int, int] | None = None

    @property
    def both(self) -> tuple[Desk, PlainDesk]:
        return self.fast, self.plain

    @initialize(agents=st.lists(worlds.agents, max_size=4), scheme=worlds.schemes)
    def begin(self, agents: list[Agent], scheme: Scheme) -> None:
        for agent in agents:
            self.put(agent)
        self.set_scheme(scheme)

    @rule(agent=worlds.agents)
    def put(self, agent: Agent) -> None:
        for desk in self.both:
            desk.put_agent(agent)

    @rule(agent=worlds.names, presence=worlds.presences)
    def change_presence(self, agent: str, presence: str) -> None:
        if agent in self.plain.agents:
            for desk in self.both:
                desk.set_presence(agent, presence, "lunch")  # type: ignore[arg-type]

    @rule(scheme=worlds.schemes)
    def set_scheme(self, scheme: Scheme) -> None:
        for desk in self.both:
            desk.set_scheme(scheme)

    @rule(waiting=worlds.works)
    def wait(self, waiting: Waiting) -> None:
        for desk in self.both:
            desk.wait(waiting)

    @rule(several=st.lists(worlds.works, min_size=2, max_size=6))
    def many_wait(self, several: list[Waiting]) -> None:
        for waiting in several:
            self.wait(waiting)

    @rule(conversation=worlds.conversations, agent=worlds.names, kind=st.sampled_from(worlds.KINDS))
    def give(self, conversation: int, agent: str, kind: str) -> None:
        for desk in self.both:
            desk.give(conversation, agent, kind, self.now)

    @rule(conversation=worlds.conversations, agent=worlds.names, kind=st.sampled_from(worlds.KINDS))
    def offer(self, conversation: int, agent: str, kind: str) -> None:
        for desk in self.both:
            desk.offer(conversation, agent, kind, 7, self.now + 30.0, self.now)

    @rule(conversation=worlds.conversations)
    def wrap_up(self, conversation: int) -> None:
        if conversation in self.plain.held:
            for desk in self.both:
                desk.wrap_up(conversation, self.now + 10.0)

    @rule(conversation=worlds.conversations, known=st.booleans())
    def end(self, conversation: int, known: bool) -> None:
        for desk in self.both:
            desk.end(conversation, self.now if known else None)

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 40.0, 100.0, -30.0]))
    def time_goes(self, seconds: float) -> None:
        self.now += seconds

    @rule(skipping=st.sets(worlds.conversations, max_size=2))
    def match(self, skipping: set[int]) -> None:
        """Some are not carried out; one that is decided is offered or given."""
        assert self._decided(self.fast, skipping) == self._decided(self.plain, skipping)

    def _decided(self, desk: Desk | PlainDesk, skipping: set[int]) -> list[tuple[Waiting, str]]:
        decided = []
        for match in desk.match(self.now):
            waiting = match.waiting
            decided.append((waiting, match.agent))
            if waiting.conversation in skipping:
                continue
            kind = waiting.need.kind
            if waiting.conversation % 2:
                desk.give(waiting.conversation, match.agent, kind, self.now)
            else:
                desk.offer(waiting.conversation, match.agent, kind, 1, self.now + 5.0, self.now)
        return decided

    @rule()
    def mark(self) -> None:
        self.marks = self.fast.mark(), self.plain.mark()

    @precondition(lambda self: self.marks is not None)
    @rule()
    def undo(self) -> None:
        if self.marks is not None:
            self.fast.undo_to(self.marks[0])
            self.plain.undo_to(self.marks[1])
            self.marks = None

    @rule()
    def forget(self) -> None:
        self.marks = None
        for desk in self.both:
            desk.forget_marks()

    @rule(need=worlds.needs)
    def ask(self, need: Need) -> None:
        assert self.fast.refusals(need, self.now).each == self.plain.refusals(need, self.now).each
        assert self.fast.able(need, self.now) == self._turnless(self.plain.able(need, self.now))
        assert self.fast.holds_preference(worlds.AGENTS, need) == self.plain.holds_preference(
            worlds.AGENTS, need)  # fmt: skip

    def _turnless(self, agents: list[Agent]) -> list[Agent]:
        return [self.fast.agents[agent.id] for agent in agents]

    @invariant()
    def they_are_the_same(self) -> None:
        fast, plain = self.both
        assert fast.waiting == plain.waiting
        assert fast.held == plain.held
        assert sorted(fast.agents) == sorted(plain.agents)
        for name, agent in plain.agents.items():
            known = fast.agents[name]
            assert (known.idle_since, known.presence, known.skills) == (
                agent.idle_since, agent.presence, agent.skills)  # fmt: skip
        for name in {*fast.loads, *plain.loads}:
            assert plain_load(fast.load_of(name)) == plain_load(plain.load_of(name))


# DESK_CASES=20000 is for a night.
CASES = int(os.environ.get("DESK_CASES", "1100"))
Commands.TestCase.settings = settings(max_examples=CASES, stateful_step_count=25, deadline=None)
TestCommands = Commands.TestCase
