"""The tree of a mail: parsed once, counted, and refused when it is a bomb."""

from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from io import BytesIO

from adapters.email.mail import Unreadable
from adapters.email.reading import limits
from adapters.email.reading.headers import Part, unfolded
from adapters.sdk.words import N_

DEEP = N_("The mail has too many parts inside each other.")
_CONTENT = ("content-type", "content-disposition", "content-transfer-encoding", "content-id")


def tree(raw: bytes) -> Part:
    """The mail as parts, all of them within the limits."""
    if len(raw) > limits.MAIL:
        raise Unreadable(N_("The mail is too large."))
    if not raw.strip():
        raise Unreadable(N_("The mail is empty."))
    try:
        # From a file it reads piece by piece; from bytes it first makes four bytes of each one.
        root = BytesParser(policy=policy.compat32).parse(BytesIO(raw))
    except RecursionError as error:
        raise Unreadable(DEEP) from error
    for part in _counted(root):
        _mend(part)
    return root


def children(part: Part) -> list[Part]:
    """The parts directly inside this one; a plain part has none."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if not isinstance(child, str)]


def _counted(root: Part) -> Iterator[Part]:
    waiting = [(root, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > limits.PARTS:
            raise Unreadable(N_("The mail has too many parts."))
        if depth > limits.DEPTH:
            raise Unreadable(DEEP)
        waiting += [(child, depth + 1) for child in children(part)]
        yield part


def _mend(part: Part) -> None:
    """Cut the headers that the standard library reads in more than linear time, and decode raw
    bytes in them, of which it would make question marks."""
    for name, value in list(part.raw_items()):
        raw = str(value)
        if name.lower() in _CONTENT and (len(raw) > limits.HEADER or not raw.isascii()):
            part.replace_header(name, unfolded(raw[: limits.HEADER]))
