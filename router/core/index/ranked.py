"""A sorted list in blocks: in, out and "how many before" in O(log n), first in O(1). Pure.

A heap is as quick but cannot say how many are before, nor let go of one in its middle.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

# Tuples that compare with one another; no two are equal.
Item = TypeVar("Item", bound=tuple[Any, ...])

# A block is split when it has more: moving so much memory costs as much as a bisection.
MOST = 1_000


class Ranked(Generic[Item]):
    """Mutable. What is added is not there yet, what is removed is there."""

    __slots__ = ("_lasts", "blocks")

    def __init__(self) -> None:
        # In order; to be read only.
        self.blocks: list[list[Item]] = []
        self._lasts: list[Item] = []

    def add(self, item: Item) -> None:
        lasts = self._lasts
        number = bisect_left(lasts, item)
        if number < len(lasts):
            block = self.blocks[number]
            insort(block, item)
        elif lasts:
            number -= 1
            block = self.blocks[number]
            block.append(item)
            lasts[number] = item
        else:
            self.blocks.append([item])
            lasts.append(item)
            return
        if len(block) > MOST:
            self._split(number)

    def remove(self, item: Item) -> None:
        block = self.blocks[0]
        if block[0] is item and len(block) > 1:  # what goes is nearly always the first
            del block[0]
            return
        number = bisect_left(self._lasts, item)
        block = self.blocks[number]
        at = bisect_left(block, item)
        del block[at]
        if not block:
            del self.blocks[number], self._lasts[number]
        elif at == len(block):
            self._lasts[number] = block[-1]

    def first(self) -> Item | None:
        return self.blocks[0][0] if self.blocks else None

    def single(self) -> bool:
        """Whether there is just one."""
        return len(self.blocks) == 1 and len(self.blocks[0]) == 1

    def before(self, value: Any, key: Callable[[Item], Any] = lambda item: item) -> int:
        """How many are less; `key` turns an item into what `value` is, in the same order."""
        number = bisect_left(self._lasts, value, key=key)
        if number == len(self.blocks):
            return len(self)
        within = bisect_left(self.blocks[number], value, key=key)
        return sum(map(len, self.blocks[:number])) + within

    def __len__(self) -> int:
        return sum(map(len, self.blocks))

    def __bool__(self) -> bool:
        return bool(self.blocks)

    def __iter__(self) -> Iterator[Item]:
        for block in self.blocks:
            yield from block

    def _split(self, number: int) -> None:
        block = self.blocks[number]
        half = len(block) // 2
        self.blocks[number : number + 1] = [block[:half], block[half:]]
        self._lasts.insert(number, block[half - 1])
