"""The store of a universe: the twin, with a disk that takes its time and sometimes refuses."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import apsw

from router.store.sql import Rows
from router.store.store import InlineStore, Item, Transaction

T = TypeVar("T")


@dataclass
class Disk:
    """`slow` seconds at most a commit; nothing is written while it is `full`."""

    chance: random.Random
    slow: float = 0.004
    full: bool = False

    async def turns(self) -> None:
        await asyncio.sleep(self.slow * self.chance.random())


class _NoRoom:
    """The last thing of a batch that does not fit: nothing of the batch stands."""

    def apply(self, tx: Transaction) -> None:
        raise apsw.FullError("database or disk is full")

    def undo(self) -> None: ...

    def aside(self, tx: Transaction, error: Exception) -> None: ...


class DiskStore:
    """One router's hold of it. Before and after each commit there is time to die."""

    def __init__(self, inner: InlineStore, disk: Disk, committed: Callable[[int], None]) -> None:
        self._inner, self._disk, self._committed = inner, disk, committed
        self.epoch = inner.epoch

    def successor(self) -> "DiskStore":
        return DiskStore(self._inner.successor(), self._disk, self._committed)

    async def apply(self, batch: Sequence[Item], now: float) -> list[Any]:
        await self._disk.turns()
        if self._disk.full:
            batch = [*batch, _NoRoom()]
        outcomes = await self._inner.apply(batch, now)
        self._committed(self.epoch)
        await self._disk.turns()
        return outcomes

    async def read(self, reading: Callable[[Rows], T]) -> T:
        await asyncio.sleep(0)
        return await self._inner.read(reading)

    async def close(self) -> None:
        """The desk outlives its routers."""
