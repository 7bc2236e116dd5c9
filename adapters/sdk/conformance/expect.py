"""How a case says what is wrong: in a sentence, as an AssertionError."""

import asyncio
from collections.abc import Callable

# Seconds for what should take a moment; machines are shared.
SOON = 60.0


def expect(true: object, otherwise: str) -> None:
    if not true:
        raise AssertionError(otherwise)


async def until(what: Callable[[], object], otherwise: str, seconds: float = 0.0) -> None:
    """Wait for something that other tasks bring about; SOON unless told."""
    seconds = seconds or SOON
    try:
        async with asyncio.timeout(seconds):
            while not what():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"{otherwise} (waited {seconds:g} s)") from None
