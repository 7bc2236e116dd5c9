"""`python -m adapters.sdk <account> …`: one account in a process of its own."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import uvloop

from adapters.sdk.adapter import Adapter
from adapters.sdk.found import from_file
from adapters.sdk.host import Host
from adapters.sdk.process import die_with_parent
from adapters.sdk.verdicts import Verdict
from wire import logs, service, settings
from wire.bus import LinkDown, NotAllowed
from wire.config import BadConfig
from wire.nats_bus import Credential, NatsBus, connect

# Exit statuses, for a supervisor: stopped, wrong configuration, the bus is gone.
STOPPED, FAULTY, NO_BUS = 0, 2, 3

log = logging.getLogger("cordboard.adapter")


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.parent:
        die_with_parent(options.parent)
    logs.set_up(options.log)
    try:
        seed = _seed(options.credential)
        # Paths in the file are meant from where the file is.
        file = Path(options.config).resolve()
        if file.parent.is_dir():
            os.chdir(file.parent)
        adapter, title = from_file(file, options.account)
        logs.set_up(options.log, settings.load(file).operating.log)
    except BadConfig as error:
        print(error, file=sys.stderr)  # noqa: T201  this is the answer to who typed it
        return FAULTY
    if options.check:
        return _run(_check(adapter))
    return _run(_serve(adapter, title, options, seed))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m adapters.sdk", description=__doc__)
    parser.add_argument("account", help="the name under [adapters.…]")
    parser.add_argument("--config", default="cordboard.toml")
    parser.add_argument("--bus", default="nats://127.0.0.1:4222", help="URL of the bus")
    parser.add_argument("--credential", default="", help="file with this account's nkey seed")
    parser.add_argument("--ca", default="", help="file of certificates that vouch for the bus")
    parser.add_argument("--server", default="", help="the name that the bus's server must have")
    parser.add_argument("--parent", type=int, default=0, help="end when this process is gone")
    parser.add_argument("--log", default="info", choices=("debug", "info", "warning", "error"))
    parser.add_argument("--check", action="store_true", help="try the account, say how it went")
    return parser.parse_args(arguments)


def _seed(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig([f"{path}: the credential cannot be read: {error}"]) from error


def _run(work: Coroutine[Any, Any, int]) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _check(adapter: Adapter[Any]) -> int:
    try:
        said, status = await adapter.check(), STOPPED
    except Verdict as error:
        said, status = error.reason, 1
    print(said)  # noqa: T201
    return status


async def _serve(adapter: Adapter[Any], title: str, options: argparse.Namespace, seed: str) -> int:
    stopping, gone = asyncio.Event(), asyncio.Event()
    service.heed_signals(stopping)
    kind, account = adapter.capabilities.kind, adapter.account
    credential = Credential(seed, f"_INBOX.adapter.{kind}.{account}", options.ca)
    try:
        bus = await connect(
            options.bus,
            credential=credential,
            name=f"adapter {kind} {account}",
            server=options.server,
            closed=gone.set,
            patient=True,
        )
    except (LinkDown, NotAllowed) as error:
        log.error("%s", error)
        return NO_BUS
    return await _until_stopped(Host(adapter, bus, title=title), bus, stopping, gone)


async def _until_stopped(
    host: Host, bus: NatsBus, stopping: asyncio.Event, gone: asyncio.Event
) -> int:
    """A connection that is closed for good ends the process: its supervisor starts it again."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(host.run(), name="host")
        alive = group.create_task(service.live(), name="alive")
        service.tell("READY=1")
        events = [group.create_task(event.wait()) for event in (stopping, gone)]
        await asyncio.wait([running, *events], return_when=asyncio.FIRST_COMPLETED)
        for waiting in events:
            waiting.cancel()
        lost = gone.is_set()
        host.stop()
        await asyncio.wait([running])
        alive.cancel()
    await bus.close()
    if lost:
        log.error("the connection to the bus is closed for good")
    return NO_BUS if lost else STOPPED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
