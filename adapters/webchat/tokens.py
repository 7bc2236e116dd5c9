"""What the gateway signs and later believes: who a visitor is, and which file is theirs. Pure."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec

from adapters.sdk import Attachment

YEAR = 365 * 86400.0
DAY = 86400.0
# No token of ours is longer, so nothing longer is worth a hash.
LONGEST = 4096


class VisitorPass(msgspec.Struct, frozen=True, tag="visitor"):
    """Whoever brings it is this visitor."""

    visitor: str
    until: float


class DownloadPass(msgspec.Struct, frozen=True, tag="download"):
    """Whoever brings it may have this file: a link in an agent's message."""

    file: Attachment
    until: float


class UploadPass(msgspec.Struct, frozen=True, tag="upload"):
    """This visitor uploaded this file and may put it into a message."""

    visitor: str
    file: Attachment
    until: float


Pass = VisitorPass | DownloadPass | UploadPass
P = TypeVar("P", VisitorPass, DownloadPass, UploadPass)


def sealed(value: Pass, key: bytes) -> str:
    """The pass as text that only the holder of the key could have written."""
    payload = msgspec.json.encode(value)
    return f"{_text(payload)}.{_text(_signature(payload, key))}"


def opened(token: str, type_: type[P], key: bytes, now: float) -> P | None:
    """The pass, if we wrote it, as this kind of pass, and it is still good."""
    payload, _, signature = token.partition(".")
    try:
        body = _bytes(payload)
        if len(token) > LONGEST or not hmac.compare_digest(
            _signature(body, key), _bytes(signature)
        ):
            return None
        value = msgspec.json.decode(body, type=type_)
    except (ValueError, msgspec.DecodeError):
        return None
    return value if now < value.until else None


def signed_login(user: str, user_hash: str, secret: str) -> bool:
    """Did the site say that this is its user? The hash is hex HMAC-SHA256 of the user's id.

    An id that is an e-mail address is taken as theirs: a site signs only what it has confirmed.
    """
    expected = hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), user_hash.lower().encode())


def visitor_of_user(user: str, key: bytes) -> str:
    """The visitor id of somebody logged in: the same on every device, and no guess at the user."""
    return "user-" + hmac.new(key, b"user:" + user.encode(), hashlib.sha256).hexdigest()[:32]


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.new(key, payload, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
