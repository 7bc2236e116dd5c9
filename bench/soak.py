"""Half an hour of steady work: what a router holds must not grow. `python -m bench soak`."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

from bench import intake
from bench.kit import filling, process
from bench.kit.figure import Figure, Reach
from bench.kit.filling import Past
from bench.kit.real_desk import bus_and_router, data_folder
from wire.data_folder import DataFolder

# Too long for every run: only when it is asked for by name.
LONG = True
MINUTES = float(os.environ.get("CORDBOARD_SOAK_MINUTES", "30"))
PAST = Past(conversations=20_000, waiting=200)
A_SECOND, LOOKS = 50, 60
# What is new in the first part of it fills caches; growth counts after that.
WARM = 0.25


async def figures() -> AsyncIterator[Figure]:
    looks = await _worked()
    first, last = looks[int(len(looks) * WARM)], looks[-1]
    yield Figure(
        name="soak.slope", value=_slope(looks[int(len(looks) * WARM) :]), unit="MB/10 min",
        said=f"growth of the router's resident memory over {MINUTES:g} minutes at {A_SECOND} "
        f"messages/s (from {first.memory:.0f} MB), least squares, after the first quarter.",
        reach=Reach(value=1.0),
    )  # fmt: skip
    yield Figure(
        name="soak.handles", value=float(last.handles - first.handles), unit="",
        said="descriptors and threads that were there at the end and not before.",
        reach=Reach(value=0.0),
    )  # fmt: skip


class Look:
    """The router at one moment."""

    def __init__(self, pid: int, at: float) -> None:
        self.at = at
        self.memory = process.resident(pid)
        self.handles = process.descriptors(pid) + process.threads(pid)


async def _worked() -> list[Look]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        seats = intake.seats(folder)
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(bus_and_router(folder))
            await stack.enter_async_context(intake.at_work(bus, seats))
            customers = await intake.customers(stack, folder, bus, PAST)
            writing = asyncio.create_task(_write(customers))
            stack.callback(writing.cancel)
            return await _looked(router_of(folder), writing)


async def _looked(pid: int, writing: "asyncio.Task[None]") -> list[Look]:
    looks, began = [], time.monotonic()
    for number in range(1, LOOKS + 1):
        await asyncio.sleep(max(0.0, began + number * MINUTES * 60 / LOOKS - time.monotonic()))
        if writing.done():
            writing.result()
        looks.append(Look(pid, time.monotonic() - began))
    return looks


async def _write(customers: intake.Customers) -> None:
    began, number = time.monotonic(), 0
    while True:
        number += 1
        await asyncio.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        await customers.one_by_one(1)


def router_of(folder: DataFolder) -> int:
    """The pid of the router that holds this folder."""
    return int((folder.root / "router.lock").read_text("ascii"))


def _slope(looks: Sequence[Look]) -> float:
    at = [look.at / 600 for look in looks]
    memory = [look.memory for look in looks]
    middle, mean = sum(at) / len(at), sum(memory) / len(memory)
    over = sum((a - middle) * (m - mean) for a, m in zip(at, memory, strict=True))
    return over / sum((a - middle) ** 2 for a in at)
