"""One-time codes that let an agent log in. Only their hash is stored. Pure."""

import base64
import hashlib
from dataclasses import dataclass

BITS = 128


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation: `code` for the person, `hash` and `expires` for the store."""

    code: str
    hash: str
    expires: float


def new_invitation(now: float, chance: bytes, *, hours: float = 72.0) -> Made:
    """`chance` are 16 random bytes."""
    if len(chance) * 8 != BITS:
        raise ValueError("an invitation is made of 16 random bytes")
    letters = base64.b32encode(chance).decode().rstrip("=").lower()
    code = "-".join(letters[at : at + 5] for at in range(0, len(letters), 5))
    return Made(code, code_hash(code), now + hours * 3600)


def code_hash(code: str) -> str:
    """Under which it is stored; blanks, dashes and capitals that a person adds don't matter."""
    letters = "".join(letter for letter in code[:200].lower() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def holds(expires: float, now: float) -> bool:
    """Whether an invitation that was found can still be used."""
    return now < expires
