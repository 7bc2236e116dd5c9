"""The whole desk on this machine: bus, router and one process for each channel account."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

from cordboard.failing import Failure
from cordboard.running import given_up
from cordboard.running.folder_lock import FolderLock
from cordboard.running.log_file import LogFile
from cordboard.running.part import Part
from router.nats import binary, keys
from router.nats.embedded import EmbeddedNats, house
from router.nats.served import open_to
from wire import logs
from wire.bus import BusError
from wire.data_folder import DataFolder
from wire.desk_client import Desk, Refused
from wire.messages.base import Said, say
from wire.messages.verbs import Invitation, Invite, Status
from wire.nats_bus import Credential, connect
from wire.settings import Settings

ADMIN = "admin"
# The line that the router prints once it has its lease and answers.
ROUTER_READY = b"router ready"
# A store that is large or damaged takes its time; after that something is wrong.
ROUTER_WITHIN = 60.0
# Channels that take longer to come up come up while the desk already works.
CHANNELS_WITHIN = 1.2
# A send in flight may finish; then the parts are killed.
STOP_WITHIN = 25.0

Tell = Callable[[Said], None]


@dataclass
class WholeDesk:
    """A desk that runs: where its bus is, its parts, and how to end it."""

    folder: DataFolder
    settings: Settings
    config: Path
    tell: Tell
    url: str = ""
    server: str = ""
    first_admin: bool = False
    invitation: Invitation | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def router(self) -> Part:
        return self.parts[0]

    @property
    def accounts(self) -> list[str]:
        """Those whose program is ours to start."""
        return [name for name, one in self.settings.adapters.items() if not one.elsewhere]

    @property
    def adapters(self) -> list[Part]:
        return self.parts[1:]


@asynccontextmanager
async def whole_desk(
    folder: DataFolder, settings: Settings, config: Path, tell: Tell, hurry: asyncio.Event
) -> AsyncIterator[WholeDesk]:
    """Start everything, in order, and end it in order; at once when `hurry` is set."""
    folder = folder.resolved()
    folder.make()
    with FolderLock(folder):
        desk = WholeDesk(folder, settings, config, tell)
        desk.first_admin = not folder.admin_key.exists()
        keys.kept(folder.admin_key)
        async with _bus(desk), _parts(desk, hurry):
            yield desk


@asynccontextmanager
async def _bus(desk: WholeDesk) -> AsyncIterator[None]:
    kinds = {name: account.kind for name, account in desk.settings.adapters.items()}
    if desk.settings.bus.url:
        house(desk.folder, kinds)
        desk.url = desk.settings.bus.url
        desk.tell(say("bus: {url}, run by others", url=desk.url))
        yield
        return
    found = binary.find(desk.settings.bus.server_binary)
    try:
        to = open_to(desk.settings.bus)
        async with EmbeddedNats(desk.folder, kinds, found, to) as bus:
            desk.url, desk.server = bus.url, bus.name
            desk.tell(say("bus: {url}", url=bus.url))
            yield
    finally:
        if desk.url:
            desk.tell(say("bus: ended"))


@asynccontextmanager
async def _parts(desk: WholeDesk, hurry: asyncio.Event) -> AsyncIterator[None]:
    desk.parts = [_router(desk), *(_adapter(desk, name) for name in desk.accounts)]
    running = [_started(desk.router)]
    speaking: list[asyncio.Task[None]] = []
    try:
        await _router_ready(desk.router)
        desk.tell(say("router: ready"))
        # Only now: what channels tell of themselves before is heard by nobody.
        running += [_started(adapter) for adapter in desk.adapters]
        speaking += map(_spoken_for, repeat(desk), desk.accounts, desk.adapters)
        await _channels_ready(desk)
        yield
    finally:
        for task in speaking:
            task.cancel()
        await _end(desk, hurry)
        await asyncio.gather(*running)
        await asyncio.gather(*speaking, return_exceptions=True)
        for part in desk.parts:
            part.log.close()


def _started(part: Part) -> asyncio.Task[None]:
    return asyncio.create_task(part.keep_running(), name=part.name)


def _spoken_for(desk: WholeDesk, account: str, part: Part) -> asyncio.Task[None]:
    kind = desk.settings.adapters[account].kind
    speaking = given_up.speak_for(
        part, kind, account, desk.folder, desk.url, desk.server, _ca(desk)
    )
    return asyncio.create_task(speaking, name=f"speak for {account}")


def _router(desk: WholeDesk) -> Part:
    command = [sys.executable, "-m", "router"]
    options = ["--data", str(desk.folder.root), "--config", str(desk.config)]
    log = LogFile(desk.folder.logs / "router.log")
    return Part("router", [*command, *options], log, tell=desk.tell, ready_line=ROUTER_READY)


def adapter_command(
    account: str,
    folder: DataFolder,
    settings: Settings,
    config: Path,
    url: str,
    server: str,
    ca: str = "",
) -> list[str]:
    """The process of one channel account."""
    credential = folder.adapter_key(settings.adapters[account].kind, account)
    return [
        *(sys.executable, "-m", "adapters.sdk", account),
        *("--config", str(config), "--bus", url, "--server", server),
        *("--credential", str(credential)),
        *(("--ca", ca) if ca else ()),
    ]


def _adapter(desk: WholeDesk, account: str) -> Part:
    command = adapter_command(
        account, desk.folder, desk.settings, desk.config, desk.url, desk.server, _ca(desk)
    )
    log = LogFile(desk.folder.logs / f"adapter.{account}.log")
    return Part(f"adapter {account}", command, log, tell=desk.tell)


async def _router_ready(router: Part) -> None:
    """A router that ends before it was ready once says why, and we end as well."""
    ready = asyncio.create_task(router.ready.wait())
    ended = asyncio.create_task(router.ended.wait())
    try:
        await asyncio.wait(
            [ready, ended], timeout=ROUTER_WITHIN, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        ready.cancel()
        ended.cancel()
    if not router.ready.is_set():
        raise Failure(_no_router(router), 2 if router.status == 2 else 1)


def _no_router(router: Part) -> Said:
    if router.status is None:
        return say(
            "The router is not ready after a minute. Its log is {log}.", log=str(router.log.path)
        )
    return say(
        "The router did not start: {last} (Its log is {log}.)",
        last=_last_words(router),
        log=str(router.log.path),
    )


def _last_words(router: Part) -> str:
    """The sentence with which it ended; of a traceback the error, without the frame around it."""
    lines = (logs.said(line).strip(" |+-") for line in reversed(router.log.last))
    return next((line for line in lines if line), "…")


async def _channels_ready(desk: WholeDesk) -> None:
    """Make the first invitation, and wait a little for the channels to say that they are well."""
    admin = keys.kept(desk.folder.admin_key)
    try:
        bus = await connect(
            desk.url,
            credential=Credential(admin.seed, f"_INBOX.{ADMIN}", _ca(desk)),
            name="cordboard run",
            server=desk.server,
        )
        try:
            as_admin = Desk(bus, ADMIN, patience=3.0)
            if desk.first_admin:
                desk.invitation = await as_admin.call(Invite(agent=ADMIN))
            well = await _well(as_admin, set(desk.accounts))
        finally:
            await bus.close()
    except (BusError, Refused) as error:
        desk.tell(say("The desk runs, but its admin was not let in: {error}", error=str(error)))
        return
    for account in desk.accounts:
        text = say("adapter {account}: ready", account=account)
        starting = say("adapter {account}: still starting", account=account)
        desk.tell(text if account in well else starting)


def _ca(desk: WholeDesk) -> str:
    """Who vouches for the bus to our own programs."""
    return str(desk.folder.nats_ca) if desk.server else desk.settings.bus.tls_ca


async def _well(desk: Desk, accounts: set[str]) -> set[str]:
    """Those accounts whose adapter spoke up in time."""
    give_up = time.monotonic() + CHANNELS_WITHIN
    spoke: set[str] = set()
    while accounts - spoke and time.monotonic() < give_up:
        status: Any = await desk.call(Status())
        spoke = {row.account for row in status.accounts if row.health} & accounts
        spoke |= {name.rpartition(".")[2] for name in status.health} & accounts
        await asyncio.sleep(0.03)
    return spoke


async def _end(desk: WholeDesk, hurry: asyncio.Event) -> None:
    """Intake first, so that nothing new comes; then the router, which may still send."""
    for parts in (desk.adapters, [desk.router]):
        for part in parts:
            part.end()
        await _ended(parts, hurry)
        for part in (part for part in parts if part.pid):
            desk.tell(say("{name}: ended", name=part.name))


async def _ended(parts: list[Part], hurry: asyncio.Event) -> None:
    ending = asyncio.ensure_future(asyncio.gather(*(part.stopped(STOP_WITHIN) for part in parts)))
    hurried = asyncio.ensure_future(hurry.wait())
    both: list[asyncio.Future[Any]] = [ending, hurried]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if hurry.is_set():
        for part in parts:
            part.end(signal.SIGKILL)
    hurried.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ending
