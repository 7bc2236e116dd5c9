"""Passwords of people: argon2id, in a thread, so that a login never holds up the desk."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from wire.messages.base import Said, say

SHORTEST, LONGEST = 10, 1_000
# Each costs 64 MB and tens of milliseconds; more at once would starve the desk.
AT_ONCE = 2

_hasher = PasswordHasher()
_room = asyncio.Semaphore(AT_ONCE)
# Checked when there is no password, so that an unknown agent takes as long as a known one.
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$HcoQtkRQe9wIPMq5MUXHfw$"
    "j2961aYeR2VL+Lhs69x8qpCxT6m1E1WmQfPWAFaluHU"
)


def unfit(password: str) -> Said | None:
    """Why this can be nobody's password; None when it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return say(
            "A password has {shortest} to {longest} characters.", shortest=SHORTEST, longest=LONGEST
        )
    return None


async def hash_password(password: str) -> str:
    async with _room:
        return await asyncio.to_thread(_hasher.hash, password)


async def check_password(stored: str, given: str) -> bool:
    """Whether it is the one. `stored` is "" for an agent who has none, or for nobody."""
    async with _room:
        return await asyncio.to_thread(_checked, stored, given[:LONGEST])


def _checked(stored: str, given: str) -> bool:
    try:
        return _hasher.verify(stored or _NOBODYS, given) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False
