"""What a bounce says: whose mail came back, to which address, why. Pure."""

import re
from dataclasses import dataclass

from adapters.email import tokens
from adapters.sdk import clean_line

# Reports are at the beginning of a bounce, in plain ASCII (RFC 3464).
LOOKED_AT = 256 * 1024

_ACTION = re.compile(rb"^action:[ \t]*([a-z-]+)", re.I | re.M)
_STATUS = re.compile(rb"^status:[ \t]*(\d\.\d{1,3}\.\d{1,3})", re.I | re.M)
_ADDRESS = re.compile(
    rb"^(?:final-recipient:[ \t]*rfc822;|x-failed-recipients:)[ \t]*<?([^\s<>,;]{3,320})",
    re.I | re.M,
)
_REASON = re.compile(rb"^diagnostic-code:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_id` is ours, checked by its token; what the bounce does not tell is empty."""

    message_id: str = ""
    address: str = ""
    reason: str = ""


def read(raw: bytes, secret: bytes) -> Bounce | None:
    """None when the mail only says that delivery takes longer."""
    head = raw[:LOOKED_AT]
    action, status = _first(_ACTION, head), _first(_STATUS, head)
    if action.lower() == "delayed" or (not action and status.startswith("4")):
        return None
    reason = " ".join(part for part in (status, _first(_REASON, head)) if part)
    return Bounce(tokens.ours_in(secret, head), _first(_ADDRESS, head), reason)


def _first(pattern: re.Pattern[bytes], raw: bytes) -> str:
    match = pattern.search(raw)
    return clean_line(match[1].decode("ascii", "replace")) if match else ""
