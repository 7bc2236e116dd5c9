"""The desk itself: its bus, its database by a real write, and what waits in it."""

import asyncio
import os
import time
from collections.abc import Iterator
from typing import Any

from cordboard.asking import Where
from cordboard.asking import desk as connected
from cordboard.doctoring import backlog
from cordboard.doctoring.finding import Finding, Machine, fail, ok, warn
from wire.messages.base import say

# The event loop is late by so many seconds.
LATE_LOOP = 1.0
# A write that takes so long (seconds) holds everybody up.
SLOW_WRITE = 0.3
# The write-ahead log shrinks at checkpoints; larger than this somebody reads for very long.
LARGE_LOG, FAR_BEHIND = 1_000_000_000, 10_000
PARTS, CLOCKS_APART = 0.10, 60.0
# A mail that came this moment is not missing (seconds).
FRESH = 60.0
# Seconds for all that is asked of a router; how far back a mailbox is compared.
WITHIN, LOOK_BACK = 20.0, 86_400.0


def desk(machine: Machine) -> Iterator[Finding]:
    """By the router that runs; without one the database is tried under its lock."""
    from cordboard.doctoring import at_rest
    from router.store.store import CannotWrite, Locked, take_lock

    if not (machine.data / "desk.db").exists():
        yield warn(
            say("There is no desk in {path} yet.", path=str(machine.data)),
            say("Start one with: cordboard run"),
        )
        return
    if machine.data.stat().st_uid != os.geteuid():
        # A file that we would make could not be read by the desk afterwards.
        said = say(
            "{path} is another user's, so its database is not tried.", path=str(machine.data)
        )
        yield warn(said, say("Type it as that user."))
        return
    try:
        lock = take_lock(machine.data / "router.lock")
    except Locked:
        yield from asyncio.run(_running(machine))
        return
    except CannotWrite as error:
        yield fail(say("{error}", error=str(error)))
        return
    with lock:
        yield from _without_router(machine)
        yield from at_rest.database(machine)


def _without_router(machine: Machine) -> Iterator[Finding]:
    """A desk that runs tries it again and again, and needs nothing but what it fails for."""
    from cordboard.running.folder_lock import is_held
    from cordboard.running.part import LONGEST_PAUSE
    from wire.data_folder import DataFolder

    if is_held(DataFolder(machine.data)):
        said = say("The desk runs, but its router does not; it is tried again within {seconds} s.",
                   seconds=round(LONGEST_PAUSE))  # fmt: skip
        yield fail(said, say("See what is said below, and the last lines of {path}.",
                             path=str(machine.data / "log" / "router.log")))  # fmt: skip


async def _running(machine: Machine) -> list[Finding]:
    from wire.bus import BusError
    from wire.credentials import NoProfile
    from wire.desk_client import Refused

    chosen = _chosen(machine)
    try:
        where = Where(machine.data, chosen.bus.url, "admin")
        async with asyncio.timeout(WITHIN), connected(where) as it:
            return [finding async for finding in _asked(it, chosen)]
    except (BusError, Refused, NoProfile, TimeoutError) as error:
        said = say("A router runs, but it cannot be reached: {error}",
                   error=str(error) or type(error).__name__)  # fmt: skip
        return [fail(said, say("Read the last lines of the logs in {path}.",
                               path=str(machine.data / "log")))]  # fmt: skip


def _chosen(machine: Machine) -> Any:
    """The settings; what is wrong with them is said elsewhere."""
    from wire import settings
    from wire.config import BadConfig

    try:
        return settings.load(machine.config)
    except BadConfig:
        return settings.Settings(machine.config.name)


async def _asked(it: Any, chosen: Any) -> Any:
    from wire.messages.verbs import CheckUp, ReadProblems, Status

    found = await it.call(CheckUp(), timeout=WITHIN)
    yield ok(say("The bus is the desk's own, and the router answers on it (epoch {epoch}).",
                 epoch=found.epoch))  # fmt: skip
    for finding in (*_written(found), *_well(found), *backlog.waiting(found.backlog, found.now)):
        yield finding
    for finding in backlog.impossible((await it.call(ReadProblems())).rows):
        yield finding
    status = await it.call(Status())
    heard = {name.rpartition(".")[2] for name in status.health}
    for account in sorted({*chosen.adapters} - heard):
        said = say("{account}: its program is not heard.", account=account)
        yield fail(said, say("Start it: cordboard run, or cordboard adapter, starts it."))
    for name, health in sorted(status.health.items()):
        yield _account(name, health)
        async for finding in _mailbox(it, name.rpartition(".")[2], found.now):
            yield finding


def _written(found: Any) -> Iterator[Finding]:
    if found.wrote is None:
        yield fail(
            say("The router cannot write: {error}", error=found.why_not),
            say("See that there is room and that the disk is well; it goes on by itself."),
        )
    elif found.wrote > SLOW_WRITE:
        said = say("The database takes a write in {ms} ms.", ms=round(found.wrote * 1_000, 1))
        yield warn(said, say("The disk is busy or failing, or another program holds the file."))
    else:
        yield ok(say("The database takes a write in {ms} ms.", ms=round(found.wrote * 1_000, 1)))


def _well(found: Any) -> Iterator[Finding]:
    if found.disk_total and found.disk_free < found.disk_total * PARTS:
        part = round(100 * found.disk_free / found.disk_total)
        yield fail(say("{part} % of the desk's disk are free.", part=part), say("Make room."))
    if found.lag > LATE_LOOP:
        said = say("The router was {seconds} s late within the last minute.",
                   seconds=round(found.lag, 1))  # fmt: skip
        yield warn(said, say("The machine is too busy, or too small."))
    if found.wal > LARGE_LOG:
        said = say("The write-ahead log has {megabytes} MB.", megabytes=found.wal // 1_000_000)
        yield warn(said, say("It shrinks when what reads for long has ended, such as a backup."))
    if found.search_behind > FAR_BEHIND:
        yield warn(say("Searching is {n} events behind; it follows.", n=found.search_behind))
    if abs(found.now - time.time()) > CLOCKS_APART:
        said = say("The desk's clock is {seconds} s ahead of this machine's.",
                   seconds=round(found.now - time.time()))  # fmt: skip
        yield warn(said, say("The machine's clock was set back; it comes right by itself."))


def _account(name: str, health: Any) -> Finding:
    if health.state == "ready":
        return ok(say("{account}: works.", account=name))
    said = say("{account}: {state}. {error}", account=name, state=health.state, error=health.said)
    return (warn if health.state == "starting" else fail)(said)


async def _mailbox(it: Any, account: str, now: float) -> Any:
    """What is in the mailbox and not in the desk; channels without one have nothing to compare."""
    from wire.bus import BusError
    from wire.desk_client import Refused
    from wire.messages.verbs import Reconcile

    try:
        found = await it.call(Reconcile(account=account, since=now - LOOK_BACK), timeout=WITHIN)
    except (Refused, BusError):
        return
    missing = [one for one in found.missing if now - one.at > FRESH]
    if not missing:
        yield ok(say("{account}: the desk has all of the last day's {n} mails.",
                     account=account, n=found.upstream))  # fmt: skip
        return
    oldest = min(one.at for one in missing)
    yield warn(
        say("{account}: {n} mails are in the mailbox and not in the desk, the oldest for "
            "{minutes} minutes.",
            account=account, n=len(missing), minutes=round((now - oldest) / 60)),
        say("See: cordboard ledger reconcile {account}", account=account),
    )  # fmt: skip
