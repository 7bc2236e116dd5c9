"""Headers of a mail, decoded by ourselves: bounded, and no value makes it fail."""

import base64
import binascii
import quopri
import re
from collections.abc import Sequence
from email.message import Message

from adapters.email.mail import Unreadable
from adapters.email.reading import charset, limits
from adapters.sdk.words import N_

_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_WIDE = {"to", "cc", "reply-to", "references", "in-reply-to", "authentication-results"}

Part = Message


class Headers:
    """The headers of one mail, in order; names without regard to case."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in fields:
            self._fields.setdefault(name.strip().lower(), []).append(value)

    def all(self, name: str) -> tuple[str, ...]:
        """The raw values under this name: unfolded, of whole characters, not yet decoded."""
        return tuple(map(unfolded, self._fields.get(name, ())))

    def first(self, name: str) -> str:
        values = self._fields.get(name)
        return unfolded(values[0]) if values else ""

    def words(self, name: str) -> str:
        """The decoded text of the first header of this name."""
        return words(self.first(name))

    def __contains__(self, name: str) -> bool:
        return name in self._fields


def read(part: Part) -> Headers:
    """The headers of a mail. Too many of them are refused, a long one is cut."""
    fields = [(name, str(value)) for name, value in part.raw_items()]
    if len(fields) > limits.HEADERS:
        raise Unreadable(N_("The mail has too many headers."))
    cut = [(name, _cut(name.strip().lower(), value)) for name, value in fields]
    if sum(len(name) + len(value) for name, value in cut) > limits.HEADER_BLOCK:
        raise Unreadable(N_("The headers of the mail are too long."))
    return Headers(cut)


def words(value: str) -> str:
    """Encoded words (RFC 2047) made readable; neighbours are joined before they are decoded,
    because senders cut them in the middle of a letter."""
    pieces: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for match in _WORD.finditer(value[: limits.ADDRESS_HEADER]):
        between = value[end : match.start()]
        name, raw = match[1].split("*")[0], _word_bytes(match[2], match[3])
        if pending and pending[0].lower() == name.lower() and not between.strip():
            pending = name, pending[1] + raw
        else:
            pieces += [_text(pending), between if between.strip() or not pending else ""]
            pending = name, raw
        end = match.end()
    return "".join([*pieces, _text(pending), value[end : limits.ADDRESS_HEADER]])


def ids(value: str) -> tuple[str, ...]:
    """Every `<message-id>` in the value, with its brackets."""
    return tuple(f"<{found}>" for found in _ID.findall(value))


def message_id(value: str) -> str:
    """The first `<message-id>`; of a value without brackets, its first word in brackets."""
    found = ids(value)
    if found:
        return found[0]
    bare = value.split()[0].strip("<>") if value.split() else ""
    return f"<{bare[:500]}>" if bare else ""


def _cut(name: str, value: str) -> str:
    if name == "references":
        return value[-limits.ADDRESS_HEADER :]
    return value[: limits.ADDRESS_HEADER if name in _WIDE else limits.HEADER]


def unfolded(value: str) -> str:
    """One line of whole characters: raw bytes in a header are decoded by what they look like."""
    line = value.replace("\r", "").replace("\n", "").strip()
    if line.isascii():
        return line
    return charset.decode(line.encode("utf-8", "surrogateescape"))


def _text(pending: tuple[str, bytes] | None) -> str:
    return charset.decode(pending[1], pending[0]) if pending else ""


def _word_bytes(encoding: str, coded: str) -> bytes:
    raw = coded.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw
