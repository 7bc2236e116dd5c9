"""A Python int as a set of small numbers: and, or, and "is one there" at the speed of memory."""

from collections.abc import Iterator


def numbers(bits: int) -> Iterator[int]:
    """Those that are in it, the least first. For few of them: each costs the whole width."""
    while bits:
        least = bits & -bits
        yield least.bit_length() - 1
        bits ^= least


def few(count: int, of: int) -> bool:
    """Whether to look at each of `count` rather than walk along `of` in order until one is met.

    The walk takes of/count steps on the average, each about a quarter of what a set bit costs.
    """
    return count * count * 4 <= of
