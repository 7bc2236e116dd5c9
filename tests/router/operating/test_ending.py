"""SIGTERM ends a router in order, a second one at once; kill -9 at any time is as safe."""

import asyncio
import os
import signal
from pathlib import Path
from typing import ClassVar

import apsw
import pytest

from adapters.sdk import Adapter, Capabilities, Config, Inbox, Outbound
from adapters.sdk.__main__ import _until_stopped
from adapters.sdk.host import Host
from router.nats import served
from tests.router.operating.switchboard import ABLE, INTAKE, Switchboard, switchboard
from wire.bus import NobodyListens
from wire.messages.channel import Intake, MessageIn, Party, Taken
from wire.messages.verbs import DeskStatus, Hello, Reply, Status

pytestmark = pytest.mark.program


def rows(board: Switchboard, sql: str) -> list[tuple[object, ...]]:
    """What the database of a router that has ended says."""
    connection = apsw.Connection(str(board.folder.database))
    try:
        return list(connection.execute(sql))
    finally:
        connection.close()


async def a_slow_send(board: Switchboard) -> asyncio.Event:
    """One message under way, and one more that waits behind it."""
    await board.serve()
    await board.mail(1, "hello")
    board.held["slow"] = asyncio.Event()
    await board.admin.call(Reply(conversation=1, text="slow", anyway=True))
    await asyncio.wait_for(board.coming.wait(), 10)
    await board.admin.call(Reply(conversation=1, text="behind", anyway=True))
    return board.held["slow"]


async def nobody_takes_it(board: Switchboard, number: str) -> bool:
    event = MessageIn(id=number, remote=number, sender=Party(address=f"{number}@kvit.example"),
                      at=1.0, text="late", message_id=f"<{number}>", body_hash=number)  # fmt: skip
    try:
        await board.asked(INTAKE, Intake(event=event), Taken)
    except NobodyListens:
        return True
    return False


async def let_in_no_more(board: Switchboard) -> None:
    number = iter(range(1_000_000))
    await board.until(lambda: nobody_takes_it(board, f"late{next(number)}"), "closed door")


async def test_first_intake_stops_then_what_is_sent_arrives_then_all_is_on_the_disk(
    tmp_path: Path,
) -> None:
    async with switchboard(tmp_path) as board:
        slow = await a_slow_send(board)
        board.process.send_signal(signal.SIGTERM)
        # Nobody is let in any more while the send still waits for its answer.
        await let_in_no_more(board)
        with pytest.raises(NobodyListens):
            await board.admin._once(Hello(), "", 5.0)
        assert board.process.returncode is None
        slow.set()
        assert await asyncio.wait_for(board.process.wait(), 20) == 0
        # What was under way is known to be sent; what waited behind waits on.
        assert board.sent == ["slow"]
        assert rows(board, "SELECT state FROM outbox ORDER BY id") in (
            [("sent",), ("held",)],
            [("sent",), ("ready",)],
        )
        # The last to close the file has brought everything into it.
        assert not board.folder.database.with_name("desk.db-wal").exists()


async def test_a_second_signal_ends_it_at_once_and_what_was_under_way_is_known_to_be_unknown(
    tmp_path: Path,
) -> None:
    async with switchboard(tmp_path) as board:
        await a_slow_send(board)
        board.process.send_signal(signal.SIGTERM)
        await let_in_no_more(board)
        board.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(board.process.wait(), 5) == 128 + signal.SIGTERM
        assert rows(board, "SELECT state FROM outbox ORDER BY id")[0] == ("sending",)
        assert rows(board, "PRAGMA integrity_check") == [("ok",)]


async def test_a_bus_that_is_gone_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    async with switchboard(tmp_path) as board:
        await board.serve()
        await board.mail(1, "hello")
        pid = served.pid(board.folder)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            board.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(board.process.wait(), 20) == 0
        finally:
            os.kill(pid, signal.SIGCONT)
        assert rows(board, "SELECT count(*) FROM messages") == [(1,)]


class Slow(Adapter[Config]):
    """A channel whose one message takes its time."""

    kind: ClassVar[str] = "email"
    Config: ClassVar[type[Config]] = Config
    capabilities: ClassVar[Capabilities] = ABLE

    def __init__(self) -> None:
        super().__init__(Config(), "support")
        self.asked, self.arrived = asyncio.Event(), asyncio.Event()

    async def run(self, inbox: Inbox) -> None:
        inbox.ready()
        await asyncio.Event().wait()

    async def send(self, message: Outbound) -> str:
        self.asked.set()
        await self.arrived.wait()
        return "remote-1"


async def test_an_account_that_ends_lets_its_last_message_arrive_and_the_router_knows(
    tmp_path: Path,
) -> None:
    async with switchboard(tmp_path) as board:
        adapter, stopping = Slow(), asyncio.Event()
        host = Host(adapter, board.adapter)
        ending = asyncio.create_task(_until_stopped(host, board.adapter, stopping, asyncio.Event()))
        await board.mail(1, "hello")
        await board.admin.call(Reply(conversation=1, text="slow", anyway=True))
        await asyncio.wait_for(adapter.asked.wait(), 20)
        stopping.set()
        adapter.arrived.set()
        assert await asyncio.wait_for(ending, 20) == 0

        async def known() -> bool:
            status: DeskStatus = await board.admin.call(Status())
            return status.outbox.get("sent") == 1

        await board.until(known, "message that is known to be sent")
