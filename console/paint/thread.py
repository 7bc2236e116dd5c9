"""The thread: what stands in it, in order, and what is said around it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

from console.lines import Line, Span, cut, line, width_of, wrapped
from console.paint import naming
from console.paint.message import Shown, message_lines
from console.themes import STRANDS
from console.view import Thread, View
from console.words import times
from console.words.catalogue import _, n_
from wire.messages.desk import MessageRow

Kind = Literal["day", "strand", "switch", "waiting", "message", "more"]
Key = tuple[Kind, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the thread. `key` stays the same while it is the same thing."""

    kind: Kind
    key: Key
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


def item_lines(item: Item, shown: Shown) -> tuple[Line, ...]:
    if item.message is not None:
        return message_lines(item.message, item.hue, shown)
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
