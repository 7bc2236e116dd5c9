"""A mail as we understand it: every string is clean, every list has an end."""

from typing import Literal

import msgspec

Verdict = Literal["pass", "fail", "none"]


class Unreadable(Exception):
    """This mail cannot be read safely; the raw mail is kept and a person is shown the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Address(msgspec.Struct, frozen=True):
    """A recipient; `name` is only shown."""

    address: str
    name: str = ""


class Sender(msgspec.Struct, frozen=True):
    """Who the mail says it is from; `problem` is why not to believe it, "" when there is none."""

    address: str
    name: str = ""
    problem: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """A file; `name` is display text only and never a path, `content_id` has no brackets."""

    name: str
    media_type: str
    size: int
    content: bytes
    inline: bool = False
    content_id: str = ""


class Returned(msgspec.Struct, frozen=True):
    """What a bounce says. It is `sure` when it says itself that a server wrote it; otherwise its
    wording alone looks so. What is not `failed` is still being tried, or arrived."""

    addresses: tuple[str, ...]
    reason: str = ""
    failed: bool = True
    sure: bool = False


class Mail(msgspec.Struct, frozen=True):
    """One mail. Message-IDs keep their angle brackets; `text`, `signature` and `quoted` together
    hold every word of the body."""

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    sender: Sender
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    date: float | None
    auto: bool
    why: str
    bounce: Returned | None
    text: str
    signature: str
    quoted: str
    html_only: bool
    remote_content: bool
    attachments: tuple[Attachment, ...]
    authentication: Verdict
    body_hash: str
    problems: tuple[str, ...]
