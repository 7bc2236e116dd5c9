"""A Python int as a set of small numbers: and, or, and "is one there" at the speed of memory."""

from collections.abc import Iterator

# So many are taken out one by one.
MANY = 16


def numbers(bits: int) -> Iterator[int]:
    """Those that are in it, the least first."""
    if bits.bit_count() > MANY:  # one by one each would cost the whole width
        digits = bin(bits)[:1:-1]
        at = digits.find("1")
        while at >= 0:
            yield at
            at = digits.find("1", at + 1)
        return
    while bits:
        least = bits & -bits
        yield least.bit_length() - 1
        bits ^= least
