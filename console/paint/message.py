"""The lines of one message: who and by which channel, its words, what hangs on it. Pure.

Customers' words are the brightest; a comment has another gutter, another ground and says that it
is not sent.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from console.lines import Line, Span, line, wrapped
from console.paint import naming
from console.words import times
from console.words.catalogue import _, n_, sentences, told
from wire.messages.channel import Attachment, Fold
from wire.messages.desk import MessageRow

URL = re.compile(r"https?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)\]]", re.IGNORECASE)
# Adapters put whole sentences one after another.
# A message longer than this is folded after so many lines, until it is opened.
LONG = 40
# What is due goes out within so many seconds, unless another one is in its way.
SOON = 2.0


@dataclass(frozen=True, slots=True)
class Shown:
    """How it is shown now; with its key and version, the key of the cache."""

    width: int
    cursor: bool = False
    open: bool = False
    state: str = ""
    state_style: str = "dim"
    me: str = ""


def message_lines(message: MessageRow, hue: int, shown: Shown) -> tuple[Line, ...]:
    match message.by:
        case "desk":
            return _desk(message, shown)
        case "comment":
            return _block(message, Span(" ┆ ", "comment"), "comment", "comment", shown)
        case "agent":
            return _block(message, Span(" ▎ ", f"strand{hue}"), "ours", "", shown)
    return _block(message, Span(" ▎ ", f"strand{hue}"), "text", "", shown)


def _desk(message: MessageRow, shown: Shown) -> tuple[Line, ...]:
    words = told(message.said) or message.text
    at = Span(times.clock(message.at) + " ", "dim")
    ground = "cursor" if shown.cursor else ""
    parts = wrapped(words, shown.width - 12)
    first = Line((Span("   · ", "faint"), Span(parts[0], "dim")), (at,), ground, message.id)
    rest = (Line((Span("     "), Span(part, "dim")), (), ground, message.id) for part in parts[1:])
    return (first, *rest, line())


def _block(
    message: MessageRow, gutter: Span, style: str, ground: str, shown: Shown
) -> tuple[Line, ...]:
    ground = "cursor" if shown.cursor else ground
    body = [*_body(message, style, shown), *_unsettled(message, shown)]
    inside = [_head(message, shown), *body]
    gap = line()
    return (*(Line((gutter, *left), right, ground, message.id) for left, right in inside), gap)


Row = tuple[tuple[Span, ...], tuple[Span, ...]]


def _head(message: MessageRow, shown: Shown) -> Row:
    """Who, by which channel, what became of it; when."""
    spans = [Span(_author(message, shown.me), "comment" if message.by == "comment" else "dim")]
    dot = Span(" · ", "faint")
    if message.by == "comment":
        spans += [dot, Span(_("comment, not sent to the customer"), "comment")]
    else:
        spans += [dot, Span(naming.channel(message.kind), "dim")]
    for words in _marks(message):
        spans += [dot, Span(words, "dim")]
    if shown.state:
        spans += [dot, Span(shown.state, shown.state_style)]
    for span in proof(message):
        spans += [dot, span]
    return tuple(spans), (Span(times.clock(message.at) + " ", "dim"),)


def proof(message: MessageRow) -> Iterator[Span]:
    """Whether it is they: said where anybody could write an address of somebody else."""
    sender = message.sender
    if sender is None:
        return
    if sender.verified:
        yield Span("✓ " + _("verified"), "good")
    elif "@" in sender.address:
        yield Span(_("unsure"), "dim")
    if sender.doubt:
        yield Span("⚠ " + sentences(sender.doubt), "warn")
    if spelled := message.notes.get("address"):
        yield Span(spelled, "warn" if sender.doubt else "dim")


def _author(message: MessageRow, me: str) -> str:
    if message.agent and message.agent == me:
        return _("you")
    return message.author or message.agent or _("unknown")


def _marks(message: MessageRow) -> Iterator[str]:
    if message.automatic:
        yield _("automatic")
    if message.edited:
        yield _("edited")
    if message.late:
        yield _("came late")
    if others := message.notes.get("also_to"):
        yield _("also came to {addresses}", addresses=others)
    if page := message.notes.get("page"):
        yield _("on the page {page}", page=place(page))


def state_of(message: MessageRow, now: float) -> tuple[str, str]:
    """What became of a message of ours, in words."""
    if message.by != "agent" or not message.state:
        return "", "dim"
    if message.state == "held":
        left = (message.undo_until or now) - now
        if left < -SOON:
            return _("waits for the message before it"), "warn"
        time = times.countdown(max(left, 0))
        return _("goes out in {time} · ^Z takes it back", time=time), "warn"
    words = _(naming.DELIVERY[message.state])
    if message.reason:
        style = "late" if message.state == "failed" else "warn"
        return f"{words}: {sentences(message.reason)}", style
    if message.state in ("failed", "ambiguous"):
        return words, "late" if message.state == "failed" else "warn"
    return words, "good" if message.state in ("delivered", "read", "sent") else "dim"


def _body(message: MessageRow, style: str, shown: Shown) -> Iterator[Row]:
    if message.deleted:
        yield (Span(_("(deleted by the sender)"), "dim"),), ()
        return
    parts = wrapped(message.text, shown.width - 5) if message.text else []
    if len(parts) > LONG and not shown.open:
        rest = len(parts) - LONG
        parts = parts[:LONG]
        yield from ((_linked(part, style), ()) for part in parts)
        more = n_("▸ {count} more line", "▸ {count} more lines", rest)
        yield (Span(more, "accent"),), ()
    else:
        yield from ((_linked(part, style), ()) for part in parts)
    for span in _placed(message):
        yield from (((Span(part, span.style),), ()) for part in wrapped(span.text, shown.width - 5))
    for words in _warnings(message):
        yield from (((Span(part, "warn"),), ()) for part in wrapped("⚠ " + words, shown.width - 5))
    yield from _tail(message, shown)


def _placed(message: MessageRow) -> Iterator[Span]:
    """Why it stands here, when another conversation has to do with it."""
    if message.placed is None or "conversation" not in message.placed.args:
        return
    yield Span("↪ " + told(message.placed), "dim" if message.home else "warn")


def _warnings(message: MessageRow) -> Iterator[str]:
    """What of it did not come through, or is odd."""
    if reason := message.notes.get("unreadable"):
        yield _("This message could not be read: {reason}", reason=sentences(reason))
    if names := message.notes.get("lost"):
        yield _("Files that were not kept: {names}", names=names)
    if "same_id" in message.notes:
        yield _("Another mail came with the same Message-ID.")
    for key in ("cut", "problems"):
        if said := message.notes.get(key):
            yield sentences(said)


def _details(message: MessageRow) -> Iterator[str]:
    """What one may want to know of how it came."""
    for key in ("automatic", "html", "remote"):
        if said := message.notes.get(key):
            yield sentences(said)


def _unsettled(message: MessageRow, shown: Shown) -> Iterator[Row]:
    """Where the desk does not know how to go on, what a person can do."""
    if message.by != "agent" or message.state not in ("failed", "ambiguous"):
        return
    if message.state == "ambiguous":
        words = _("Perhaps it arrived, perhaps not. What is written after it waits.")
        choices = _("send it again · it arrived · leave it")
    else:
        words = _(
            "It did not arrive: {reason}", reason=sentences(message.reason) or _("nobody said why")
        )
        choices = _("send it again · leave it")
    for part in wrapped("⚠ " + words, shown.width - 5):
        yield (Span(part, "warn"),), ()
    yield (Span("! ", "key"), Span(choices, "dim")), ()


def _linked(text: str, style: str) -> tuple[Span, ...]:
    spans, at = [], 0
    for match in URL.finditer(text):
        spans += [Span(text[at : match.start()], style), Span(match[0], "link")]
        at = match.end()
    return (*spans, Span(text[at:], style))


def _tail(message: MessageRow, shown: Shown) -> Iterator[Row]:
    """Files, links with their hosts, what is folded."""
    chips: list[Span] = []
    for attachment in message.attachments:
        chips.append(Span(chip(attachment) + "     ", "chip"))
    for number, url in enumerate(links(message), 1):
        chips.append(Span(f"↗{number} {host(url)}     ", "link" if shown.open else "dim"))
    if message.reactions:
        chips.append(Span(" ".join(message.reactions) + "     ", "chip"))
    if not shown.open:
        chips.extend(Span("▸ " + fold_words(fold) + "     ", "dim") for fold in message.folds)
    yield from _chip_rows(chips, shown.width - 5)
    if shown.open:
        yield from (((Span("· " + words, "dim"),), ()) for words in _details(message))
        yield from _unfolded(message.folds, shown)


def _chip_rows(chips: Iterable[Span], width: int) -> Iterator[Row]:
    row: list[Span] = []
    used = 0
    for span in chips:
        if row and used + len(span.text) > width:
            yield tuple(row), ()
            row, used = [], 0
        row.append(span)
        used += len(span.text)
    if row:
        yield tuple(row), ()


def _unfolded(folds: tuple[Fold, ...], shown: Shown) -> Iterator[Row]:
    for fold in folds:
        yield (Span("▾ " + fold_words(fold), "dim"),), ()
        for part in wrapped(fold.text, shown.width - 8):
            yield (Span("  ", "dim"), Span(part, "dim")), ()


def chip(attachment: Attachment) -> str:
    return f"▤ {attachment.name} {times.size(attachment.size)}"


def fold_words(fold: Fold) -> str:
    count = fold.text.count("\n") + 1
    match fold.kind:
        case "quote":
            return n_("{count} quoted line", "{count} quoted lines", count)
        case "signature":
            return _("signature")
    return n_("{count} line of details", "{count} lines of details", count)


def links(message: MessageRow) -> tuple[str, ...]:
    """The web addresses in a message, each once, in order."""
    return tuple(dict.fromkeys(URL.findall(message.text)))


def place(page: str) -> str:
    """Where on the site it is; whose site, the account says."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return page
    return parts.path if parts.path.strip("/") else parts.netloc or page


def host(url: str) -> str:
    """Whose page it is, in the letters of the wire, so that no look-alike passes for another."""
    try:
        name = urlsplit(url).hostname or url
        return name if name.isascii() else name.encode("idna").decode()
    except ValueError:
        return url[:40]
