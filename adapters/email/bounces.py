"""Whose mail came back: by our own return path, or by the Message-ID that it encloses. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.email import tokens
from adapters.email.mail import Mail
from adapters.sdk import clean_line

# A mail that is enclosed begins here at the latest.
LOOKED_AT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_id` is ours, checked by its token; what the bounce does not tell is empty.

    `proved` when it came to the return path that only this message had.
    """

    message_id: str = ""
    address: str = ""
    reason: str = ""
    proved: bool = False


def read(
    mail: Mail, raw: bytes, secret: bytes, *, addresses: Iterable[str], domain: str
) -> Bounce | None:
    """None for a mail like others: no bounce, only a delay, or its wording alone looks so."""
    said = mail.bounce
    if said is None or not said.failed:
        return None
    back = tokens.returned(secret, addresses, domain)
    id_ = back or enclosed(raw, secret)
    if not (said.sure or id_):
        return None
    first, *others = said.addresses or ("",)
    reason = said.reason or mail.subject
    if others:
        reason = f"{reason} (and {', '.join(others[:5])})"
    return Bounce(id_, first, clean_line(reason, 600), proved=bool(back))


def enclosed(raw: bytes, secret: bytes) -> str:
    """The Message-ID of ours below the head: whoever answers us has one in the head."""
    body = raw[:LOOKED_AT].replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return tokens.ours_in(secret, body)
