"""The desk as one says it: everything gone through for each decision. What the index must equal.

It is slow by intent and changes only when what a desk shall do changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from router.core.choosing import SECONDS_A_LEVEL, agent_first, level
from router.core.desk import Holding, Refused
from router.core.need import Need, Waiting, lacking, membership
from router.core.people import Agent, Load
from router.core.relaxing import due, in_vain, loosened
from router.core.scheme import DEFAULT, Scheme
from wire.messages.base import Said
from wire.messages.desk import Presence


class Decision(NamedTuple):
    """This agent takes it."""

    waiting: Waiting
    agent: str


class PlainDesk:
    """The same methods as `router.core.desk.Desk`."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.loads: dict[str, Load] = {}
        self.waiting: dict[int, Waiting] = {}
        self.held: dict[int, Holding] = {}
        self._schemes: dict[str, Scheme] = {}
        self._turns = 0
        self._before: list[tuple[dict[Any, Any], Any, Any]] = []

    # --- undoing -------------------------------------------------------------------------------

    def mark(self) -> int:
        """A point to go back to."""
        return len(self._before)

    def undo_to(self, mark: int) -> None:
        """Make everything as it was at the mark."""
        while len(self._before) > mark:
            table, key, value = self._before.pop()
            self._set(table, key, value)

    def forget_marks(self) -> None:
        """What was changed is committed."""
        self._before.clear()

    def clear(self) -> None:
        """Forget everything, before it is read again from what is committed."""
        for kept in (self.agents, self.loads, self.waiting, self.held, self._schemes,
                     self._before):  # fmt: skip
            kept.clear()

    # --- what happens --------------------------------------------------------------------------

    @property
    def scheme(self) -> Scheme:
        return self._schemes.get("", DEFAULT)

    def set_scheme(self, scheme: Scheme) -> None:
        """Other weights and strategies from now on; what is held weighs by them too."""
        self._put(self._schemes, "", scheme)
        for agent in set(self.loads) | {holding.agent for holding in self.held.values()}:
            load = Load()
            for holding in self.held.values():
                if holding.agent == agent:
                    load = load.plus(holding.kind, scheme)
            self._put(self.loads, agent, load)

    def put_agent(self, agent: Agent) -> None:
        self._turns = max(self._turns, agent.turn)
        self._put(self.agents, agent.id, agent)

    def set_presence(self, agent: str, presence: Presence, reason: str = "") -> None:
        self._put(self.agents, agent, replace(self.agents[agent], presence=presence, reason=reason))

    def wait(self, waiting: Waiting) -> None:
        """It goes into the queue, at the place that its rank gives."""
        self.end(waiting.conversation)
        self._put(self.waiting, waiting.conversation, waiting)

    def give(self, conversation: int, agent: str, kind: str, now: float) -> None:
        """The agent has it now, however it came to them."""
        self.end(conversation)
        self._hold(conversation, Holding(agent, kind), now)

    def offer(self, conversation: int, agent: str, kind: str, offer: int, until: float,
              now: float) -> None:  # fmt: skip
        """It is asked of the agent, and kept free for them until then."""
        self.end(conversation)
        self._hold(conversation, Holding(agent, kind, offer, until), now)

    def wrap_up(self, conversation: int, until: float) -> None:
        """It is done, and the agent has no room for another in its place until then."""
        holding = self.held[conversation]
        self._put(self.held, conversation, replace(holding, offer=0, until=until))

    def end(self, conversation: int, now: float | None = None) -> None:
        """It neither waits nor is held (resolved, snoozed, or about to move)."""
        if conversation in self.waiting:
            self._put(self.waiting, conversation, None)
        holding = self.held.get(conversation)
        if holding is not None:
            self._put(self.held, conversation, None)
            self._load(holding, -1, now)

    def load_of(self, agent: str) -> Load:
        return self.loads.get(agent, Load())

    # --- deciding ------------------------------------------------------------------------------

    def match(self, now: float) -> Iterator[Decision]:
        """Who takes what, one after the other, until nothing fits any more.

        The asker carries each out (`give` or `offer`) before it asks for the next: what is yielded
        is the desk as it was decided on. What was not carried out is passed over.
        """
        self._relax(now)
        passed: set[int] = set()
        while (match := self._next(now, passed)) is not None:
            yield match
            if match.waiting.conversation in self.waiting:
                passed.add(match.waiting.conversation)

    def settle(self, now: float) -> list[Decision]:
        """Carry out all that `match` finds, by giving."""
        matches = []
        for match in self.match(now):
            self.give(match.waiting.conversation, match.agent, match.waiting.need.kind, now)
            matches.append(match)
        return matches

    def refusals(self, need: Need, now: float) -> Refused:
        """Each agent who cannot take it now."""
        return Refused(tuple(self._refusals(need, now)))

    def holds_preference(self, agents: Iterable[str], need: Need) -> bool:
        """Whether it makes sense to wait for one of them: here, able, but perhaps full."""
        known = (self.agents[agent] for agent in agents if agent in self.agents)
        return not in_vain(replace(need, only=()), known)

    def able(self, need: Need, now: float) -> list[Agent]:
        """Who can take it now."""
        scheme = self.scheme
        return [agent for agent in self.agents.values()
                if lacking(agent, self.load_of(agent.id), need, scheme, now) is None]  # fmt: skip

    def _refusals(self, need: Need, now: float) -> Iterator[tuple[str, Said]]:
        for agent in self.agents.values():
            reason = lacking(agent, self.load_of(agent.id), need, self.scheme, now)
            if reason is not None:
                yield agent.id, reason

    def _next(self, now: float, passed: set[int]) -> Decision | None:
        """The oldest that an agent of its own teams can take; else one whom another helps."""
        above = self._above_share(passed)
        line = sorted((w for w in self.waiting.values() if w.conversation not in passed),
                      key=lambda w: (w.tier, above.get(w.need.team, 0.0), w.rank(now)))  # fmt: skip
        for least in (2, 1):
            for waiting in line:
                able = [agent for agent in self.able(waiting.need, now)
                        if membership(agent, waiting.need) >= least]  # fmt: skip
                if able and self.scheme.strategy(waiting.need.team) == "scored":
                    return self._scored(waiting, line, least, now)
                if able:
                    return Decision(waiting, self._first(waiting, able).id)
        return None

    def _above_share(self, passed: set[int]) -> dict[str, float]:
        """By how many each team with a share waits above it; the lowest number is the furthest."""
        shares = self.scheme.shares
        lengths = Counter(
            w.need.team
            for w in self.waiting.values()
            if w.need.team in shares and w.conversation not in passed
        )
        return {team: share * lengths.total() - lengths[team] for team, share in shares.items()}

    def _first(self, waiting: Waiting, able: list[Agent]) -> Agent:
        strategy = self.scheme.strategy(waiting.need.team)
        return min(able, key=lambda agent: agent_first(
            agent, self.load_of(agent.id), waiting, strategy))  # fmt: skip

    def _scored(self, first: Waiting, line: list[Waiting], least: int, now: float) -> Decision:
        """Among the heads of this team's lines: waiting and level together (see `Strategy`)."""
        heads: dict[tuple[Any, ...], Waiting] = {}
        for waiting in line:
            if waiting.need.team == first.need.team and waiting.tier == first.tier:
                heads.setdefault((waiting.rings, waiting.need, waiting.slope), waiting)
        pairs = [
            (-(now - head.rank(now)[1]) / SECONDS_A_LEVEL - level(agent, head.need),
             head.rank(now), agent_first(agent, self.load_of(agent.id), head, "best_level"),
             head, agent)
            for head in heads.values() for agent in self.able(head.need, now)
            if membership(agent, head.need) >= least
        ]  # fmt: skip
        best = min(pairs, key=lambda pair: pair[:3])
        return Decision(best[3], best[4].id)

    def _relax(self, now: float) -> None:
        """Steps whose time has come, or that wait for nobody; what it is ordered by stays."""
        for waiting in list(self.waiting.values()):
            after = waiting
            while due(after, now, self.agents.values()):
                after = loosened(after)
            if after is not waiting:
                self._put(self.waiting, after.conversation, after)

    # --- keeping -------------------------------------------------------------------------------

    def _hold(self, conversation: int, holding: Holding, now: float) -> None:
        self._put(self.held, conversation, holding)
        self._load(holding, 1, now)

    def _load(self, holding: Holding, sign: int, now: float | None) -> None:
        agent = holding.agent
        self._put(self.loads, agent, self.load_of(agent).plus(holding.kind, self.scheme, sign))
        if now is not None and agent in self.agents:
            known = self.agents[agent]
            turn = self._turn() if sign > 0 else known.turn
            self._put(self.agents, agent, replace(known, idle_since=now, turn=turn))

    def _turn(self) -> int:
        """Higher than any before, also than those of agents who are otherwise now."""
        self._turns += 1
        return self._turns

    def _put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._before.append((table, key, table.get(key)))
        self._set(table, key, value)

    @staticmethod
    def _set(table: dict[Any, Any], key: Any, value: Any) -> None:
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
