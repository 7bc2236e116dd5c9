"""What a visitor's page says, turned into events of the desk. Pure, and believes nothing."""

import hashlib
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta

from adapters.sdk import Attachment, IdentityIn, MessageIn, Party, ReceiptIn, clean, clean_line
from adapters.sdk.words import N_

TEXT_LIMIT = 4000
FILES = 5

# JSON numbers of a browser; larger ones would not fit a database.
Count = Annotated[int, Meta(ge=0, le=2**53)]
Cid = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Token = Annotated[str, Meta(max_length=4096)]
Line = Annotated[str, Meta(max_length=2048)]

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}\.[^\s@.]{2,63}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class _Frame(msgspec.Struct, frozen=True, tag_field="type"):
    pass


class Login(msgspec.Struct, frozen=True):
    """Who the site says the visitor is; `hash` is the proof."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    hash: Annotated[str, Meta(max_length=128)]
    name: Line = ""


class Hello(_Frame, frozen=True, tag="hello"):
    """A page opened its socket. `read` is the last message that this browser has shown."""

    token: Token = ""
    page: Line = ""
    lang: Line = ""
    read: Count = 0
    user: Login | None = None


class Msg(_Frame, frozen=True, tag="msg"):
    """The visitor wrote. The page repeats it with the same `cid` until it gets an answer."""

    cid: Cid
    text: Annotated[str, Meta(max_length=TEXT_LIMIT)] = ""
    files: Annotated[tuple[Token, ...], Meta(max_length=FILES)] = ()


class Typing(_Frame, frozen=True, tag="typing"):
    on: bool


class Read(_Frame, frozen=True, tag="read"):
    """The visitor has seen everything up to this message."""

    seq: Count


class History(_Frame, frozen=True, tag="history"):
    before: Count


class Email(_Frame, frozen=True, tag="email"):
    address: Annotated[str, Meta(max_length=320)]


class Ticket(_Frame, frozen=True, tag="ticket"):
    """The page would like to upload a file for the message `cid`."""

    cid: Cid
    name: Line
    media_type: Line = ""
    size: Count = 0


class Bye(_Frame, frozen=True, tag="bye"):
    pass


Frame = Hello | Msg | Typing | Read | History | Email | Ticket | Bye
_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


def frame(raw: str) -> Frame | None:
    """The frame, or None when it is none of ours."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def message(
    said: Msg, files: tuple[Attachment, ...], sender: Party, at: float, page: str, language: str
) -> MessageIn | None:
    """The visitor's message; None when there is nothing in it."""
    text = clean(said.text).strip()
    if not text and not files:
        return None
    return MessageIn(
        id=event_id(sender.address, said.cid),
        remote=sender.address,
        sender=sender,
        at=at,
        text=text,
        attachments=files,
        language=language,
        notes={"page": page} if page else {},
    )


def event_id(visitor: str, cid: str) -> str:
    return f"{visitor}-{cid}"


Reached = Literal["delivered", "read"]


def receipt(visitor: str, outbox_id: str, state: Reached, at: float) -> ReceiptIn:
    """A message of ours reached the page (`delivered`) or the visitor's eyes (`read`)."""
    return ReceiptIn(id=f"{state}-{outbox_id}", remote=visitor, of=outbox_id, state=state, at=at)


def identity(said: Email, sender: Party, at: float) -> IdentityIn | None:
    """Another address of the visitor, as they say; None when it is no address."""
    address = clean_line(said.address)
    return _also(sender, Party(address=address, evidence=N_("typed into the chat")), "email", at)


def signed_address(login: Login, sender: Party, at: float) -> IdentityIn | None:
    """The address that the site signed its user in by; None when it names its users otherwise."""
    proved = Party(
        address=login.id, name=sender.name, verified=True, evidence=N_("signed login on the site")
    )
    return _also(sender, proved, "login", at) if sender.verified else None


def _also(sender: Party, other: Party, how: str, at: float) -> IdentityIn | None:
    if _EMAIL.fullmatch(other.address) is None:
        return None
    local, _at, domain = other.address.rpartition("@")
    other = msgspec.structs.replace(other, address=f"{local}@{domain.lower()}")
    mark = hashlib.sha256(other.address.lower().encode("utf-8", "replace")).hexdigest()[:16]
    return IdentityIn(
        id=f"{sender.address}-{how}-{mark}",
        remote=sender.address,
        sender=sender,
        at=at,
        other_kind="email",
        other=other,
    )


def language(said: str) -> str:
    """The language without its country: "uk" of "uk-UA"; "" when it is none."""
    first = said.lower().partition("-")[0]
    return first if _LANGUAGE.fullmatch(first) else ""


def page(url: str) -> str:
    """Where the visitor is. Without query and fragment, since those may hold secrets of theirs."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return clean_line(urlunsplit((parts.scheme, host + port, parts.path, "", "")))


def file_name(said: str) -> str:
    """A name to show: no folders, nothing hidden, not too long."""
    return clean_line(re.split(r"[/\\]", said)[-1], 120) or "file"


def media_type(said: str) -> str:
    return said if _MEDIA_TYPE.fullmatch(said) else "application/octet-stream"


def anonymous(visitor: str, doubt: str = "") -> Party:
    """Somebody who only proved to be the same as last time."""
    return Party(address=visitor, evidence=N_("signed visitor token"), doubt=doubt)


def signed_in(visitor: str, login: Login) -> Party:
    """Somebody whom the site has signed in."""
    name = clean_line(login.name)
    return Party(address=visitor, name=name, verified=True, evidence=N_("signed login"))
