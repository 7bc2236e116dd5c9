"""The desk in memory: who is here, what waits, who holds what, and who takes the next. Pure.

Facts are plain tables; beside them stands an index (`router.core.index`) that is kept with each
change, so that a decision costs microseconds whatever waits. Every change notes in the journal what
was there before: an item of the lane that fails is undone exactly, and why a decision was made can
be told afterwards from how everybody stood then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from router.core.index.burst import plan
from router.core.index.deciding import Deciding
from router.core.index.lines import Lines
from router.core.index.requirements import Requirements
from router.core.index.room import Burden, Burdens
from router.core.index.seats import Seat, Seats
from router.core.index.skipping import Skipping
from router.core.index.timers import Timers
from router.core.need import Need, Waiting, lacking
from router.core.past import Moment, Piece
from router.core.people import Agent, Load
from router.core.relaxing import in_vain, loosened
from router.core.scheme import DEFAULT, Scheme
from wire.messages.base import Said
from wire.messages.desk import Presence

# The tables of the journal.
AGENTS, IDLE, LOADS, WAITING, HELD, SCHEME = range(6)
NOTHING = Load()


@dataclass(frozen=True, slots=True)
class Holding:
    """An agent has this conversation; it takes units of them.

    `offer` is its number while it is only offered, 0 once it is theirs; `until` is when the offer
    or (without one) the wrapping up ends, 0 when nothing ends by itself.
    """

    agent: str
    kind: str
    offer: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """Each agent who could not and the first reason why; the same ones are the same value."""

    each: tuple[tuple[str, Said], ...] = ()


class Match(NamedTuple):
    """The decision, before it is carried out: this agent takes it. `moment` is when it was made."""

    waiting: Waiting
    agent: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class Past:
    """How everybody stood at a moment: what a decision is explained by."""

    agents: Mapping[str, Agent]
    loads: Mapping[str, Load]
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class Position:
    """How many go before it: of those who ask just the same, and of all that wait."""

    line: int
    all: int


class Desk:
    """Mutable, owned by the lane. Conversations are ids; all that is shown comes from SQL."""

    def __init__(self) -> None:
        self._agents: dict[str, Agent] = {}
        self.loads: dict[str, Load] = {}
        self.waiting: dict[int, Waiting] = {}
        self.held: dict[int, Holding] = {}
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._scheme = DEFAULT
        self._burdens: dict[str, Burden] = {}
        # Agents whose `idle_since` and `turn` are not yet written into their frozen value.
        self._moved: dict[str, Seat] = {}
        # What is simply held, by agent and kind: the same is the same value.
        self._holdings: dict[tuple[str, str], Holding] = {}
        self._turn = 0
        # Grows whenever somebody stands otherwise.
        self.changes = getattr(self, "changes", 0) + 1
        self._latest = 0.0
        # What a match did not carry out: not looked at before the next one.
        self._aside: set[int] = set()
        self._seats = Seats(DEFAULT)
        self._requirements = Requirements(self._seats)
        self._lines = Lines(self.waiting, self._requirements)
        self._deciding = Deciding(self.waiting, self._seats, self._requirements, self._lines)
        self._skipping = Skipping(self._seats)
        self._timers = Timers(self.waiting.get)
        self._journal = Piece()
        self._restoring = (self._set_agent, self._set_idle, self._set_load, self._set_waiting,
                           self._set_held, self._set_scheme)  # fmt: skip

    @property
    def agents(self) -> dict[str, Agent]:
        """Everybody. To be read only: they change by `put_agent` and by what they get."""
        for name, seat in self._moved.items():
            self._agents[name] = seat.agent = replace(
                seat.agent, idle_since=seat.idle, turn=seat.turn)  # fmt: skip
        self._moved.clear()
        return self._agents

    # --- undoing, looking back -----------------------------------------------------------------

    def mark(self) -> int:
        """A point to go back to."""
        return len(self._journal)

    def undo_to(self, mark: int) -> None:
        """Make everything as it was at the mark. What it cost to change is what it costs."""
        while len(self._journal) > mark:
            table, row, value = self._journal.pop()
            self._restoring[table](row, value)

    def forget_marks(self) -> None:
        """What was changed is committed."""
        if self._journal:
            self._journal.after = Piece()
            self._journal = self._journal.after

    def clear(self) -> None:
        """Forget everything, before it is read again from what is committed."""
        for kept in (self._agents, self.loads, self.waiting, self.held):
            kept.clear()
        self._begin_anew()

    def moment(self) -> Moment:
        """Now, to look back on. It costs nothing but what is changed while somebody keeps it."""
        return Moment(self._journal, len(self._journal))

    def past(self, moment: Moment) -> Past:
        """How everybody stood then. It costs what was changed since."""
        before = moment.before()
        scheme, _, burdens = before.get(SCHEME, {}).get("", (self._scheme, None, {}))
        agents = _overlaid(self.agents, before.get(AGENTS, {}))
        for name, (idle, turn) in before.get(IDLE, {}).items():
            if name in agents:
                agents[name] = replace(agents[name], idle_since=idle, turn=turn)
        loads = _overlaid(self.loads, {
            name: burden and burden.load
            for name, burden in (burdens | before.get(LOADS, {})).items()})  # fmt: skip
        return Past(agents, loads, scheme)

    # --- what happens --------------------------------------------------------------------------

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    def set_scheme(self, scheme: Scheme) -> None:
        """Other weights and strategies from now on; what is held weighs by them too."""
        self._note(SCHEME, "", (self._scheme, self._seats.burdens, dict(self._burdens)))
        kinds: dict[str, list[str]] = {}
        for holding in self.held.values():
            kinds.setdefault(holding.agent, []).append(holding.kind)
        burdens = Burdens(scheme, self._seats.burdens.kinds)
        known = {*self._burdens, *kinds}
        self._set_scheme("", (scheme, burdens, {
            name: burdens.of(kinds.get(name, ())) for name in known}))  # fmt: skip

    def put_agent(self, agent: Agent) -> None:
        seat = self._seats.by_name.get(agent.id)
        if seat is not None:
            self._note(IDLE, agent.id, (seat.idle, seat.turn))
        self._note(AGENTS, agent.id, self._agents.get(agent.id))
        self._set_agent(agent.id, agent)

    def set_presence(self, agent: str, presence: Presence, reason: str = "") -> None:
        self.put_agent(replace(self.agents[agent], presence=presence, reason=reason))

    def wait(self, waiting: Waiting) -> None:
        """It goes into the queue, at the place that its rank gives."""
        conversation = waiting.conversation
        self.end(conversation)
        self._journal.append((WAITING, conversation, None))
        self.waiting[conversation] = waiting
        if conversation not in self._aside:
            self._index(waiting)

    def give(self, conversation: int, agent: str, kind: str, now: float) -> None:
        """The agent has it now, however it came to them."""
        self.end(conversation)
        holding = self._holdings.get((agent, kind))
        if holding is None:
            holding = self._holdings[agent, kind] = Holding(agent, kind)
        self._hold(conversation, holding, now)

    def offer(self, conversation: int, agent: str, kind: str, offer: int, until: float,
              now: float) -> None:  # fmt: skip
        """It is asked of the agent, and kept free for them until then."""
        self.end(conversation)
        self._hold(conversation, Holding(agent, kind, offer, until), now)

    def wrap_up(self, conversation: int, until: float) -> None:
        """It is done, and the agent has no room for another in its place until then."""
        holding = self.held[conversation]
        self._note(HELD, conversation, holding)
        self.held[conversation] = replace(holding, offer=0, until=until)

    def end(self, conversation: int, now: float | None = None) -> None:
        """It neither waits nor is held (resolved, snoozed, or about to move)."""
        waiting = self.waiting.pop(conversation, None)
        if waiting is not None:
            self._journal.append((WAITING, conversation, waiting))
            self._unindex(conversation)
        holding = self.held.pop(conversation, None)
        if holding is not None:
            self._journal.append((HELD, conversation, holding))
            self._load(holding, -1, now)

    def load_of(self, agent: str) -> Load:
        return self.loads.get(agent, NOTHING)

    # --- deciding ------------------------------------------------------------------------------

    def match(self, now: float, *, burst: bool = False) -> Iterator[Match]:
        """Who takes what, one after the other, until nothing fits any more.

        The asker carries each out (`give` or `offer`) before it asks for the next: what is yielded
        is the desk as it was decided on. What was not carried out is passed over. `burst` is for a
        start with many on both sides: of each tier the rarest goes first, to who is good for least
        else, so that as much as possible is given out at once; then comes what is left, by rank.
        """
        self._begin(now)
        planned = plan(self._seats, self._lines, self._deciding, now) if burst else ()
        for decisions in planned, self._deciding.each(self._scheme, now):
            for waiting, seat in decisions:
                journal = self._journal
                yield Match(waiting, seat.agent.id, Moment(journal, len(journal)))
                if waiting.conversation in self.waiting:
                    self._aside.add(waiting.conversation)
                    self._unindex(waiting.conversation)

    def settle(self, now: float, *, burst: bool = False) -> list[Match]:
        """Carry out all that `match` finds, by giving."""
        matches = []
        for match in self.match(now, burst=burst):
            self.give(match.waiting.conversation, match.agent, match.waiting.need.kind, now)
            matches.append(match)
        return matches

    def next_due(self) -> float:
        """When time alone makes a match worth asking for; infinity when it will not."""
        return self._timers.next()

    def position(self, conversation: int, now: float) -> Position:
        """Its place in the queue. O(lines)."""
        return Position(*self._lines.position(self.waiting[conversation], now))

    def refusals(self, need: Need, now: float) -> Refused:
        """Each agent who cannot take it now."""
        return Refused(tuple(self._refusals(need, now)))

    def holds_preference(self, agents: Iterable[str], need: Need) -> bool:
        """Whether it makes sense to wait for one of them: here, able, but perhaps full."""
        known = (self._agents[agent] for agent in agents if agent in self._agents)
        return not in_vain(replace(need, only=()), known)

    def able(self, need: Need, now: float) -> list[Agent]:
        """Who can take it now."""
        able = self._deciding.able_to(need, now)
        return [agent for name, agent in self.agents.items()
                if able >> self._seats.by_name[name].number & 1] if able else []  # fmt: skip

    def _refusals(self, need: Need, now: float) -> Iterator[tuple[str, Said]]:
        for agent in self.agents.values():
            reason = lacking(agent, self.load_of(agent.id), need, self._scheme, now)
            if reason is not None:
                yield agent.id, reason

    def _begin(self, now: float) -> None:
        """What time brought since the last match. It costs nothing when that is nothing."""
        if self._aside:
            back = [self.waiting[one] for one in self._aside if one in self.waiting]
            self._aside.clear()
            for waiting in back:
                self._index(waiting)
        if now < self._latest or self._timers.overgrown:
            self._timers.again(self.waiting.values())
        self._latest = now
        if self._requirements.overgrown:
            self._lines.tidy()
        for conversation in self._timers.due(now):
            self._relax(conversation, now)
        for conversation in self._skipping.in_vain():
            self._relax(conversation, now)

    def _relax(self, conversation: int, now: float) -> None:
        """Steps whose time has come, or that wait for nobody; or somebody may be asked again."""
        waiting = self.waiting.get(conversation)
        if waiting is None:
            return
        after = waiting
        while after.steps and self._is_due(after, now):
            after = loosened(after)
        if after is not waiting:
            self._note(WAITING, conversation, waiting)
            self._set_waiting(conversation, after)
        elif waiting.need.without and conversation in self._lines.of:
            self._deciding.touch(self._lines.of[conversation][0])

    def _is_due(self, waiting: Waiting, now: float) -> bool:
        step = waiting.steps[0]
        if now >= waiting.entered + step.after:
            return True
        return step.skip and not self._deciding.meeting(waiting.need) & self._seats.here

    # --- keeping -------------------------------------------------------------------------------

    def _hold(self, conversation: int, holding: Holding, now: float) -> None:
        self._journal.append((HELD, conversation, None))
        self.held[conversation] = holding
        self._load(holding, 1, now)

    def _load(self, holding: Holding, sign: int, now: float | None) -> None:
        name, burdens = holding.agent, self._seats.burdens
        before = self._burdens.get(name)
        change = burdens.plus if sign > 0 else burdens.minus
        after = change(before or burdens.nothing, holding.kind)
        self._journal.append((LOADS, name, before))
        seat = self._seats.by_name.get(name)
        if seat is not None and now is not None:
            self._journal.append((IDLE, name, (seat.idle, seat.turn)))
            self._turn += sign > 0
            self._moved[name] = seat
            seat.idle, seat.turn = now, self._turn if sign > 0 else seat.turn
        self._bear(name, seat, after)

    def _bear(self, name: str, seat: Seat | None, burden: Burden) -> None:
        self.changes += 1
        self._burdens[name], self.loads[name] = burden, burden.load
        if seat is not None:
            self._seats.load(seat, burden)

    def _note(self, table: int, row: Any, before: Any) -> None:
        self._journal.append((table, row, before))

    def _set_agent(self, name: str, agent: Agent | None) -> None:
        self.changes += 1
        self._moved.pop(name, None)
        if agent is None:
            del self._agents[name]
            self._seats.drop(name)
            return
        self._agents[name] = agent
        self._turn = max(self._turn, agent.turn)
        self._seats.put(agent, self._burdens.get(name, self._seats.burdens.nothing))

    def _set_idle(self, name: str, moved: tuple[float, int]) -> None:
        self.changes += 1
        seat = self._moved[name] = self._seats.by_name[name]
        seat.idle, seat.turn = moved
        self._seats.load(seat, seat.burden)

    def _set_load(self, name: str, burden: Burden | None) -> None:
        seat = self._seats.by_name.get(name)
        self._bear(name, seat, burden or self._seats.burdens.nothing)
        if burden is None:
            del self._burdens[name], self.loads[name]

    def _set_held(self, conversation: int, holding: Holding | None) -> None:
        if holding is None:
            del self.held[conversation]
        else:
            self.held[conversation] = holding

    def _set_scheme(self, _: str, known: tuple[Scheme, Burdens, dict[str, Burden]]) -> None:
        self.changes += 1
        self._scheme, burdens, held = known
        self._seats.set_scheme(self._scheme, burdens)
        self._burdens = dict(held)
        self.loads.clear()
        self.loads.update((name, burden.load) for name, burden in held.items())
        for name, seat in self._seats.by_name.items():
            self._seats.load(seat, held.get(name, burdens.nothing))
        self._lines.shares = self._scheme.shares

    def _set_waiting(self, conversation: int, waiting: Waiting | None) -> None:
        self._unindex(conversation)
        if waiting is None:
            del self.waiting[conversation]
            return
        self.waiting[conversation] = waiting
        if conversation not in self._aside:
            self._index(waiting)

    def _index(self, waiting: Waiting) -> None:
        line = self._lines.add(waiting)
        # Where others wait already that ask just the same, nobody can take this one either.
        if line.block.picky or line.places.single():
            self._deciding.touch(line)
        if waiting.steps or waiting.need.without:
            self._timers.set(waiting)
            if waiting.steps and waiting.steps[0].skip:
                self._skipping.add(waiting.conversation, line)

    def _unindex(self, conversation: int) -> None:
        line = self._lines.remove(conversation)
        if line is not None:
            self._skipping.remove(conversation, line)


def _overlaid(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """As it was: None is what was not there."""
    return {name: value for name, value in {**now, **before}.items() if value is not None}
