"""What one part of a mail says about itself: type, name, charset, bytes. Nothing here fails."""

import binascii
import re
from contextlib import suppress

from adapters.email.reading import charset, limits
from adapters.email.reading.headers import Part, words
from adapters.sdk import clean_line

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def media_type(part: Part) -> str:
    """Its type in small letters; `application/octet-stream` when that is no type."""
    found = part.get_content_type().lower()
    return found if _TYPE.fullmatch(found) else "application/octet-stream"


def parameter(part: Part, name: str, header: str = "content-type") -> str:
    """A parameter of a header, RFC 2231 pieces joined and both ways of encoding undone."""
    try:
        value = part.get_param(name, "", header)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    if isinstance(value, tuple):
        raw = str(value[2]).encode("latin-1", "replace")
        return charset.decode(raw, str(value[0] or ""))
    return words(charset.decode(str(value or "").encode("utf-8", "surrogateescape")))


def disposition(part: Part) -> str:
    return str(part.get("content-disposition", "")).split(";")[0].strip().lower()


def file_name(part: Part) -> str:
    """The name a person is shown: no folder, nothing invisible, no leading dot or dash."""
    named = parameter(part, "filename", "content-disposition") or parameter(part, "name")
    line = clean_line(named.replace("\\", "/").rsplit("/", 1)[-1], 300).lstrip(".- ~\"'")
    short = line.encode("utf-8", "replace")[: limits.NAME_BYTES].decode("utf-8", "ignore")
    if len(short) < len(line) and "." in line[-12:]:
        ending = line[line.rindex(".") :]
        short = short.encode()[: limits.NAME_BYTES - len(ending.encode())].decode("utf-8", "ignore")
        short += ending
    return f"_{short}" if _RESERVED.fullmatch(short) else short


def content(part: Part) -> bytes:
    """Its bytes, with the transfer encoding undone as far as it can be."""
    with suppress(ValueError, LookupError, TypeError, AttributeError, binascii.Error):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
    payload = part.get_payload()
    return payload.encode("utf-8", "replace") if isinstance(payload, str) else b""


def text(part: Part) -> str:
    """The beginning of its text, line ends unified; more of it than is ever shown."""
    decoded = charset.decode(content(part)[: limits.TEXT_BYTES], parameter(part, "charset"))
    return decoded.replace("\r\n", "\n").replace("\r", "\n")
