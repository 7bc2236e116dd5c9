"""`cordboard demo`: a whole desk on this machine, mid-day, with customers and colleagues."""

import argparse
import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from console.words.catalogue import _, told
from cordboard.checking import checked
from cordboard.demo import history, moving_in, premises
from cordboard.demo.customers import ledger, letters
from cordboard.demo.premises import HOST, Ports, Premises
from cordboard.demo.reckoning import Report, reckon
from cordboard.demo.staff import COLLEAGUES, STAFF, TEAMS, YOU, Member
from cordboard.demo.witness import testimony
from cordboard.failing import Failure
from cordboard.running.folder_lock import FolderLock
from cordboard.running.whole_desk import ADMIN, WholeDesk, whole_desk
from router.nats import keys, lifeline
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.base import Said, say
from wire.nats_bus import Credential, connect

KNOWN = 4_500
BURST = 25
# Without a terminal nobody wants to wait as people do.
HEADLESS_SPEED = 4.0
# Seconds for the last answers: a mail waits five in case it is taken back.
LAST_WORDS, LAST_THOUGHTS = 7.0, 20.0
ENDS_WITHIN = 10.0


class Outcome(msgspec.Struct, frozen=True):
    """Where to look after a run without a terminal; printed together with the report."""

    seconds: float
    ready_in: float
    chat_url: str
    ledger: str
    mailbox: str
    data: str


def main(words: Sequence[str]) -> int:
    """The exit status: 1 when something was lost or shown twice."""
    asked = _options().parse_args(list(words))
    house = Premises(DataFolder(asked.data.expanduser()).resolved())
    if not asked.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failure(say("The demo opens the console: it needs a terminal, or --headless."), 2)
    if asked.fresh:
        house.clear()
    return asyncio.run(Demo(house, asked).run())


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cordboard demo",
        description=_("A whole desk with customers and colleagues, to look around in."),
    )
    add = parser.add_argument
    add("--data", type=Path, default=premises.usual(), metavar="DIR", help=_("its data folder"))
    add("--fresh", action="store_true", help=_("begin anew"))
    add("--rate", type=float, default=10.0, metavar="N", help=_("customers' messages a minute"))
    add("--seed", type=int, default=7, metavar="N", help=_("which people, which chance"))
    add("--speed", type=float, default=0.0, metavar="N", help=_("how hurried people are; usual 1"))
    add("--headless", action="store_true", help=_("without a terminal"))
    add("--seconds", type=float, default=60.0, metavar="N", help=_("so long customers write"))
    add("--json", action="store_true", help=_("print the report as JSON"))
    return parser


class Demo:
    """One run: the desk, then who comes to it, then the console or the time; all ended in order."""

    def __init__(self, house: Premises, asked: argparse.Namespace) -> None:
        self._house = house
        self._asked = asked
        self._began = time.monotonic()
        self._since = time.time()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._speed = asked.speed or (HEADLESS_SPEED if asked.headless else 1.0)
        # What is told while the console has the terminal waits here.
        self._unsaid: list[Said] | None = None

    async def run(self) -> int:
        self._heed_signals()
        ports = await self._prepare()
        status = await self._opened(ports)
        if not self._asked.headless:
            self._tell_where(ports)
        return status

    async def _opened(self, ports: Ports) -> int:
        settings = checked(self._house.config)
        async with (
            _process(self._telegram_command(ports), self._log("telegram")),
            whole_desk(
                self._house.folder, settings, self._house.config, self._tell, self._hurry
            ) as desk,
        ):
            async with _admin(desk) as admin:
                await moving_in.furnish(admin)
                await moving_in.let_in(
                    admin, self._simulated, self._house.keys, desk.url, desk.server
                )
                if self._asked.headless:
                    return await self._headless(admin, ports)
                await moving_in.let_you_in(admin, self._house.root, desk.url, desk.server)
            return await self._with_console(ports)

    # --- before --------------------------------------------------------------------------------

    async def _prepare(self) -> Ports:
        self._house.open()
        with FolderLock(self._house.folder):  # a desk that runs keeps its configuration
            ports = self._house.furnish()
        if self._house.is_new:
            self._tell(say("Making {count} customers and their past …", count=KNOWN))
            await self._import_history()
        return ports

    async def _import_history(self) -> None:
        path = self._house.root / "history.jsonl"
        history.write(
            path,
            seed=self._asked.seed,
            count=KNOWN,
            now=self._since,
            visitor_of=self._house.visitor_of,
        )
        importing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "router", "import", str(path)),
            *("--data", str(self._house.root)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _nothing = await importing.communicate()
        path.unlink()
        if importing.returncode:
            raise Failure(say("The demo's history could not be imported: {said}",
                              said=said.decode(errors="replace")[-500:]))  # fmt: skip

    # --- running -------------------------------------------------------------------------------

    async def _headless(self, admin: Desk, ports: Ports) -> int:
        ready = time.monotonic() - self._began
        async with self._people(ports, "--seconds", str(self._asked.seconds)) as customers:
            home = asyncio.create_task(customers.wait())
            stopped = asyncio.create_task(self._stop.wait())
            await asyncio.wait([home, stopped], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await _ended(customers, within=self._linger + ENDS_WITHIN)
            await home
            report = await self._reckoned(admin)
        self._print(report, ready, ports)
        return 0 if report.good else 1

    async def _with_console(self, ports: Ports) -> int:
        self._tell(say("Chat with the shop as a customer: {url}", url=_chat_url(ports)))
        self._unsaid = []
        console = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console", "--data", str(self._house.root), "--agent", YOU),
            preexec_fn=lifeline.tied(signal.SIGTERM),
        )
        async with self._people(ports):
            closed = asyncio.create_task(console.wait())
            stopped = asyncio.create_task(self._stop.wait())
            await asyncio.wait([closed, stopped], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if console.returncode is None:
                console.terminate()
            status = await closed
            self._say_the_unsaid()
        return status

    @asynccontextmanager
    async def _people(self, ports: Ports, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The customers' and the colleagues' processes; gives the customers'."""
        async with (
            _process(self._customers_command(ports, *more), self._log("customers")) as customers,
            _process(self._colleagues_command(), self._log("colleagues")),
        ):
            yield customers

    def _customers_command(self, ports: Ports, *more: str) -> list[str]:
        mail = [f"--mail={team}={HOST}:{getattr(ports, team)}" for team in TEAMS]
        return [
            *(sys.executable, "-m", "cordboard.demo.customers", *mail),
            *("--chat", _chat_url(ports), "--maildir", str(self._house.mailbox)),
            *("--telegram", f"http://{HOST}:{ports.telegram}"),
            *("--shop-secret", str(self._house.shop_secret)),
            *("--ledger", str(self._house.ledger), "--seed", str(self._asked.seed)),
            *("--rate", str(self._asked.rate), "--burst", str(BURST), "--known", str(KNOWN)),
            *("--speed", str(self._speed), "--linger", str(self._linger), *more),
        ]

    def _telegram_command(self, ports: Ports) -> list[str]:
        return [
            *(sys.executable, "-m", "cordboard.demo.customers.telegram_server"),
            *("--port", str(ports.telegram), "--token-file", str(self._house.bot_token)),
        ]

    def _colleagues_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "cordboard.demo.colleagues", "--data", str(self._house.root)),
            *("--keys", str(self._house.keys), "--speed", str(self._speed)),
            *("--seed", str(self._asked.seed)),
            *(("--everybody",) if self._asked.headless else ()),
        ]

    @property
    def _linger(self) -> float:
        return LAST_WORDS + LAST_THOUGHTS / self._speed if self._asked.headless else 0.0

    @property
    def _simulated(self) -> Sequence[Member]:
        return STAFF if self._asked.headless else COLLEAGUES

    def _log(self, name: str) -> Path:
        return self._house.folder.logs / f"{name}.log"

    # --- after ---------------------------------------------------------------------------------

    async def _reckoned(self, admin: Desk) -> Report:
        entries = [entry for entry in ledger.read(self._house.ledger) if entry.at >= self._since]
        threads, owned = await testimony(admin, self._since)
        return reckon(entries, _message_ids(self._house.mailbox), threads, owned)

    def _print(self, report: Report, ready: float, ports: Ports) -> None:
        outcome = Outcome(
            seconds=self._asked.seconds,
            ready_in=round(ready, 2),
            chat_url=_chat_url(ports),
            ledger=str(self._house.ledger),
            mailbox=str(self._house.mailbox),
            data=str(self._house.root),
        )
        both = msgspec.to_builtins(report) | msgspec.to_builtins(outcome)
        if self._asked.json:
            print(msgspec.json.encode(both).decode())
            return
        for name, value in both.items():
            print(f"{name:<12} {value}")

    def _tell_where(self, ports: Ports) -> None:
        self._tell(
            say(
                "What customers did: {ledger}\nTheir mailbox: {mailbox}\nTheir chat: {url}\n"
                "The desk: {data} (begin anew with: cordboard demo --fresh)",
                ledger=str(self._house.ledger),
                mailbox=str(self._house.mailbox),
                url=_chat_url(ports),
                data=str(self._house.root),
            )
        )

    def _tell(self, said: Said) -> None:
        """For people; a report that a program reads stands alone on the standard output."""
        if self._unsaid is not None:
            self._unsaid.append(said)
            return
        print(told(said), file=sys.stderr if self._asked.json else sys.stdout, flush=True)

    def _say_the_unsaid(self) -> None:
        unsaid, self._unsaid = self._unsaid or [], None
        for said in unsaid:
            self._tell(said)

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        # With the console open an interrupt is a key like another, and the console's.
        interrupted = self._on_signal if self._asked.headless else lambda: None
        loop.add_signal_handler(signal.SIGINT, interrupted)

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()


@asynccontextmanager
async def _admin(desk: WholeDesk) -> AsyncIterator[Desk]:
    seed = keys.kept(desk.folder.admin_key).seed
    bus = await connect(
        desk.url, credential=Credential(seed, f"_INBOX.{ADMIN}"), name="demo", server=desk.server
    )
    try:
        yield Desk(bus, ADMIN)
    finally:
        await bus.close()


@asynccontextmanager
async def _process(command: Sequence[str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child with its own log, ended with us however we end."""
    with log.open("ab") as lines:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lifeline.tied(signal.SIGTERM),
        )
    try:
        yield child
    finally:
        await _ended(child)


async def _ended(child: asyncio.subprocess.Process, within: float = ENDS_WITHIN) -> None:
    if child.returncode is None:
        child.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), within)
    if child.returncode is None:
        child.kill()
        await child.wait()


def _chat_url(ports: Ports) -> str:
    return f"http://{HOST}:{ports.chat}"


def _message_ids(mailbox: Path) -> list[str]:
    """Of every mail that customers have received."""
    paths = [path for part in ("new", "cur") for path in (mailbox / part).glob("*")]
    return [letters.parse(path.read_bytes()).message_id for path in paths]
