"""An account as it is configured, tried against the real service; nothing is taken from it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from adapters.sdk.adapter import Adapter
from adapters.sdk.conformance.cases import REFUSED_WITHIN, Case
from adapters.sdk.conformance.desk import QUICK
from adapters.sdk.conformance.expect import until
from adapters.sdk.conformance.kit import Outcome
from adapters.sdk.conformance.router_twin import RouterTwin
from adapters.sdk.conformance.traces import Traces
from adapters.sdk.found import from_file
from adapters.sdk.host import Host
from adapters.sdk.verdicts import Verdict
from wire.memory_bus import Hub, MemoryBus

READY_WITHIN = 20.0

Trial = Callable[[Adapter[Any]], Awaitable[str]]


def outcomes(file: Path, account: str) -> Iterator[Outcome]:
    """`instead` of each is what the account itself says. Raises BadConfig."""
    for name, says, trial in TRIALS:
        with contextlib.chdir(file.resolve().parent):  # paths in it are meant from where it is
            adapter, _title = from_file(file, account)
        began = time.monotonic()
        said, fault = "", ""
        try:
            said = asyncio.run(_tried(trial, adapter))
        except Exception as error:  # noqa: BLE001  an author's fault is a finding like another
            fault = str(error) if isinstance(error, AssertionError | Verdict) else repr(error)
        yield Outcome(Case(name, says, _nothing), time.monotonic() - began, fault, said)


async def _tried(trial: Trial, adapter: Adapter[Any]) -> str:
    return await trial(adapter)


async def _nothing(_desk: object) -> None:
    """A trial needs no counterpart: the service is there."""


async def credentials(adapter: Adapter[Any]) -> str:
    try:
        async with asyncio.timeout(REFUSED_WITHIN):
            return await adapter.check()
    except TimeoutError:
        raise AssertionError(f"`check` knows nothing after {REFUSED_WITHIN:g} s") from None


async def starts_and_stops(adapter: Adapter[Any]) -> str:
    """The router says where it was and commits nothing, so the channel keeps all it has."""
    before = Traces.now()
    hub = Hub()
    router = RouterTwin(MemoryBus(hub), taking=False)
    await router.open()
    host = Host(adapter, MemoryBus(hub), pace=QUICK)
    running = asyncio.create_task(host.run(), name="account")
    try:
        await until(
            lambda: router.health and router.health[-1].state in ("ready", "paused"),
            "the account does not become ready",
            READY_WITHIN,
        )
        health = router.health[-1]
    except AssertionError as error:
        said = router.health[-1].said if router.health else ""
        raise AssertionError(f"{error}: {said}" if said else str(error)) from None
    finally:
        host.stop()
        await running
    if health.state == "paused":
        raise AssertionError(health.said)
    await Traces.are_gone(before)
    return health.said


TRIALS: tuple[tuple[str, str, Trial], ...] = (
    ("credentials", "`check` says within 10 s how it went.", credentials),
    ("starts and stops", "It becomes ready, and leaves nothing when it ends.", starts_and_stops),
)
