"""An event loop whose time is virtual: it jumps to the next timer, and stands still in between."""

import asyncio
import selectors
from typing import Any

STARTS = 1_000.0


class Stuck(Exception):
    """Nobody waits for anything that time could bring: everything stands still for ever."""


class _Selector(selectors.SelectSelector):
    """Waits for no file. Waiting for a time is being there."""

    def __init__(self) -> None:
        super().__init__()
        self.now = STARTS

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """One thread, no wall clock: what happens follows from what was asked and nothing else."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now
