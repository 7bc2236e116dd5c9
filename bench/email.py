"""Mails by SMTP until they are committed: how many a second, and what each costs the machine."""

import contextlib
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import apsw

from bench.kit import counting_smtp, process, smtp_client
from bench.kit.figure import Figure, Reach, alternating, median
from bench.kit.letters import EACH, answers, letters
from bench.kit.program import PYTHON, free_port, running
from bench.kit.real_desk import configured, data_folder
from bench.kit.smtp_client import Mail
from wire.data_folder import DataFolder

# The desk has known its customers and their words for a while.
WARM, MAILS, ROUNDS, CONNECTIONS = 1_000, 2_000, 5, 16
ADDRESS, CLIENT = "support@desk.example", "somebody@kvit.example"
CONFIG = """
[desk.teams]
support = {{ name = "Support" }}

[adapters.support]
kind = "email"
address = "{address}"
smtp_listen = "127.0.0.1:{port}"
deliver_to = "{root}/mailbox"
token_secret = {{ file = "{root}/secret" }}
"""
# Whose processor time it is, by a word of what the process was started with; the rest is "desk".
PROGRAMS = {
    "nats": "nats-server", "reading": "reading.worker", "adapter": "adapters.sdk",
    "search": "router.following", "router": "-m router",
}  # fmt: skip


class Miscounted(Exception):
    """What stands in the tables is not what was sent."""


@dataclass
class Sender:
    """Somebody who hands the mails over, in rounds, to the server at this port."""

    port: int
    mails: list[Mail]
    sent: int = 0
    seconds: list[float] = field(default_factory=list)

    async def some(self) -> float:
        """A share of them; messages a second."""
        share = self.mails[self.sent : self.sent + MAILS // ROUNDS]
        self.sent += len(share)
        began = time.perf_counter()
        await smtp_client.hand_over(self.port, iter(share), CONNECTIONS)
        return len(share) / (time.perf_counter() - began)


async def figures() -> AsyncIterator[Figure]:
    mails = [_mail(raw) for raw in letters(WARM + MAILS)]
    with data_folder() as folder:
        port, bare_port = free_port(), free_port()
        async with _desk(folder, port) as desk, _counting(bare_port):
            await smtp_client.listens(port)
            await smtp_client.hand_over(port, iter(mails[:WARM]), CONNECTIONS)
            before = _spent(desk)
            ours, bare = Sender(port, mails[WARM:]), Sender(bare_port, mails[WARM:])
            rates, bares = await alternating(ROUNDS, ours.some, bare.some)
            each = {
                name: (seconds - before[name]) * 1e3 / MAILS
                for name, seconds in _spent(desk).items()
            }
        _recounted(folder)
    split = ", ".join(f"{name} {each[name]:.2f}" for name in sorted(each))
    print(f"  ms of processor time a mail: {split}", file=sys.stderr)
    yield Figure(
        name="email.rate", value=median(rates), unit="mails/s", yardstick=median(bares),
        said=f"{MAILS:,} mails of 12 kB on the average (plain, with HTML, with files) over "
        f"{CONNECTIONS} SMTP connections into `cordboard run`, each answered when it is committed.",
        beside="aiosmtpd with a handler that only counts, the same connections.",
        reach=Reach(at_least=600.0),
    )  # fmt: skip
    yield Figure(
        name="email.cost", value=sum(each.values()), unit="ms",
        said="processor time a mail over all processes of the desk: nats-server, router, search "
        "index, adapter, and those that read the mails.",
        reach=Reach(value=3.0),
    )  # fmt: skip


def _mail(raw: bytes) -> Mail:
    return smtp_client.mail(raw, sender=CLIENT, recipient=ADDRESS)


@contextlib.asynccontextmanager
async def _desk(folder: DataFolder, port: int) -> AsyncIterator[int]:
    """The whole desk, with a mailbox that listens here; its process id."""
    (folder.root / "secret").write_text("s" * 64, "ascii")
    told = CONFIG.format(address=ADDRESS, port=port, root=folder.root)
    config = configured(folder, told)
    where = ("--data", str(folder.root), "--config", str(config))
    command = [PYTHON, "-m", "cordboard", "run", *where]
    async with running(command, ready="ready in", env={"LANG": "C"}) as desk:
        yield desk.pid


@contextlib.asynccontextmanager
async def _counting(port: int) -> AsyncIterator[None]:
    command = [PYTHON, "-m", counting_smtp.__name__, str(port)]
    async with running(command, ready=counting_smtp.READY):
        yield


def _spent(desk: int) -> dict[str, float]:
    """Processor seconds of everything that the desk runs, by program."""
    found: dict[str, float] = defaultdict(float)
    for pid, command in process.with_children(desk).items():
        found[_program(command)] += process.spent(pid)
        found[_ended(_program(command))] += process.spent_by_ended(pid)
    return found


def _program(command: str) -> str:
    return next((name for name, word in PROGRAMS.items() if word in command), "desk")


def _ended(program: str) -> str:
    """What its children spent that have ended: a reader is replaced after some hundred mails."""
    return "reading" if program == "adapter" else program


def _recounted(folder: DataFolder) -> None:
    """Each mail stands in the tables once, and what answers is in its conversation."""
    desk = apsw.Connection(str(folder.database), flags=apsw.SQLITE_OPEN_READONLY)
    with contextlib.closing(desk):
        stored = desk.execute(
            "SELECT count(*), count(DISTINCT conversation) FROM messages "
            "WHERE author_is = 'customer' AND remote LIKE '%@kvit.example'"
        ).get
    sent = WARM + MAILS
    expected = (sent, sent - sum(answers(one, sent // EACH) for one in range(sent)))
    if stored != expected:
        raise Miscounted(f"{stored} stored (mails, conversations), {expected} sent")
