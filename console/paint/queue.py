"""The rows of the queue: two lines each. Pure."""

from dataclasses import dataclass

from console.lines import Line, Span, cut, line, wrapped
from console.paint import naming
from console.view import View
from console.words import times
from console.words.catalogue import _, n_
from wire.messages.desk import ConversationRow

# Cells that are kept for the countdown, so that channel names stand under each other.
COUNTDOWN = 7
# Whether the newest words are theirs whose name stands there.
TRUST = {
    "verified": (Span(" ✓", "good"),), "unsure": (Span(" ?", "dim"),),
    "doubt": (Span(" ⚠", "warn"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowState:
    """What a row shows besides the conversation itself; with it, the key of the painter's cache."""

    selected: bool = False
    focused: bool = False
    clock: str = ""
    clock_style: str = "dim"
    draft: str = ""
    others: bool = False
    digit: int = 0


def clock_of(row: ConversationRow, now: float) -> tuple[str, str]:
    """Time left until the reply target, and its colour."""
    if row.status == "snoozed" and row.snoozed_until:
        return "", "dim"
    if row.due is None:
        return "", "dim"
    return times.countdown(row.due - now), urgency(row, now)


def urgency(row: ConversationRow, now: float) -> str:
    """Late, or three quarters of the business time are gone: nights have no share in it."""
    if row.due is not None and row.due < now:
        return "late"
    return "warn" if row.warn_at is not None and row.warn_at < now else "dim"


def row_lines(row: ConversationRow, state: RowState, now: float) -> tuple[Line, Line]:
    """Name, channel and countdown; below, what it is about or the newest words."""
    ground = ("selected" if state.focused else "marked") if state.selected else ""
    mark = Span("▌", "accent") if state.selected else Span(" ")
    name = Span(row.contact_name or _("unknown"), "strong" if row.unanswered else "")
    first = Line(
        (mark, name, *TRUST.get(row.trust, ())),
        (Span(_channels(row), "dim"), *_clock(state), Span(" ")),
        ground,
        row.id,
    )
    second = Line(
        (mark, _about(row, state)), (*_standing(row, state, now), Span(" ")), ground, row.id
    )
    return first, second


def _channels(row: ConversationRow) -> str:
    name = naming.channel(row.kind)
    return f"{name} ({naming.channel(row.came_from)})" if row.came_from else name


def _clock(state: RowState) -> tuple[Span, ...]:
    return (Span(f"{state.clock:>{COUNTDOWN + 1}}", state.clock_style),)


def _about(row: ConversationRow, state: RowState) -> Span:
    style = "text" if row.unanswered else "dim"
    if state.draft:
        return Span(_("draft: {words}", words=cut(state.draft, 200)), "warn")
    if row.subject:
        return Span(row.subject, style)
    return Span(row.last_text or row.subject, style)


def _standing(row: ConversationRow, state: RowState, now: float) -> tuple[Span, ...]:
    """One word of what sets it apart: snoozed, not mine, more urgent than others."""
    if row.status == "snoozed" and row.snoozed_until:
        return (Span(_("until {time}", time=times.when(row.snoozed_until, now)), "dim"),)
    if row.status == "resolved":
        return (Span(_("resolved"), "good"),)
    if row.priority >= 2:
        return (Span(naming.priority(row.priority), "late" if row.priority > 2 else "warn"),)
    if state.others:
        return (Span(row.owner or _("waiting"), "dim"),)
    return (Span(" ".join(f"#{cut(tag, 12)}" for tag in row.tags[:2]), "dim"),) if row.tags else ()


def title_line(view: View, focused: bool, width: int) -> Line:
    right = (
        (Span(_("/{words} Esc clears", words=view.filter), "accent"), Span(" "))
        if view.filter
        else (Span(_("/ filter"), "dim"), Span(" "))
        if width >= 44
        else ()
    )
    return Line(
        (
            Span(" " + _("Queue"), "title" if focused else "dim"),
            Span("  " + _(naming.LISTS[view.list]), "dim"),
        ),
        right,
    )


def behind_line(count: int) -> Line:
    words = n_("{count} new · g shows it", "{count} new · g shows them", count)
    return line(Span(" ↑ " + words, "accent"))


def foot_line(view: View) -> Line:
    """What else there is, in words."""
    parts = []
    if view.counts.snoozed and view.list == "mine":
        parts.append(n_("{count} snoozed", "{count} snoozed", view.counts.snoozed))
    more = max(view.total - len(view.order), 0)
    if more:
        parts.append(n_("{count} more below", "{count} more below", more))
    elif view.list == "mine" and view.counts.waiting:
        parts.append(n_("{count} waiting", "{count} waiting", view.counts.waiting))
    return line(Span(" " + " · ".join(parts), "dim"))


def empty_lines(view: View, width: int) -> list[Line]:
    """An empty place says when the next one is expected and what one could do."""
    found: list[Line] = []
    for style, words in _lessons(view):
        found.extend(line(Span(" " + part, style)) for part in wrapped(words, width - 2))
        found.append(line())
    return found


def _lessons(view: View) -> list[tuple[str, str]]:
    if not view.loaded:
        waiting = _("Asking the desk…") if view.link.state == "up" else _("Calling the desk…")
        return [("dim", waiting)]
    if view.filter:
        return [
            ("", _("Nothing matches “{words}”.", words=view.filter)),
            ("dim", _("Esc clears the filter; \\ searches all history.")),
        ]
    if view.list == "mine":
        return _nothing_mine(view)
    return [
        ("", _("Nothing here.")),
        ("dim", _("v shows another list.")),
    ]


def _nothing_mine(view: View) -> list[tuple[str, str]]:
    lessons = [("", _("Nothing waits for you."))]
    if view.me.presence != "online":
        lessons.append(("warn", _("You are not online: P says that you are ready for work.")))
    elif view.counts.waiting:
        waits = n_(
            "{count} conversation waits for somebody: v shows it, a takes it.",
            "{count} conversations wait for somebody: v shows them, a takes one.",
            view.counts.waiting,
        )
        lessons.append(("dim", waits))
    else:
        lessons.append(("dim", _("The next one comes to you by itself, with a bell.")))
    lessons.append(("dim", _("v other lists · C write to somebody · \\ search · ? help")))
    return lessons
