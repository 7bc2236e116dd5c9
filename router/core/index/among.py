"""Who is first of some: numbered items in order, in blocks that know the numbers within. Pure.

Beside each block stands the set of its numbers, so whether any of those asked for is in it is one
AND; a few dozen of these reach the first of them, however many there are and whoever they are.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from router.core.index.bits import numbers

# Tuples that compare with one another before they end with (number, whatever it is about).
Item = TypeVar("Item", bound=tuple[Any, ...])

# A block is split when it has more: to look within one costs about what passing so many does.
MOST = 64
# One that has less goes together with the next.
LEAST = 16
# So many of a block are compared; of more, one is met soon by going along it.
COMPARED = 6
# To take a number out of a set costs as much as to pass so many blocks.
BLOCKS_A_NUMBER = 4


class Among(Generic[Item]):
    """Mutable. `of` finds an item by its number; a number is in it once."""

    __slots__ = ("_lasts", "_sets", "blocks", "of")

    def __init__(self) -> None:
        self.of: dict[int, Item] = {}
        # In order; to be read only.
        self.blocks: list[list[Item]] = []
        self._lasts: list[Item] = []
        self._sets: list[int] = []

    def add(self, item: Item) -> None:
        number, lasts = item[-2], self._lasts
        self.of[number] = item
        at = bisect_left(lasts, item)
        if at < len(lasts):
            block = self.blocks[at]
            insort(block, item)
        elif lasts:
            at -= 1
            block = self.blocks[at]
            block.append(item)
            lasts[at] = item
        else:
            self._insert(0, [item])
            return
        self._sets[at] |= 1 << number
        if len(block) > MOST:
            self._split(at)

    def remove(self, number: int) -> None:
        item = self.of.pop(number)
        at = bisect_left(self._lasts, item)
        block = self.blocks[at]
        del block[bisect_left(block, item)]
        self._sets[at] ^= 1 << number
        if len(block) < LEAST:
            self._merge(at)
        elif self._lasts[at] is item:
            self._lasts[at] = block[-1]

    def first(self, bits: int) -> Item | None:
        """The first whose number is one of these."""
        if bits.bit_count() * BLOCKS_A_NUMBER < len(self._sets):
            found = [self.of[number] for number in numbers(bits) if number in self.of]
            return min(found, default=None)
        for at, held in enumerate(self._sets):
            met = bits & held
            if met:
                return self._first_in(self.blocks[at], met)
        return None

    def __iter__(self) -> Iterator[Item]:
        for block in self.blocks:
            yield from block

    def _first_in(self, block: list[Item], met: int) -> Item:
        if met & (met - 1) == 0:
            return self.of[met.bit_length() - 1]
        if met.bit_count() <= COMPARED:
            return min([self.of[number] for number in numbers(met)])
        return next(item for item in block if met >> item[-2] & 1)

    def _insert(self, at: int, block: list[Item]) -> None:
        self.blocks.insert(at, block)
        self._lasts.insert(at, block[-1])
        self._sets.insert(at, _set(block))

    def _merge(self, at: int) -> None:
        """Put what is left of a block before what the next one has."""
        block = self.blocks[at]
        if at + 1 < len(self.blocks):
            self.blocks[at + 1][:0] = block
            self._sets[at + 1] |= self._sets[at]
        elif block:  # the last one may be small
            self._lasts[at] = block[-1]
            return
        del self.blocks[at], self._lasts[at], self._sets[at]
        if at < len(self.blocks) and len(self.blocks[at]) > MOST:
            self._split(at)

    def _split(self, at: int) -> None:
        block = self.blocks[at]
        half = len(block) // 2
        self._insert(at, block[:half])
        del block[:half]
        self._sets[at + 1] = _set(block)


def _set(block: list[Any]) -> int:
    bits = 0
    for item in block:
        bits |= 1 << item[-2]
    return bits
