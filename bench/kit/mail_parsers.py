"""One mail parser, on ordinary mails or on one bomb: a process of its own with a reader's bounds.

`python -m bench.kit.mail_parsers NAME` prints processor time a mail in microseconds, and
`… NAME BOMB` what became of that bomb: read, refused, or nothing when the bounds killed it.
"""

import email
import resource
import sys
import time
from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import compat32, default
from importlib import import_module

from bench.kit import mail_bombs
from bench.kit.letters import letters

MAILS, PASSES = 300, 5
MEMORY, SECONDS = 512 * 1024 * 1024, 5
FIELDS = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to",
          "references")  # fmt: skip
Read = Callable[[bytes], object]


def ours() -> Read:
    parse = import_module("adapters.email.parse")
    return lambda raw: parse.message(raw, received=1_796_000_000.0)


def policy_default() -> Read:
    """The same headers, the body and the files, decoded; nothing is cleaned or folded."""

    def read(raw: bytes) -> object:
        mail = email.message_from_bytes(raw, policy=default)
        if not isinstance(mail, EmailMessage):
            raise TypeError("policy.default makes EmailMessage")
        body = mail.get_body(("plain", "html"))
        heads = [str(mail[name]) for name in FIELDS]
        files = [part.get_content() for part in mail.iter_attachments()]
        return heads, body.get_content() if body else "", files

    return read


def policy_compat32() -> Read:
    """The same with the older policy: headers decoded by hand, charsets as they are told."""

    def read(raw: bytes) -> object:
        mail = email.message_from_bytes(raw, policy=compat32)
        heads = [str(make_header(decode_header(str(mail.get(name, ""))))) for name in FIELDS]
        return heads, [_content(part) for part in mail.walk() if not part.is_multipart()]

    return read


def _content(part: Message) -> object:
    payload = part.get_payload(decode=True)
    text = part.get_content_maintype() == "text" and isinstance(payload, bytes)
    return payload.decode(part.get_content_charset("utf-8"), "replace") if text else payload  # type: ignore[union-attr]


def fast_mail_parser() -> Read:
    """Written in Rust; headers, texts and files."""
    parse = import_module("fast_mail_parser").parse_email

    def read(raw: bytes) -> object:
        mail = parse(raw)
        return mail.headers, mail.text_plain, mail.text_html, mail.attachments

    return read


PARSERS = {
    "ours": ours,
    "policy.default": policy_default,
    "compat32": policy_compat32,
    "fast-mail-parser": fast_mail_parser,
}
BOMBS = mail_bombs.REFUSED | mail_bombs.READ


def speed(read: Read) -> float:
    mails = letters(MAILS)
    best = []
    for _ in range(PASSES):
        began = time.process_time()
        for mail in mails:
            read(mail)
        best.append((time.process_time() - began) / len(mails) * 1e6)
    return sorted(best)[PASSES // 2]


def bounded(read: Read, raw: bytes) -> str:
    """ "read" or "refused" within the bounds of a reader; beyond them the system ends it."""
    used = int(time.process_time()) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, used + SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        read(raw)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  what a parser raises is what is measured
        return f"refused: {type(error).__name__}"
    return "read"


if __name__ == "__main__":
    name, *bomb = sys.argv[1:]
    reading = PARSERS[name]()
    if bomb:
        reading(letters(1)[0])  # what is loaded late is loaded now
        print(bounded(reading, BOMBS[bomb[0]]))
    else:
        print(speed(reading))
