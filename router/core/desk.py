"""The desk in memory: who is here, what waits, who holds what, and who takes the next. Pure.

Every change goes through `_put`, which writes down what was there before: an item of the lane that
fails is undone exactly.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from router.core.need import Need, Waiting, lacking
from router.core.people import Agent, Load
from wire.messages.base import Said
from wire.messages.desk import Presence


@dataclass(frozen=True, slots=True)
class Holding:
    """An agent has this conversation; it takes units of them."""

    agent: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """Each agent who could not and the first reason why; the same ones are the same value."""

    each: tuple[tuple[str, Said], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The decision: this agent takes it, and each colleague's reason why not."""

    waiting: Waiting
    agent: str
    refused: Refused = Refused()


class Desk:
    """Mutable, owned by the lane. Conversations are ids; all that is shown comes from SQL."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.loads: dict[str, Load] = {}
        self.waiting: dict[int, Waiting] = {}
        self.held: dict[int, Holding] = {}
        self._lines: dict[Need, list[tuple[float, int]]] = {}
        self._before: list[tuple[dict[Any, Any], Any, Any]] = []
        # Derived, so that a desk where nobody is free decides at once.
        self._roomy: set[str] = set()
        self._refused: dict[Need, Refused] = {}
        # Lines that wait for one agent; when each preference ends; whom to look at again.
        self._preferring: dict[str, set[Need]] = {}
        self._ends: list[tuple[float, int]] = []
        self._changed: set[str] = set()

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
        for kept in (self.agents, self.loads, self.waiting, self.held, self._lines, self._roomy,
                     self._refused, self._preferring, self._ends, self._changed,
                     self._before):  # fmt: skip
            kept.clear()

    # --- what happens --------------------------------------------------------------------------

    def put_agent(self, agent: Agent) -> None:
        self._put(self.agents, agent.id, agent)

    def set_presence(self, agent: str, presence: Presence) -> None:
        self._put(self.agents, agent, replace(self.agents[agent], presence=presence))

    def wait(self, waiting: Waiting) -> None:
        """It goes into the queue, at the place that its key gives."""
        self.end(waiting.conversation)
        self._put(self.waiting, waiting.conversation, waiting)

    def give(self, conversation: int, agent: str, kind: str, now: float) -> None:
        """The agent has it now, however it came to them."""
        self.end(conversation)
        self._put(self.held, conversation, Holding(agent, kind))
        self._load(agent, kind, 1, now)

    def end(self, conversation: int, now: float | None = None) -> None:
        """It neither waits nor is held (resolved, snoozed, or about to move)."""
        if conversation in self.waiting:
            self._put(self.waiting, conversation, None)
        holding = self.held.get(conversation)
        if holding is not None:
            self._put(self.held, conversation, None)
            self._load(holding.agent, holding.kind, -1, now)

    def load_of(self, agent: str) -> Load:
        return self.loads.get(agent, Load())

    # --- deciding ------------------------------------------------------------------------------

    def match(self, now: float) -> list[Match]:
        """Give out all that can be given, oldest first, until nothing fits any more."""
        self._relax(now)
        matches: list[Match] = []
        stuck: set[Need] = set()
        while self._roomy and (waiting := self._oldest(stuck)) is not None:
            match = self._pick(waiting)
            if match is None:
                stuck.add(waiting.need)  # equal needs, equal answer
                continue
            self.give(waiting.conversation, match.agent, waiting.need.kind, now)
            matches.append(match)
        return matches

    def refusals(self, need: Need) -> Refused:
        """Each agent who cannot take it now; the same value until an agent or a load changes."""
        found = self._refused.get(need)
        if found is None:
            found = self._refused[need] = Refused(tuple(self._refusals(need)))
        return found

    def holds_preference(self, agent: str, need: Need) -> bool:
        """Whether it makes sense to wait for this agent: here, able, but perhaps full."""
        known = self.agents.get(agent)
        if known is None or known.presence != "online":
            return False
        return lacking(replace(known, capacity=1_000, limits={}), Load(), need) is None

    def _refusals(self, need: Need) -> Iterator[tuple[str, Said]]:
        for agent in self.agents.values():
            reason = lacking(agent, self.load_of(agent.id), need)
            if reason is not None:
                yield agent.id, reason

    def _pick(self, waiting: Waiting) -> Match | None:
        need = waiting.need
        free = (self.agents[agent] for agent in self._roomy)
        able = [agent for agent in free if lacking(agent, self.load_of(agent.id), need) is None]
        longest_idle = min(able, key=lambda agent: (agent.idle_since, agent.id), default=None)
        if longest_idle is None:
            return None
        return Match(waiting, longest_idle.id, self.refusals(need))

    def _oldest(self, stuck: set[Need]) -> Waiting | None:
        heads = (self._head(need) for need in list(self._lines) if need not in stuck)
        return min(
            (head for head in heads if head is not None),
            key=lambda waiting: (waiting.key, waiting.conversation),
            default=None,
        )

    def _head(self, need: Need) -> Waiting | None:
        line = self._lines[need]
        while line:
            key, conversation = line[0]
            waiting = self.waiting.get(conversation)
            if waiting is not None and waiting.need == need and waiting.key == key:
                return waiting
            heapq.heappop(line)  # it left this line, or this place in it, some time ago
        del self._lines[need]
        return None

    def _relax(self, now: float) -> None:
        """Preferences that ran out, or whose agent went: anybody may, with the same key."""
        while self._ends and self._ends[0][0] <= now:
            waiting = self.waiting.get(heapq.heappop(self._ends)[1])
            if waiting is not None and waiting.need.only and waiting.until <= now:
                self._let_anybody(waiting)
        for agent in self._changed & self._preferring.keys():
            for need in [need for need in self._preferring[agent] if self._in_vain(need)]:
                self._preferring[agent].discard(need)
                for waiting in self._in_line(need):
                    self._let_anybody(waiting)
        self._changed.clear()

    def _in_vain(self, need: Need) -> bool:
        return need not in self._lines or not self.holds_preference(need.only, need)

    def _let_anybody(self, waiting: Waiting) -> None:
        self.wait(replace(waiting, need=replace(waiting.need, only=""), until=0.0))

    def _in_line(self, need: Need) -> list[Waiting]:
        line = self._lines.get(need, ())
        here = (self.waiting.get(conversation) for _, conversation in line)
        return [waiting for waiting in here if waiting is not None and waiting.need == need]

    # --- keeping -------------------------------------------------------------------------------

    def _load(self, agent: str, kind: str, sign: int, now: float | None) -> None:
        self._put(self.loads, agent, self.load_of(agent).plus(kind, sign))
        if now is not None and agent in self.agents:
            self._put(self.agents, agent, replace(self.agents[agent], idle_since=now))

    def _put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._before.append((table, key, table.get(key)))
        self._set(table, key, value)

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
        if table is self.waiting and value is not None:
            self._queued(value)
        elif table is self.agents or table is self.loads:
            self._moved(key)

    def _queued(self, waiting: Waiting) -> None:
        need = waiting.need
        heapq.heappush(self._lines.setdefault(need, []), (waiting.key, waiting.conversation))
        if need.only:
            self._preferring.setdefault(need.only, set()).add(need)
            heapq.heappush(self._ends, (waiting.until, waiting.conversation))
            self._changed.add(need.only)

    def _moved(self, agent: str) -> None:
        """An agent is otherwise, or holds something else."""
        self._refused.clear()
        self._changed.add(agent)
        known = self.agents.get(agent)
        if (
            known is not None
            and known.presence == "online"
            and (self.load_of(agent).units < known.capacity)
        ):
            self._roomy.add(agent)
        else:
            self._roomy.discard(agent)
