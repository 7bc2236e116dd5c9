"""Who is here: consoles by their beats, customers by their signals, adapters by their health.

In memory only. After a restart everybody who was here has the same time as a silent one to beat.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from wire.messages.channel import Health, Signal

# A console beats every 5 s; silent for so long means that it is gone.
SILENCE = 30.0
# An adapter tells its health every few seconds; silent for so long, nothing is known of it.
UNHEARD = 15.0
# Threads of one agent that are kept up to date; opening one more drops the oldest.
WATCHED = 4
# Customers whose being online is remembered.
CUSTOMERS = 20_000


@dataclass(slots=True)
class _Agent:
    """An agent's consoles: when each was heard, what each looks at, and open threads."""

    heard: dict[str, float] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    watched: OrderedDict[int, None] = field(default_factory=OrderedDict)


class Attendance:
    """Read and written in the event loop only. Times are of one clock that never runs backwards."""

    def __init__(self) -> None:
        self._agents: dict[str, _Agent] = defaultdict(_Agent)
        self._online: OrderedDict[int, None] = OrderedDict()
        self.health: dict[tuple[str, str], Health] = {}
        self._health_at: dict[tuple[str, str], float] = {}

    # --- agents --------------------------------------------------------------------------------

    def expect(self, agents: Iterable[str], now: float) -> None:
        """These were here before the router started: they have `SILENCE` seconds to beat."""
        for agent in agents:
            self._agents[agent].heard[""] = now

    def beat(self, agent: str, console: str, conversation: int, writing: bool, now: float) -> int:
        """A console is alive. Returns the conversation that it stopped writing in, 0 for none."""
        known = self._agents[agent]
        known.heard[console] = now
        known.looks[console] = conversation
        wrote = known.writes.pop(console, 0)
        if writing and conversation:
            known.writes[console] = conversation
        return wrote if wrote != known.writes.get(console, 0) else 0

    def heard(self, agent: str, now: float) -> None:
        """An agent did something without a console's beat: from the command line, by a program."""
        self._agents[agent].heard[""] = now

    def watch(self, agent: str, contact: int) -> None:
        """This agent has the contact's thread open."""
        watched = self._agents[agent].watched
        watched[contact] = None
        watched.move_to_end(contact)
        while len(watched) > WATCHED:
            watched.popitem(last=False)

    def silent(self, now: float) -> list[str]:
        """Agents whose last console fell silent since this was asked last: told once."""
        gone = []
        for agent, known in list(self._agents.items()):
            for console, at in list(known.heard.items()):
                if now - at > SILENCE:
                    del known.heard[console]
                    known.looks.pop(console, None)
                    known.writes.pop(console, None)
            if not known.heard:
                del self._agents[agent]
                gone.append(agent)
        return gone

    def writes(self, agent: str, conversation: int) -> bool:
        """Whether they write in it now, in one of their consoles."""
        known = self._agents.get(agent)
        return known is not None and conversation in known.writes.values()

    def here(self) -> list[str]:
        """Agents whose consoles were heard lately."""
        return list(self._agents)

    def watched(self) -> dict[int, set[str]]:
        """Every contact whose thread somebody has open, and who."""
        found: dict[int, set[str]] = defaultdict(set)
        for agent, known in self._agents.items():
            for contact in known.watched:
                found[contact].add(agent)
        return dict(found)

    # --- customers and adapters ----------------------------------------------------------------

    def signal(self, contact: int, signal: Signal) -> None:
        """A customer came, left or wrote."""
        if signal.online is False:
            self._online.pop(contact, None)
        elif signal.online or signal.typing:
            self._online[contact] = None
            self._online.move_to_end(contact)
            while len(self._online) > CUSTOMERS:
                self._online.popitem(last=False)

    def told_health(self, kind: str, account: str, health: Health, now: float) -> None:
        self.health[kind, account] = health
        self._health_at[kind, account] = now

    def forget_silent(self, now: float) -> None:
        """Accounts whose adapter has not been heard for too long: what it said last is not true."""
        for account, at in list(self._health_at.items()):
            if now - at > UNHEARD:
                del self._health_at[account]
                self.health.pop(account, None)

    def customers(self) -> list[int]:
        """Contacts who are here, who was heard last comes last."""
        return list(self._online)

    def online(self, contact: int) -> bool:
        return contact in self._online
