"""Signed tokens in our Message-IDs and reply addresses: which conversation a reply is for. Pure."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

_MAC = 16  # base32 characters: 80 bits
_OUTBOX = re.compile(r"[^A-Za-z0-9_-]")
_MESSAGE_ID = re.compile(r"<c\.(\d{1,18})\.([A-Za-z0-9_-]{1,64})\.([a-z2-7]{16})@[^<>\s@]{1,255}>")
_OWN_LINE = re.compile(rf"(?im)^[> \t]{{0,20}}message-id: {_MESSAGE_ID.pattern}")
_RETURN_TAG = re.compile(r"b(\d{1,18})\.([a-z0-9_-]{1,40})\.([a-z2-7]{16})")
_LOCAL = 64  # characters that a server takes before the @
_REPLY_TAG = re.compile(r"c(\d{1,18})\.([a-z2-7]{16})")


def message_id(secret: bytes, conversation: int, outbox: str, domain: str) -> str:
    """Ours for this message, the same at every attempt."""
    outbox = _OUTBOX.sub("_", outbox)[:64] or "_"
    mac = _mac(secret, "message", str(conversation), outbox)
    return f"<c.{conversation}.{outbox}.{mac}@{domain}>"


def reply_address(secret: bytes, address: str, conversation: int) -> str:
    """`support@…` with a tag that says which conversation an answer belongs to."""
    local, _, domain = address.rpartition("@")
    return f"{local}+c{conversation}.{_mac(secret, 'reply', str(conversation))}@{domain}"


def return_address(secret: bytes, address: str, conversation: int, outbox: str) -> str:
    """Where this message comes back to; the plain address when it has no room for the tag."""
    local, _, domain = address.rpartition("@")
    tag = f"b{conversation}.{outbox}.{_mac(secret, 'return', str(conversation), outbox)}"
    if not _RETURN_TAG.fullmatch(tag) or len(local) + 1 + len(tag) > _LOCAL:
        return address
    return f"{local}+{tag}@{domain}"


def returned(secret: bytes, addresses: Iterable[str], domain: str) -> str:
    """The Message-ID of ours that a genuine return address names; "" when none does."""
    for address in addresses:
        match = _RETURN_TAG.fullmatch(_tag(address))
        if match and _same(match[3], _mac(secret, "return", match[1], match[2])):
            return message_id(secret, int(match[1]), match[2], domain)
    return ""


def proved(secret: bytes, *, addresses: Iterable[str] = (), ids: Iterable[str] = ()) -> int:
    """The conversation that a genuine token names: addresses first, then ids; 0 when none does."""
    for address in addresses:
        if conversation := _of_address(secret, address):
            return conversation
    for id_ in ids:
        if conversation := _of_message_id(secret, id_):
            return conversation
    return 0


def proving(secret: bytes, ids: Iterable[str]) -> str:
    """The first of these ids that is genuinely ours; "" when none is."""
    return next((id_ for id_ in ids if _of_message_id(secret, id_)), "")


def claimed(secret: bytes, *, addresses: Iterable[str], ids: Iterable[str]) -> int:
    """The conversation that a token names whose signature is wrong; 0 when none does."""
    tags = ((_REPLY_TAG.fullmatch(_tag(one)), _of_address(secret, one)) for one in addresses)
    told = ((_MESSAGE_ID.fullmatch(one.strip()), _of_message_id(secret, one)) for one in ids)
    return next((int(match[1]) for match, right in (*tags, *told) if match and not right), 0)


def ours_in(secret: bytes, raw: bytes) -> str:
    """The Message-ID of ours in a raw mail, such as a bounce that encloses it; "" if none.

    An enclosed mail refers to others of ours too: the one that stands in its Message-ID is meant.
    """
    text = raw.decode("ascii", "replace")
    for pattern in (_OWN_LINE, _MESSAGE_ID):
        found = (match[0].rpartition(" ")[2] for match in pattern.finditer(text))
        if id_ := next((id_ for id_ in found if _of_message_id(secret, id_)), ""):
            return id_
    return ""


def _of_address(secret: bytes, address: str) -> int:
    match = _REPLY_TAG.fullmatch(_tag(address))
    if match is None or not _same(match[2], _mac(secret, "reply", match[1])):
        return 0
    return int(match[1])


def _tag(address: str) -> str:
    """What stands between the plus and the last @."""
    return address.lower().rpartition("@")[0].partition("+")[2]


def _of_message_id(secret: bytes, id_: str) -> int:
    match = _MESSAGE_ID.fullmatch(id_.strip())
    if match is None or not _same(match[3], _mac(secret, "message", match[1], match[2])):
        return 0
    return int(match[1])


def _mac(secret: bytes, *parts: str) -> str:
    digest = hmac.new(secret, "\0".join(parts).encode("ascii"), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_MAC].decode("ascii").lower()


def _same(told: str, right: str) -> bool:
    return hmac.compare_digest(told, right)
