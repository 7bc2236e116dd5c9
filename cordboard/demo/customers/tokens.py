"""The mark by which a message is found again wherever it went: `7F3K-0012`, then `7F3K-0012-2`.

Pure.
"""

import random
import re

# Without letters that are read as digits, or that other alphabets have too.
_LETTERS = "2346789DFGJLNQRSUVWYZ"
_SHAPE = r"[2-9A-Z]{4}-[0-9]{4,}(?:-[0-9]+)?"
_TOKEN = re.compile(_SHAPE)
_MARK = re.compile(rf"\(ref ({_SHAPE})\)")


def run(chance: random.Random) -> str:
    """The first four characters of all tokens of one run."""
    return "".join(chance.choices(_LETTERS, k=4))


def token(run: str, story: int, part: int) -> str:
    first = f"{run}-{story:04}"
    return first if part == 1 else f"{first}-{part}"


def marked(text: str, token: str) -> str:
    return f"{text} (ref {token})"


def found(text: str) -> list[str]:
    """The tokens of a message, but for those in quoted lines."""
    own = (line for line in text.splitlines() if not line.lstrip().startswith((">", "|")))
    return [each for line in own for each in _MARK.findall(line)]


def of_message_id(message_id: str) -> str:
    """The token that one of our Message-IDs was made of, "" when it is none of ours."""
    head = message_id.strip("<> \t").partition(".")[0].upper()
    return head if _TOKEN.fullmatch(head) else ""
