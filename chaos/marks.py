"""The mark in a message by which it is found again wherever it went. Pure.

`[imap012-3]` is the fourth message of an IMAP customer, `[out17-2]` a reply in conversation 17.
"""

import re
from collections.abc import Iterable

CHANNELS = ("smtp", "imap", "chat", "bot")
_CAME = re.compile(r"\[((?:smtp|imap|chat|bot)\d{3}-\d+)\]")
_WENT = re.compile(r"\[(out\d+-\d+)\]")


def came(text: str) -> list[str]:
    """Messages of customers in a text."""
    return _CAME.findall(text)


def went(text: str) -> list[str]:
    """Replies of ours in a text."""
    return _WENT.findall(text)


def customer(token: str) -> str:
    return token.partition("-")[0]


def channel(token: str) -> str:
    return token.partition("-")[0].rstrip("0123456789")


def customers(tokens: Iterable[str]) -> set[str]:
    return {customer(token) for token in tokens}
