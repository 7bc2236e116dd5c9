"""What the gateway says to a visitor's page. Pure."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import field

from adapters.sdk import Attachment, MessageIn, Outbound, PastMessage, Standing

# Makes the address, relative to the gateway, at which this visitor may fetch a file.
Link = Callable[[Attachment], str]


class File(msgspec.Struct, frozen=True):
    name: str
    size: int
    url: str


class _Frame(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    pass


class Line(_Frame, frozen=True, tag="msg"):
    """One message as the visitor sees it; the page drops what it has by `seq`, or by `id`."""

    seq: int
    id: str
    text: str
    at: float
    mine: bool = False
    author: str = field(default="", name="from")
    files: tuple[File, ...] = ()


class Welcome(_Frame, frozen=True, tag="welcome"):
    visitor: str
    # "" for a visitor whom the site signed in: their proof is the site's, each time anew.
    token: str
    title: str
    greeting: str
    # Largest file in bytes.
    limit: int
    history: tuple[Line, ...] = ()
    more: bool = False


class Ack(_Frame, frozen=True, tag="ack"):
    """The message is committed: it will be read."""

    cid: str
    seq: int
    at: float


class Nack(_Frame, frozen=True, tag="nack"):
    """The message was not taken; after `retry` seconds it may be sent again, 0 means never."""

    cid: str
    retry: float = 0.0


class Typing(_Frame, frozen=True, tag="typing"):
    on: bool
    author: str = field(default="", name="from")


class Stands(_Frame, frozen=True, tag="waits", omit_defaults=False):
    """How long they will wait, in each language of the widget; "" when they wait no more."""

    en: str = ""
    ru: str = ""
    uk: str = ""


class History(_Frame, frozen=True, tag="history"):
    history: tuple[Line, ...]
    more: bool = False


class Ticket(_Frame, frozen=True, tag="ticket"):
    """The file of the message `cid` may be posted there, once."""

    cid: str
    url: str


class Noted(_Frame, frozen=True, tag="noted"):
    """The e-mail address was taken (or was none)."""

    ok: bool


class Error(_Frame, frozen=True, tag="error"):
    code: str


class Beat(_Frame, frozen=True, tag="beat"):
    """We are still here: a page that hears nothing for long connects anew."""


class Bye(_Frame, frozen=True, tag="bye"):
    """The socket closes; with `stay` the page need not come back."""

    reason: str
    stay: bool = False


Frame = (
    Line | Welcome | Ack | Nack | Typing | Stands | History | Ticket | Noted | Error | Beat | Bye
)  # fmt: skip


def text(frame: Frame) -> str:
    return msgspec.json.encode(frame).decode("utf-8")


def reply(message: Outbound, link: Link) -> Line:
    """An agent's message."""
    return Line(
        seq=message.seq,
        id=message.id,
        text=message.text,
        at=message.at,
        author=message.author,
        files=_files(message.attachments, link),
    )


def own(message: MessageIn, cid: str, seq: int, link: Link) -> Line:
    """The visitor's own message, for their other pages."""
    return Line(
        seq=seq,
        id=cid,
        text=message.text,
        at=message.at,
        mine=True,
        files=_files(message.attachments, link),
    )


def stands(standing: Standing) -> Stands:
    """In minutes; what is uncertain is told as a span."""
    if not standing.position:
        return Stands()
    words = _NUMBER if standing.low is None or standing.high is None else _MINUTES
    low, high = (max(round((each or 0.0) / 60), 1) for each in (standing.low, standing.high))
    span = f"{low}–{high}" if low < high else str(high)
    return Stands(**{lang: text.format(n=standing.position, span=span)
                     for lang, text in words.items()})  # fmt: skip


_NUMBER = {
    "en": "You are number {n} in line",
    "ru": "Вы {n}-й в очереди",
    "uk": "Ви {n}-й у черзі",
}
_MINUTES = {
    "en": "You are number {n} in line: about {span} min",
    "ru": "Вы {n}-й в очереди: примерно {span} мин",
    "uk": "Ви {n}-й у черзі: приблизно {span} хв",
}


def history(past: Sequence[PastMessage], visitor: str, link: Link) -> tuple[Line, ...]:
    return tuple(_past(message, visitor, link) for message in past)


def _past(message: PastMessage, visitor: str, link: Link) -> Line:
    return Line(
        seq=message.seq,
        # The page knows its own messages by the cid that it gave them.
        id=message.id if message.ours else message.id.removeprefix(f"{visitor}-"),
        text=message.text,
        at=message.at,
        mine=not message.ours,
        author=message.author if message.ours else "",
        files=_files(message.attachments, link),
    )


def _files(attachments: Sequence[Attachment], link: Link) -> tuple[File, ...]:
    return tuple(File(each.name, each.size, link(each)) for each in attachments)
