"""What an agent wrote: cleaned like everything from outside, bounded, never empty by accident."""

from router.doors.asker import Refused
from wire.messages.base import say
from wire.text import TEXT, clean


def written(text: str, *, most: int = TEXT, empty: bool = False) -> str:
    """The text as it is kept. Raises Refused when it is too long, or has nothing in it."""
    if len(text) > most:
        raise Refused("too_large", say("A text has at most {most} characters.", most=most))
    found = clean(text, most)
    if not found.strip() and not empty:
        raise Refused("invalid", say("There is nothing written yet."))
    return found
