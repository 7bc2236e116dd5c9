"""The head line, the strip of live chats and the hints: one line each. Pure."""

from collections.abc import Iterable

from console.lines import Line, Span, cut
from console.paint import naming
from console.paint.queue import clock_of
from console.view import View
from console.words import times
from console.words.catalogue import _

GAP = Span("  ·  ", "faint")


def head_line(view: View, width: int) -> Line:
    """What is late first; who I am, how full, how good the link; the clock."""
    right = [*_me(view, width), *_link(view, width), Span(times.clock(view.now)), Span(" ")]
    brand = (Span(" cordboard", "brand"), Span("   "))
    left = (*(brand if width >= 100 else (Span(" "),)), *_counts(view, width))
    return Line(left, tuple(right), "bar")


def _counts(view: View, width: int) -> Iterable[Span]:
    counts = view.counts
    parts: list[tuple[Span, ...]] = [_mine(view)]
    if view.read_only:
        parts.insert(0, (Span(_("read only"), "late"),))
    if width >= 100:
        team: list[Span] = [Span(_("team {count}", count=counts.team), "dim")]
        if counts.team_worst is not None:
            left = counts.team_worst - view.now
            style = "late" if left < 0 else "dim"
            team += [Span(_(", worst "), "dim"), Span(times.countdown(left), style)]
        parts.append(tuple(team))
    parts.append((Span(_("waiting {count}", count=counts.waiting), "dim"),))
    for number, part in enumerate(parts):
        if number:
            yield GAP
        yield from part


def _mine(view: View) -> tuple[Span, ...]:
    counts = view.counts
    spans = [Span(_("mine: {count}", count=counts.mine))]
    if counts.mine_late:
        spans.append(Span(_(", {count} late", count=counts.mine_late), "late"))
    if counts.mine_next is not None and counts.mine_next >= view.now:
        spans.append(Span(_(", next {time}", time=times.countdown(counts.mine_next - view.now))))
    return tuple(spans)


def _me(view: View, width: int) -> list[Span]:
    if not view.me.id:
        return []
    mark, style = naming.PRESENCE_MARKS.get(view.me.presence, ("○", "dim"))
    load = f"{view.me.load}/{view.me.capacity}"
    units = _("{load} units", load=load) if width >= 120 else load
    return [
        Span(f"{view.me.id} "),
        Span(f"{mark} ", style),
        Span(naming.presence(view.me.presence), style),
        Span(f"  {units}   ", "dim"),
    ]


def _link(view: View, width: int) -> list[Span]:
    link = view.link
    if link.state == "up":
        if width < 100 or link.rtt is None:
            return []
        return [Span(_("link {count} ms", count=max(round(link.rtt * 1000), 1)) + "   ", "dim")]
    words = {
        "connecting": _("calling the desk…"),
        "down": _("link down"),
        "refused": _("not let in"),
    }[link.state]
    return [Span(words + "   ", "late")]


def strip_line(view: View, width: int, drafts: dict[int, str]) -> Line | None:
    """Each live chat with its countdown and the newest words; None when there is none."""
    chats = view.live
    if not chats:
        return None
    spans: list[Span] = [Span(" ")]
    room = max((width - 14) // min(len(chats), 9) - 12, 10)
    for number, row in enumerate(chats[:9], 1):
        if number > 1:
            spans.append(Span(" │ ", "faint"))
        open_now = view.thread is not None and view.thread.strand == row.id
        clock, style = clock_of(row, view.now)
        spans += [
            Span(f"{number} ", "key"),
            Span(cut(row.contact_name.split(" ")[0], 12), "title" if open_now else ""),
            Span(f" {clock} " if clock else " ", style),
            _newest(row.last_text, drafts.get(row.id, ""), room, bool(row.unanswered)),
        ]
    return Line(tuple(spans), (Span("^N ", "key"), Span(_("next due") + " ", "dim")), "bar")


def _newest(words: str, draft: str, room: int, unanswered: bool) -> Span:
    if draft:
        return Span(_("draft"), "warn")
    quoted = f"“{cut(words, max(room - 8, 6))}”"
    return Span(quoted, "text" if unanswered else "dim")


def hints_line(hints: Iterable[tuple[str, str]], width: int) -> Line:
    """Keys and what they do here, as many as fit."""
    spans: list[Span] = [Span(" ")]
    used = 1
    for key, title in hints:
        needed = len(key) + len(title) + 3
        if used + needed > width:
            break
        spans += [Span(key, "key"), Span(f" {title}  ", "dim")]
        used += needed
    return Line(tuple(spans), (), "bar")
