"""What it costs to read a mail: ours beside the standard library's own parser."""

import email
import time
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from email.policy import default

from adapters.email import parse
from bench.kit.figure import Figure, median
from bench.kit.letters import letters

MAILS, PASSES = 300, 5
FIELDS = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to",
          "references")  # fmt: skip


async def figures() -> AsyncIterator[Figure]:
    mails = letters(MAILS)
    ours, theirs = [], []
    for _ in range(PASSES):
        ours.append(_microseconds(_ours, mails))
        theirs.append(_microseconds(_standard, mails))
    yield Figure(
        name="mail.parse", value=median(ours), unit="µs", yardstick=median(theirs),
        said="processor time to make a clean value of a raw mail: charsets mended, quotes and "
        "signatures folded, HTML as text.",
        beside="the standard library with policy.default, the same headers, the body and the "
        "files decoded, and nothing cleaned or folded.",
    )  # fmt: skip


def _microseconds(read: Callable[[bytes], object], mails: list[bytes]) -> float:
    began = time.process_time()
    for mail in mails:
        read(mail)
    return (time.process_time() - began) / len(mails) * 1e6


def _ours(raw: bytes) -> object:
    return parse.message(raw, received=1_796_000_000.0)


def _standard(raw: bytes) -> object:
    mail = email.message_from_bytes(raw, policy=default)
    if not isinstance(mail, EmailMessage):
        raise TypeError("policy.default makes EmailMessage")
    body = mail.get_body(("plain", "html"))
    heads = [str(mail[name]) for name in FIELDS]
    return (
        heads,
        body.get_content() if body else "",
        [a.get_content() for a in mail.iter_attachments()],
    )
