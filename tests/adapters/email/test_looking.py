"""Comparing a real mailbox with a real ledger, and asking it whether a mail was sent."""

import asyncio
import contextlib
import imaplib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.email import looking, tokens
from adapters.email.adapter import Email
from adapters.email.config import EmailConfig
from adapters.email.imap_client import BATCH
from adapters.sdk import AuthFailed, Outbound, Secret, Sent
from adapters.sdk.host import Host
from router.blobs import Blobs
from router.channel_doors import ChannelDoors
from router.reconciling import Reconciling
from tests.adapters.email.conftest import FAST, KEY, account, letter
from tests.router.desk import TestDesk, inline
from tests.servers.dovecot import Dovecot
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import Health, Signal
from wire.messages.verbs import Reconcile, Reconciled

pytestmark = pytest.mark.program


@pytest.fixture(autouse=True)
def _empty(mail: Dovecot) -> Iterator[None]:
    yield
    with _imap(mail) as imap:
        _, count = imap.select()
        if count != [b"0"]:
            imap.store("1:*", "+FLAGS", "\\Deleted")
            imap.expunge()


def _imap(mail: Dovecot) -> imaplib.IMAP4_SSL:
    imap = imaplib.IMAP4_SSL(mail.host, mail.ports.imaps, ssl_context=mail.tls, timeout=10)
    imap.login("support", mail.users["support"])
    return imap


class Nobody:
    """What customers and adapters tell, heard by nobody."""

    def customer(self, contact: int, conversation: int, signal: Signal) -> None:
        """A signal."""

    def health(self, kind: str, account: str, health: Health) -> None:
        """News of health."""


@dataclass
class Mailroom:
    """A desk with its ledger on one side of the bus, the mailbox's adapter on the other."""

    desk: TestDesk
    hub: Hub
    config: EmailConfig

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        host = Host(Email(self.config, "support"), MemoryBus(self.hub), pace=FAST)
        running = asyncio.create_task(host.run())
        try:
            yield
        finally:
            host.stop()
            await running

    async def has(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(await self.subjects()) < count:
                await asyncio.sleep(0.02)

    async def subjects(self) -> set[str]:
        return {row[0] for row in await self.desk.rows("SELECT subject FROM messages")}

    async def compare(self, *, take: bool = False, since: float = 0.0) -> Reconciled:
        reconciling = Reconciling(self.desk.store, MemoryBus(self.hub))
        ask = Reconcile(account="support", fetch=take, since=since)
        return await reconciling.compare("email", ask)


@pytest.fixture
async def room(mail: Dovecot, tmp_path: Path) -> AsyncIterator[Mailroom]:
    async with inline() as desk:
        hub = Hub()
        blobs = Blobs(tmp_path, desk.lane, desk.store)
        doors = ChannelDoors(desk.lane, desk.store, blobs, desk.policy, desk.epoch, Nobody())
        await doors.serve(MemoryBus(hub), asyncio.ensure_future)
        yield Mailroom(desk, hub, account(mail))


async def test_a_hole_made_on_purpose_is_found_and_filled(mail: Dovecot, room: Mailroom) -> None:
    for name in ("one", "two"):
        mail.deliver("support", letter(name))
    async with room.at_work():
        await room.has(2)
    for name in ("lost", "lost too", "three"):
        mail.deliver("support", letter(name))
    # Somebody set the cursor two mails too far.
    further = "UPDATE accounts SET cursor = json_set(cursor, '$.uid', cursor ->> '$.uid' + 2)"
    await room.desk.do(lambda work: work.tx._connection.execute(further))
    with _imap(mail) as imap:
        imap.select()
        imap.store("1", "+FLAGS", "\\Deleted")  # "one", by a person
        imap.expunge()
    async with room.at_work():
        await room.has(3)
        found = await room.compare()
        assert (found.upstream, found.gone, found.taken) == (4, 1, 0)
        assert [item.said for item in found.missing] == [
            "Olena <olena@home.test> · lost", "Olena <olena@home.test> · lost too",
        ]  # fmt: skip
        assert all(abs(item.at - time.time()) < 120 for item in found.missing)
        assert (await room.compare(take=True)).taken == 2
        assert await room.subjects() == {"one", "two", "lost", "lost too", "three"}
        assert (await room.compare()).missing == ()
        mail.deliver("support", letter("four"))  # and the cursor is where watching has it
        await room.has(6)
    assert await room.desk.one("SELECT sum(again) FROM ledger") == 0


async def test_only_what_came_since_is_compared(mail: Dovecot, room: Mailroom) -> None:
    mail.deliver("support", letter("today"))
    config = room.config
    assert len((await looking.page(config, None, time.time() - 3_600, "")).items) == 1
    assert (await looking.page(config, None, time.time() + 90_000, "")).items == ()


async def test_a_large_mailbox_is_listed_in_pages(mail: Dovecot, room: Mailroom) -> None:
    with _imap(mail) as imap:
        for number in range(BATCH + 1):
            imap.append("INBOX", "", "", letter(f"n{number}"))
    first = await looking.page(room.config, None, 0.0, "")
    second = await looking.page(room.config, None, 0.0, first.next)
    assert (len(first.items), len(second.items), second.next) == (BATCH, 1, "")
    assert second.items[0].message_id == f"<n{BATCH}@home.test>"


async def test_hostile_headers_are_one_clean_line(mail: Dovecot, room: Mailroom) -> None:
    broken = b"From: =?utf-9?q?=1b[2J?= <x@y>\r\nSubject: =?utf-8?q?=1b]52;c;!=07?=\r\n\r\nhm\r\n"
    mail.deliver("support", broken)
    (item,) = (await looking.page(room.config, None, 0.0, "")).items
    assert item.said.isprintable()


async def test_wrong_credentials_are_said(mail: Dovecot, room: Mailroom) -> None:
    config = account(mail, password=Secret("wrong"))
    with pytest.raises(AuthFailed):
        await looking.page(config, None, 0.0, "")


async def test_the_folder_of_what_was_sent_answers_for_an_uncertain_mail(mail: Dovecot) -> None:
    email = Email(account(mail, sent_folder="Sent"), "support")
    message = Outbound(id="out-7", epoch=1, remote="olena@home.test", text="hello", at=1.0,
                       conversation=3)  # fmt: skip
    id_ = tokens.message_id(KEY.encode(), 3, "out-7", "desk.test")
    with _imap(mail) as imap:
        imap.create("Sent")
        assert await email.query(message) is None
        imap.append("Sent", "", "", f"Message-ID: {id_}\r\n\r\nhello\r\n".encode())
    assert await email.query(message) == Sent(remote_id=id_)
    without = Email(account(mail), "support")
    assert await without.query(message) is None, "no such folder: it is sent again"
