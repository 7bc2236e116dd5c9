"""Agents with the console's own link, pages and view; what they began survives their console."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from console.advancing.advance import advance
from console.events import Event, ListTurned, MessagesCame, ThreadOpened, Ticked
from console.link import Link
from console.refreshing import Refreshing
from console.view import View, in_list, next_offer
from wire.bus import Bus, BusError
from wire.desk_client import Desk, Refused
from wire.messages import news
from wire.messages.desk import ConversationRow, Presence
from wire.messages.verbs import (
    Accept,
    Ask,
    Assign,
    Changes,
    Comment,
    Decline,
    Release,
    Reply,
    Resend,
    Resolve,
    SetPresence,
    Snooze,
    Tag,
    Take,
    Undo,
    Wrapped,
)

TOKEN = re.compile(r"\[([a-z0-9]+-\d+)\]")


@dataclass
class Began:
    """A command whose answer is not known yet: repeated under its key until it is."""

    ask: Ask
    key: str
    token: str = ""


@dataclass
class Agent:
    """What outlives a console: its agent's memory, and the draft on the disk."""

    name: str
    chance: random.Random
    began: Began | None = None
    count: int = 0
    # Tokens of answers that the desk said are committed, by what became of them.
    said: dict[str, int] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    # How often a token stood in one thread at a time, at most.
    twice: set[str] = field(default_factory=set)
    # How restless: of ten acts so many change presence or hand over.
    restless: float = 0.2
    # Does nothing any more.
    rests: bool = False

    def begin(self, ask: Ask, token: str = "") -> None:
        self.count += 1
        self.began = Began(ask, f"{self.name}-{self.count}", token)

    def token(self) -> str:
        return f"{self.name}-{self.count + 1}"


class Console:
    """A console process of an agent. It runs until it is killed."""

    def __init__(
        self,
        agent: Agent,
        connect: Callable[[], Awaitable[Bus]],
        wall: Callable[[], float],
        steady: Callable[[], float],
    ) -> None:
        self.agent, self._wall, self._connect = agent, wall, connect
        self.view = View(now=wall())
        self.link = Link(connect, agent.name, self, now=wall, steady=steady)
        self.refreshing = Refreshing(self, self)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            group.create_task(self._work())

    # --- what link and pages want of it ----------------------------------------------------------

    def tell(self, event: Event) -> None:
        self.view = advance(advance(self.view, Ticked(self._wall())), event)
        self.refreshing.heard(event, self.view)
        if isinstance(event, MessagesCame | news.MessageIs):
            self._look_for_doubles()

    def advance(self, event: Event) -> None:
        self.tell(event)

    async def call(self, ask: Ask) -> Any:
        return await self.link.desk.call(ask)

    async def refresh_pages(self) -> None:
        await self.refreshing.everything()

    async def missed(self, changes: Changes) -> None:
        await self.refreshing.missed(changes)

    def standing(self) -> tuple[int, bool]:
        return (self.view.thread.strand if self.view.thread else 0), False

    def _look_for_doubles(self) -> None:
        thread = self.view.thread
        if thread is not None:
            found = Counter(t for m in thread.messages for t in TOKEN.findall(m.text))
            self.agent.twice |= {token for token, n in found.items() if n > 1}

    # --- what its agent does ---------------------------------------------------------------------

    async def _work(self) -> None:
        chance = self.agent.chance
        while True:
            await asyncio.sleep(1 + chance.random() * 14)
            for _ in range(chance.choice((1, 1, 2, 3))):
                if self.view.ready and not self.agent.rests:
                    await self._act()

    async def _act(self) -> None:
        if self.agent.began is None:
            self._decide()
        if self.agent.began is not None:
            await self.finish()

    def _decide(self) -> None:
        agent, view = self.agent, self.view
        offer = next_offer(view)
        if offer is not None and agent.chance.random() < 0.9:
            declines = agent.chance.random() < agent.restless
            agent.begin((Decline if declines else Accept)(offer=offer.id))
            return
        if view.me.wraps_until > view.now and agent.chance.random() < 0.2:
            agent.begin(Wrapped())
            return
        if view.me.presence != "online" or agent.chance.random() < agent.restless * 0.1:
            presences: tuple[Presence, ...] = (
                "online",
                "online",
                "online",
                "break",
                "away",
                "busy",
                "offline",
            )
            agent.begin(SetPresence(presence=agent.chance.choice(presences)))
            return
        mine = sorted(row.id for row in view.rows.values() if in_list(row, "mine", view))
        if not mine:
            self._idle()
            return
        row = view.rows[agent.chance.choice(mine)]
        if view.thread is None or view.thread.strand != row.id:
            self.tell(ThreadOpened(row.contact, row.id))
            task = asyncio.create_task(self.refreshing.thread())
            task.add_done_callback(lambda t: t.cancelled() or t.exception())
            return
        self._handle(row)

    def _idle(self) -> None:
        """Looks at another list, or takes something that waits."""
        view, chance = self.view, self.agent.chance
        if chance.random() < 0.5:
            self.tell(ListTurned(chance.choice(("mine", "team", "waiting", "all"))))
            task = asyncio.create_task(self.refreshing.list())
            task.add_done_callback(lambda t: t.cancelled() or t.exception())
            return
        waiting = sorted(row.id for row in view.rows.values() if row.status == "waiting")
        if waiting and chance.random() < self.agent.restless:
            self.agent.begin(Take(conversation=chance.choice(waiting)))

    def _handle(self, row: ConversationRow) -> None:
        agent, chance = self.agent, self.agent.chance
        thread = self.view.thread
        assert thread is not None
        unsure = [m for m in thread.messages if m.state in ("ambiguous", "failed")]
        held = [m for m in thread.messages if m.state == "held" and m.agent == agent.name]
        dice = chance.random()
        if unsure and dice < 0.7:
            ways: tuple[Literal["again", "sent", "drop"], ...] = ("again", "again", "sent", "drop")
            agent.begin(Resend(message=unsure[0].id, settle=chance.choice(ways)))
        elif held and dice < 0.2:
            agent.begin(Undo(message=held[-1].id))
        elif (row.unanswered and dice < 0.8) or dice > 0.95:
            token = agent.token()
            agent.begin(
                Reply(
                    conversation=row.id,
                    text=f"[{token}] yes",
                    seen=thread.newest,
                    kind=row.kind,
                    account=row.account,
                    remote=row.remote,
                ),
                token,
            )
        elif dice < agent.restless:
            self._hand_over(row)
        elif not row.unanswered and dice < 0.8:
            agent.begin(Resolve(conversation=row.id))
        elif dice < 0.9:
            agent.begin(Comment(conversation=row.id, text=f"[{agent.token()}] hm"), agent.token())

    def _hand_over(self, row: ConversationRow) -> None:
        agent, chance = self.agent, self.agent.chance
        others = sorted(name for name in self.view.colleagues if name not in (agent.name, "admin"))
        asks: list[Ask] = [
            Release(conversation=row.id),
            Snooze(conversation=row.id, until=self.view.now + 30 + chance.random() * 900),
            Tag(conversation=row.id, add=(chance.choice("abc"),)),
        ]
        if others:
            asks.append(Assign(conversation=row.id, agent=chance.choice(others)))
        agent.begin(chance.choice(asks))

    async def finish(self) -> None:
        """Repeat what was begun until its answer is known; a draft that is refused is given up."""
        agent, began = self.agent, self.agent.began
        if began is None:
            return
        bus = await self._connect()
        desk = Desk(bus, agent.name, patience=8.0, chance=agent.chance)
        try:
            done = await desk.call(began.ask, key=began.key)
        except Refused as refused:
            agent.refused[f"{began.ask.verb} {refused.no.code}"] += 1
            if refused.no.code in ("not_active", "read_only", "busy"):
                return
        except BusError:
            return  # the same again, under the same key, later
        else:
            if began.token:
                agent.said[began.token] = done.message
        finally:
            await bus.close()
        agent.began = None
