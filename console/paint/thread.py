"""The thread: what stands in it, and the lines of each thing. Pure.

Customers' words are the brightest; a comment has another gutter, another ground and says that it
is not sent.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from rich.cells import cell_len

from console.lines import Line, Span, cut, line, width_of, wrapped
from console.paint import naming
from console.themes import STRANDS
from console.view import Thread, View
from console.words import times
from console.words.catalogue import _, n_, told
from wire.messages.channel import Attachment, Fold
from wire.messages.desk import MessageRow

URL = re.compile(r"https?://[^\s<>\"'«»]+[^\s<>\"'«».,;:!?)\]]", re.IGNORECASE)
# A message longer than this is folded after so many lines, until it is opened.
LONG = 40

Entry = tuple[str, "MessageRow | None"]
Kind = Literal["day", "strand", "switch", "waiting", "message", "more"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the thread. `key` stays the same while it is the same thing."""

    kind: Kind
    key: tuple[Kind, int]
    words: str = ""
    message: MessageRow | None = None
    hue: int = 0


def items(view: View) -> list[Item]:
    """Everything in the open thread, in order, with what parts it."""
    thread = view.thread
    if thread is None or not thread.loaded:
        return []
    hues = hues_of(thread)
    found = [Item("more", ("more", 0), _("older messages: g"))] if thread.more else []
    first_waiting = _first_waiting(view, thread)
    before: MessageRow | None = None
    channel = ""
    for message in thread.messages:
        found.extend(_parting(view, message, before, hues))
        if message.by == "customer" and channel not in ("", message.kind):
            found.append(Item("switch", ("switch", message.id), _switched(message)))
        channel = message.kind if message.by in ("customer", "agent") else channel
        if message.id == first_waiting:
            found.append(Item("waiting", ("waiting", 0), _waiting_words(view, message)))
        hue = hues.get(message.conversation, 0)
        found.append(Item("message", ("message", message.id), message=message, hue=hue))
        before = message
    return found


def hues_of(thread: Thread) -> dict[int, int]:
    """A quiet hue for each strand, in the order in which they were opened."""
    return {number: place % STRANDS for place, number in enumerate(sorted(thread.conversations))}


def _parting(
    view: View, message: MessageRow, before: MessageRow | None, hues: dict[int, int]
) -> Iterator[Item]:
    if before is None or times.ordinal(message.at) != times.ordinal(before.at):
        yield Item("day", ("day", message.id), times.day(message.at))
    if before is None:
        return
    if message.conversation != before.conversation and len(hues) > 1:
        row = view.rows.get(message.conversation)
        words = strand_name(view, message.conversation) if row else naming.channel(message.kind)
        hue = hues.get(message.conversation, 0)
        yield Item("strand", ("strand", message.id), words, hue=hue)


def _switched(message: MessageRow) -> str:
    name = message.author or _("the customer")
    return _("{name} switched to {channel}", name=name, channel=naming.channel(message.kind))


def strand_name(view: View, conversation: int) -> str:
    row = view.rows.get(conversation)
    if row is None:
        return f"#{conversation}"
    return row.subject or naming.channel(row.kind)


def _first_waiting(view: View, thread: Thread) -> int:
    """The oldest message of the customer in this strand that nobody answered."""
    found = 0
    for message in reversed(thread.messages):
        if message.conversation != thread.strand or message.automatic:
            continue
        if message.by == "agent" and message.state != "cancelled":
            break
        if message.by == "customer":
            found = message.id
    strand = view.strand
    return found if strand and strand.unanswered else 0


def _waiting_words(view: View, message: MessageRow) -> str:
    strand = view.strand
    since = times.when(strand.unanswered_since or message.at if strand else message.at, view.now)
    count = strand.unanswered if strand else 1
    return n_(
        "waiting for you since {since}, {count} message",
        "waiting for you since {since}, {count} messages",
        count,
        since=since,
    )


# --- lines of an item ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """How an item is shown now; with its key and version, the key of the cache."""

    width: int
    cursor: bool = False
    open: bool = False
    state: str = ""
    state_style: str = "dim"
    me: str = ""


def item_lines(item: Item, shown: Shown) -> tuple[Line, ...]:
    if item.message is not None:
        return _message(item.message, item.hue, shown)
    rule = "─" * max(shown.width - len(item.words) - 9, 3)
    match item.kind:
        case "day":
            words = (Span(" ── ", "faint"), Span(item.words, "dim"), Span(f" {rule}", "faint"))
            return (line(*words), line())
        case "waiting":
            return (line(Span("   ── ", "faint"), Span(item.words, "warn"), Span(" ──", "faint")),)
        case "strand":
            name = (Span(" ▎ ", f"strand{item.hue}"), Span(item.words, "dim"))
            return (line(*name),)
        case "more":
            return (line(Span(f" ↑ {item.words}", "dim")), line())
    return (line(Span("   ── ", "faint"), Span(item.words, "dim"), Span(" ──", "faint")),)


def _message(message: MessageRow, hue: int, shown: Shown) -> tuple[Line, ...]:
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
    body = list(_body(message, style, shown))
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
    doubt = message.sender.doubt if message.sender else ""
    if doubt:
        spans += [dot, Span("⚠ " + doubt, "warn")]
    return tuple(spans), (Span(times.clock(message.at) + " ", "dim"),)


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
    if page := message.notes.get("page"):
        yield _("on the page {page}", page=page)


def state_of(message: MessageRow, now: float) -> tuple[str, str]:
    """What became of a message of ours, in words."""
    if message.by != "agent" or not message.state:
        return "", "dim"
    if message.state == "held":
        left = max((message.undo_until or now) - now, 0)
        return _("goes out in {time} · ^Z takes it back", time=times.countdown(left)), "warn"
    words = _(naming.DELIVERY[message.state])
    if message.state in ("failed", "ambiguous"):
        words = f"{words}: {message.reason}" if message.reason else words
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
    yield from _tail(message, shown)


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


def host(url: str) -> str:
    """Whose page it is, in the letters of the wire, so that no look-alike passes for another."""
    try:
        name = urlsplit(url).hostname or url
        return name if name.isascii() else name.encode("idna").decode()
    except ValueError:
        return url[:40]


# --- around it -----------------------------------------------------------------------------------


def title_line(view: View, focused: bool, width: int) -> Line:
    """Whose thread it is, and its topics as far as there is room."""
    thread = view.thread
    if thread is None:
        return line(Span(" " + _("Thread"), "title" if focused else "dim"))
    strand = view.strand
    name = (thread.card.name if thread.card else "") or (strand.contact_name if strand else "")
    room = width - cell_len(name) - 4
    right: tuple[Span, ...] = ()
    for topic in _topics(view, thread, focused):
        room -= width_of(topic)
        if room < 0:
            break
        right = (*topic, *right)
    return Line((Span(f" {name}", "title" if focused else ""),), right)


def _topics(view: View, thread: Thread, focused: bool) -> Iterator[tuple[Span, ...]]:
    """The strand that is spoken to first, then the other open ones, the newest first."""
    hues = hues_of(thread)
    numbers = sorted(thread.conversations, key=lambda n: (n != thread.strand, -n))
    for number in numbers[:4]:
        row = view.rows.get(number)
        if row is None or (row.status == "resolved" and number != thread.strand):
            continue
        style = "title" if number == thread.strand and focused else "dim"
        mark = Span("▎", f"strand{hues.get(number, 0)}")
        yield mark, Span(cut(strand_name(view, number), 22) + "  ", style)


def empty_lines(view: View, width: int) -> list[Line]:
    if view.thread is not None:
        words = _("Nothing was written here yet.") if view.thread.loaded else _("Opening…")
        return [line(Span(f" {words}", "dim"))]
    lessons = (
        _("Enter opens the conversation under the cursor."),
        _("^N opens the one that is due next, from anywhere."),
        _("? shows what can be done here; ^P finds anything by its name."),
    )
    rows: list[Line] = [line()]
    for words in lessons:
        rows.extend(line(Span("  " + part, "dim")) for part in wrapped(words, width - 4))
    return rows
