"""The embedded nats-server: a child of this process that ends with it and is started again.

Whoever uses it holds the data folder's lock: there is one server a folder.
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from router.nats import keys, lifeline, served
from router.nats.accounts import AdapterKey, House
from router.nats.served import Open, Served
from router.nats.trouble import BusTrouble
from wire.data_folder import DataFolder
from wire.messages.base import say

log = logging.getLogger("cordboard.nats")

READY_WITHIN = 10.0
LOCAL = Open()
# A server of this folder whose parent was killed this moment needs a little to be gone.
GONE_WITHIN = 1.5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
# One that ran so long and ends is started again at once, as every part of the desk is.
_HEALTHY_AFTER = 2.0


class EmbeddedNats:
    """`async with EmbeddedNats(folder, {"support": "email"}, binary) as bus: bus.url, bus.name`"""

    def __init__(
        self,
        folder: DataFolder,
        accounts: Mapping[str, str],
        binary: Path,
        open_to: Open = LOCAL,
    ) -> None:
        """`accounts` are the channel accounts and their kinds."""
        # Whole paths: the router compares them, wherever it was started.
        self._folder = folder.resolved()
        self._accounts = accounts
        self._binary = binary
        self._open_to = open_to
        self._child: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.name = ""
        self.url = ""
        self.restarts = 0

    async def __aenter__(self) -> "EmbeddedNats":
        self._folder.make()
        port = await _port(self._folder, self._open_to.port)
        self.name = f"cordboard-{secrets.token_hex(8)}"
        program = house(self._folder, self._accounts)
        this = Served(port, self.name, str(self._binary), program, self._open_to)
        self.url = this.url
        served.write(self._folder, this)
        served.keep(self._folder, this)
        await self._start()
        self._watch = asyncio.create_task(self._keep_alive(), name="nats-server")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._stop()
        served.forget(self._folder)

    @property
    def pid(self) -> int:
        return self._child.pid if self._child is not None else 0

    async def _start(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            self._binary,
            "-c",
            self._folder.nats_conf,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # An interrupt at the terminal is for us: we end it after the others.
            start_new_session=True,
            # The bus holds nothing, so it may end without a goodbye.
            preexec_fn=lifeline.tied(signal.SIGKILL),
        )
        try:
            await asyncio.wait_for(self._answering(self._child), READY_WITHIN)
        except (TimeoutError, BusTrouble) as error:
            await self._stop()
            raise _did_not_start(self._folder) from error

    async def _answering(self, child: asyncio.subprocess.Process) -> None:
        while await _name_at(self.url) != self.name:
            if child.returncode is not None:
                raise BusTrouble(say("The bus ended while it started."))
            await asyncio.sleep(0.02)

    async def _keep_alive(self) -> None:
        pause, loop = _FIRST_PAUSE, asyncio.get_running_loop()
        while True:
            began = loop.time()
            if self._child is not None:
                status = await self._child.wait()
                log.error("nats-server ended with status %s; it is started again", status)
            if loop.time() - began > _HEALTHY_AFTER:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                await self._start()
                self.restarts += 1
            except (BusTrouble, OSError) as error:
                log.error("%s", error)

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), 5)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def house(folder: DataFolder, accounts: Mapping[str, str]) -> House:
    """The public keys of our own programs; keys that are not there yet are made."""
    adapters = tuple(
        AdapterKey(kind, account, keys.kept(folder.adapter_key(kind, account)).public)
        for account, kind in accounts.items()
    )
    answers, asks = keys.kept(folder.answers_key), keys.kept(folder.asks_key)
    return House(answers.public, asks.public, adapters)


async def _port(folder: DataFolder, wanted: int) -> int:
    """The folder's port: chosen once, then always the same, so that everybody finds it."""
    try:
        port = wanted or int(folder.nats_port.read_text().strip())
    except (FileNotFoundError, ValueError):
        return _free_port()
    give_up = asyncio.get_running_loop().time() + GONE_WITHIN
    while not is_free(port):
        if asyncio.get_running_loop().time() > give_up:
            raise _taken(port, folder, ours=await _is_ours(port, folder))
        await asyncio.sleep(0.05)
    return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody on this machine listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def _is_ours(port: int, folder: DataFolder) -> bool:
    before = served.kept(folder)
    if served.pid(folder) is not None:
        return True
    return before is not None and await _name_at(before.url) == before.name


async def _name_at(url: str) -> str:
    """What the server there calls itself, which it says before TLS; "" when none answers so."""
    place = urlsplit(url)
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            try:
                line = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return ""
    return _named(line)


def _named(line: bytes) -> str:
    try:
        return str(json.loads(line.removeprefix(b"INFO ")).get("server_name", ""))
    except (ValueError, AttributeError):
        return ""


def _taken(port: int, folder: DataFolder, *, ours: bool) -> BusTrouble:
    if ours:
        return BusTrouble(
            say(
                "An earlier bus of this data folder still runs on port {port} (process {pid}). "
                "End it, then try again.",
                port=port,
                pid=served.pid(folder) or 0,
            )
        )
    return BusTrouble(
        say(
            "Port {port}, which this data folder's bus uses, is taken by another program. "
            "End that program, or remove {path} and another port is chosen.",
            port=port,
            path=str(folder.nats_port),
        )
    )


def _did_not_start(folder: DataFolder) -> BusTrouble:
    try:
        with folder.nats_log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 2_000))
            last = file.read().decode(errors="replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    return BusTrouble(
        say(
            "The bus (nats-server) did not start: {error} More is in {path}.",
            error=last[0] if last else "it said nothing.",
            path=str(folder.nats_log),
        )
    )
