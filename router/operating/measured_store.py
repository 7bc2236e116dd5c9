"""A store that notes how long each commit took and how many items it carried."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from router.operating.measures import Measures
from router.store.sql import Rows
from router.store.store import Item, Store

T = TypeVar("T")


class MeasuredStore:
    """The same store, measured."""

    def __init__(self, store: Store, measures: Measures) -> None:
        self._store = store
        self._measures = measures
        self.epoch = store.epoch

    async def apply(self, batch: Sequence[Item], now: float) -> list[Any]:
        began = time.perf_counter()
        outcomes = await self._store.apply(batch, now)
        self._measures.commits.add(time.perf_counter() - began)
        self._measures.batches.add(len(batch))
        return outcomes

    def read(self, reading: Callable[[Rows], T]) -> Awaitable[T]:
        return self._store.read(reading)

    async def close(self) -> None:
        await self._store.close()
