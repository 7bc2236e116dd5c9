"""How many answers a second go from the outbox to a real mail server, beside a bare client."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
import apsw

from bench.kit import counting_smtp, filling
from bench.kit.figure import Figure, Reach, alternating, median
from bench.kit.filling import ADMIN, Past
from bench.kit.program import PYTHON, free_port, running
from bench.kit.real_desk import configured, data_folder
from bench.kit.talk import Talk
from tests.servers.dovecot import Dovecot, Ports, make_certificate, private_lab
from tests.servers.ports import free_ports
from tests.servers.tokens import token_service
from wire.credentials import load_profile
from wire.data_folder import DataFolder
from wire.desk_client import Desk, Refused
from wire.messages.verbs import Reply, SetSending
from wire.nats_bus import connect

CONNECTIONS, ROUNDS, LETTERS = 4, 4, 500
# A server that keeps what it takes flushes it to a disk first (seconds).
TAKES = 0.01
HELD = Past(conversations=3_000, waiting=0, held=ROUNDS * LETTERS)
SIZE, ADDRESS = 600, "support@desk.test"
# The time in which an agent may take a mail back, and a little.
UNDO = 6.0
WITHIN = 120.0
CONFIG = """
[desk.teams]
support = {{ name = "Support" }}

[adapters.support]
kind = "email"
address = "{address}"
smtp_listen = "127.0.0.1:{door}"
smtp_host = "{host}"
smtp_port = {port}
username = "support"
password = {{ file = "{root}/password" }}
ca_file = "{ca}"
token_secret = {{ file = "{root}/secret" }}
"""
SENT = "SELECT count(*) FROM outbox WHERE state = 'sent' AND attempt > 0 AND epoch > 0"


class NotSent(Exception):
    """The outbox still holds something after a long time."""


async def figures() -> AsyncIterator[Figure]:
    mine, theirs = await _measured(TAKES)
    yield Figure(
        name="send.rate", value=mine, unit="mails/s", yardstick=theirs,
        said=f"answers that wait in the outbox, until Dovecot's submission (TLS, logged in) took "
        f"them and the desk has written that down; {LETTERS} at a time over {CONNECTIONS} "
        f"connections. Behind it is a server that takes {TAKES * 1e3:g} ms to say yes, as one "
        "does that puts the mail on a disk.",
        beside=f"aiosmtplib with mails of the same size, {CONNECTIONS} connections to the same "
        "server.",
        reach=Reach(at_least=200.0, ratio_at_least=0.8),
    )  # fmt: skip
    mine, theirs = await _measured(0.0)
    yield Figure(
        name="send.most", value=mine, unit="mails/s", yardstick=theirs,
        said="the same with a server that says yes at once: then the processor is the limit.",
        beside="aiosmtplib as above.", reach=Reach(at_least=200.0),
    )  # fmt: skip


async def _measured(takes: float) -> tuple[float, float]:
    with data_folder() as folder:
        filling.fill(folder, HELD)
        async with AsyncExitStack() as stack:
            mail = await stack.enter_async_context(_mail_server(folder.root, takes))
            agent = await stack.enter_async_context(_desk(folder, mail))
            outbox = stack.enter_context(_outbox(folder))
            ours, bare = Answers(agent, outbox), Bare(mail)
            await alternating(1, ours.some, bare.some)
            mine, theirs = await alternating(ROUNDS - 1, ours.some, bare.some)
    return median(mine), median(theirs)


@dataclass
class Answers:
    """An agent's answers: written while nothing is sent, then all of them are due."""

    agent: Desk
    outbox: apsw.Connection
    written: int = 0

    async def some(self) -> float:
        """A round of them; mails a second."""
        await self.agent.call(SetSending(on=False))
        first = HELD.conversations - self.written
        texts = Talk(self.written)
        for number in range(first, first - LETTERS, -1):
            await self._written(
                Reply(conversation=number, text=texts.text("en", SIZE), anyway=True)
            )
        self.written += LETTERS
        await asyncio.sleep(UNDO)
        began = time.perf_counter()
        await self.agent.call(SetSending(on=True))
        await asyncio.wait_for(self._all_sent(), WITHIN)
        return LETTERS / (time.perf_counter() - began)

    async def _written(self, answer: Reply) -> None:
        """As fast as the desk lets one agent write."""
        while True:
            try:
                await self.agent.call(answer)
            except Refused as refusal:
                if refusal.no.code != "busy":
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def _all_sent(self) -> None:
        while self.outbox.execute(SENT).get != self.written:
            await asyncio.sleep(0.02)


@dataclass
class Bare:
    """The same number of mails by a client that does nothing else."""

    mail: Dovecot

    async def some(self) -> float:
        text = Talk(1).text("en", SIZE + 600).replace("\n", "\r\n")
        raw = (
            f"From: {ADDRESS}\r\nTo: c@kvit.example\r\nSubject: order\r\n"
            f"Message-ID: <a@desk.test>\r\n\r\n{text}\r\n"
        )
        numbers, began = iter(range(LETTERS)), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(_send(_connection(self.mail), numbers, raw.encode("ascii")))
        return LETTERS / (time.perf_counter() - began)


async def _send(line: aiosmtplib.SMTP, numbers: Iterator[int], raw: bytes) -> None:
    async with line:
        for number in numbers:
            await line.sendmail(ADDRESS, [filling.customer(number)], raw)


def _connection(mail: Dovecot) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=mail.host, port=mail.ports.submission, start_tls=True,
        username="support", password=mail.users["support"], local_hostname="desk.test",
        tls_context=ssl.create_default_context(cafile=str(mail.cafile)),
    )  # fmt: skip


# --- what runs ---------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _mail_server(folder: Path, takes: float) -> AsyncIterator[Dovecot]:
    """Dovecot's submission; behind it is one who takes and counts, so that nothing is delivered."""
    with private_lab() as lab, token_service() as tokens:
        mail = Dovecot(lab, Ports(*free_ports(5)), make_certificate(lab, folder), tokens)
        command = [PYTHON, "-m", counting_smtp.__name__, str(mail.ports.relay), str(takes)]
        async with running(command, ready=counting_smtp.READY):
            try:
                await asyncio.to_thread(mail.restart)
                yield mail
            finally:
                await asyncio.to_thread(mail.kill)


@contextlib.asynccontextmanager
async def _desk(folder: DataFolder, mail: Dovecot) -> AsyncIterator[Desk]:
    """The whole desk with a mailbox of that server, as its admin sees it."""
    (folder.root / "secret").write_text("s" * 64, "ascii")
    (folder.root / "password").write_text(mail.users["support"], "ascii")
    told = CONFIG.format(address=ADDRESS, door=free_port(), host=mail.host, root=folder.root,
                         port=mail.ports.submission, ca=mail.cafile)  # fmt: skip
    where = ("--data", str(folder.root), "--config", str(configured(folder, told)))
    command = [PYTHON, "-m", "cordboard", "run", *where]
    async with running(command, ready="ready in", env={"LANG": "C"}):
        profile = load_profile(folder.root, ADMIN, "")
        bus = await connect(profile.url, credential=profile.credential, server=profile.server)
        try:
            yield Desk(bus, profile.agent)
        finally:
            await bus.close()


@contextlib.contextmanager
def _outbox(folder: DataFolder) -> Iterator[apsw.Connection]:
    desk = apsw.Connection(str(folder.database), flags=apsw.SQLITE_OPEN_READONLY)
    desk.set_busy_timeout(2_000)
    with contextlib.closing(desk):
        yield desk
