"""A router as a program, with a bus of its own; the test is its one adapter and its admin."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from router.nats import binary, keys, lifeline
from router.nats.embedded import EmbeddedNats
from wire import codec, subjects
from wire.bus import BusError, Request
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.capabilities import Announce, Capabilities
from wire.messages.channel import (
    Attachment,
    Intake,
    MessageIn,
    NotActive,
    Outbound,
    Party,
    Sent,
    StateAsk,
    Taken,
)
from wire.nats_bus import Credential, NatsBus, connect

CONFIG = """
[desk]
name = "Test desk"

[adapters.support]
kind = "email"
"""
ABLE = Capabilities(kind="email", subject=True, recipients=True, undo=0.0, when_unknown="ask")
INTAKE = subjects.intake("email", "support")
STATE = subjects.state("email", "support")
SEND = subjects.send("email", "support")


@dataclass
class Switchboard:
    """The desk that runs, and what went out through us."""

    folder: DataFolder
    process: "asyncio.subprocess.Process"
    adapter: NatsBus
    admin: Desk
    log: Path
    sent: list[str] = field(default_factory=list)
    # What holds up a message of this text.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    coming: asyncio.Event = field(default_factory=asyncio.Event)

    async def mail(self, number: int | str, text: str, files: tuple[Attachment, ...] = ()) -> Any:
        """Somebody new writes; tried again until the desk has it, as every channel does."""
        sender = f"c{number}@kvit.example"
        event = MessageIn(id=str(number), remote=sender, sender=Party(address=sender, name="C"),
                          at=1.0, text=text, attachments=files, subject="Teapot",
                          message_id=f"<{number}@kvit.example>", body_hash=text)  # fmt: skip
        while True:
            with contextlib.suppress(BusError):
                taken = await self.asked(INTAKE, Intake(event=event), Taken)
                if not isinstance(taken, NotActive):
                    return taken
            await asyncio.sleep(0.05)

    async def asked(self, subject: str, value: object, answer: Any) -> Any:
        return codec.decode(
            await self.adapter.request(subject, codec.encode(value), timeout=2), answer
        )

    async def serve(self) -> None:
        """Take what is to be sent."""
        await self.adapter.serve(SEND, self._send, queue="adapter")
        announce = Announce(capabilities=ABLE, address="support@desk.example")
        await self.asked(STATE, StateAsk(announce=announce, limit=0), Any)

    async def _send(self, request: Request) -> bytes:
        message = codec.decode(request.payload, Outbound)
        assert isinstance(message, Outbound)
        if not message.inquiry:  # only asked what became of it
            self.sent.append(message.text)
        self.coming.set()
        if message.text in self.held:
            await self.held[message.text].wait()
        return codec.encode(Sent(remote_id=f"remote-{message.id}"))

    async def until(self, so: Callable[[], Awaitable[Any]], what: str) -> Any:
        try:
            async with asyncio.timeout(20):
                while not (found := await so()):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"no {what}; the router said:\n{self.log.read_text()}") from None
        return found


@asynccontextmanager
async def switchboard(place: Path, more: str = "", **env: str) -> AsyncIterator[Switchboard]:
    """Run one on the folder `place/desk`; killed at the end when it has not ended by then."""
    folder = DataFolder(place / "desk")
    config, log = place / "cordboard.toml", place / "router.log"
    config.write_text(CONFIG + more)
    async with AsyncExitStack() as stack:
        nats = EmbeddedNats(folder, {"support": "email"}, binary.find())
        bus = await stack.enter_async_context(nats)
        keys.kept(folder.admin_key)
        process = await _started(folder, config, log, env)
        stack.push_async_callback(_killed, process)
        adapter = await _as(bus, folder.adapter_key("email", "support"), "adapter.email.support")
        stack.push_async_callback(adapter.close)
        admin = await _as(bus, folder.admin_key, "admin")
        stack.push_async_callback(admin.close)
        yield Switchboard(folder, process, adapter, Desk(admin, "admin"), log)


async def _started(
    folder: DataFolder, config: Path, log: Path, env: dict[str, str]
) -> "asyncio.subprocess.Process":
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "router", "--data", folder.root, "--config", config,
            "--log", "info", stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **env},
            preexec_fn=lifeline.tied(signal.SIGKILL),
        )  # fmt: skip
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    assert line.startswith(b"router ready"), log.read_text()
    return process


async def _killed(process: "asyncio.subprocess.Process") -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _as(bus: EmbeddedNats, key: Path, inbox: str) -> NatsBus:
    credential = Credential(keys.kept(key).seed, f"_INBOX.{inbox}")
    return await connect(bus.url, credential=credential, server=bus.name, patient=True)
