"""A desk to test with: a store, its lane, and people; the customer writes with one line."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from router import memory
from router.core.desk import Desk
from router.doors import why
from router.handling import dispatch
from router.intake import Intaking
from router.lane import Decide, Lane, Work
from router.policy import Policy
from router.store.sql import Rows
from router.store.store import InlineStore, SqliteStore, Store
from wire.messages.channel import Event, Intake, MessageIn, Party, Taken
from wire.messages.desk import Change, Why
from wire.settings import Account

POLICY = Policy(accounts={
    "support": Account(kind="email", team="support"),
    "site": Account(kind="webchat", team="support"),
    "offers": Account(kind="email", team="sales"),
})  # fmt: skip


@dataclass
class TestDesk:
    __test__ = False

    store: Store
    desk: Desk
    lane: Lane
    epoch: int
    changes: list[Change] = field(default_factory=list)
    clock: float = 1_000.0
    policy: Policy = POLICY

    async def do(self, decide: Decide[Any]) -> Any:
        return await self.lane.submit(decide)

    async def take(self, event: Event, *, kind: str = "email", account: str = "support",
                   cursor: str | None = None) -> Taken:  # fmt: skip
        intaking = Intaking(self.policy, kind, account)
        intake = Intake(event=event, cursor=cursor)
        return await self.lane.submit(intaking.decide(intake), intaking.aside(intake))

    async def mail(self, number: str, text: str = "hello", **facts: Any) -> Any:
        sender = facts.pop("sender", "olga@kvit.example")
        facts = {"message_id": f"<{number}@kvit.example>", "body_hash": text} | facts
        return await self.take(
            MessageIn(id=number, remote=sender, sender=Party(address=sender, name="Olga"),
                      at=self.clock, text=text, **facts)
        )  # fmt: skip

    async def chat(self, number: str, text: str = "hi", visitor: str = "v1") -> Any:
        event = MessageIn(id=number, remote=visitor, sender=Party(address=visitor, name="Guest"),
                          at=self.clock, text=text)  # fmt: skip
        return await self.take(event, kind="webchat", account="site")

    async def agent(self, name: str, **facts: Any) -> None:
        """An agent who is there; the desk gives out what waits."""
        values = {"id": name, "name": name.title(), "teams": '["support"]', "capacity": 6,
                  "presence": "online"} | facts  # fmt: skip

        def job(work: Work) -> None:
            work.tx._connection.execute(
                f"INSERT INTO agents ({', '.join(values)}) VALUES "
                f"({', '.join(':' + key for key in values)})",
                values,
            )
            work.desk.put_agent(memory.agent_of(work.tx.one("agent", id=name)))
            dispatch.dispatch(work, "agent")

        await self.do(job)

    async def why(self, conversation: int) -> Why:
        """The newest decision about it, as it is told."""

        def read(rows: Rows) -> Why:
            known = rows.all("decisions_of", conversation=conversation, limit=1)
            return why.recorded(rows, rows.one("conversation", id=conversation), known, 0)

        return await self.store.read(read)

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Whatever a test wants to know of the tables."""
        return await self.store.read(lambda rows: list(rows._connection.execute(sql, values)))

    async def one(self, sql: str, **values: Any) -> Any:
        return (await self.rows(sql, **values))[0][0]


@contextlib.asynccontextmanager
async def running(store: Store, epoch: int, policy: Policy = POLICY) -> AsyncIterator[TestDesk]:
    """The lane runs until the block ends."""
    desk = Desk()
    changes: list[Change] = []

    def announce(new: Sequence[Change]) -> None:
        changes.extend(new)

    made = TestDesk.__new__(TestDesk)
    lane = Lane(store, desk, load=memory.load, clock=lambda: made.clock,
                steady=lambda: made.clock, announce=announce, targets=policy.targets)  # fmt: skip
    await store.read(lambda rows: memory.load(rows, desk, lane.shelf))
    made.__init__(store, desk, lane, epoch, changes, policy=policy)  # type: ignore[misc]
    made.clock = 1_000.0
    task = asyncio.create_task(lane.run())
    try:
        yield made
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await store.close()


def inline() -> contextlib.AbstractAsyncContextManager[TestDesk]:
    store = InlineStore()
    return running(store, store.epoch)


def on_disk(folder: Path, now: float = 1_000.0) -> contextlib.AbstractAsyncContextManager[TestDesk]:
    store = SqliteStore.open(folder, now=now)
    return running(store, store.epoch)
