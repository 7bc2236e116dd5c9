"""The head line, the strip of live chats and the hints: one line each. Pure."""

from collections.abc import Iterable

from console.lines import Line, Span, cut, width_of
from console.paint import naming
from console.paint.queue import clock_of
from console.view import View, next_offer
from console.words import times
from console.words.catalogue import _, n_, told
from wire.messages.desk import ConversationRow, OfferRow

GAP = Span("  ·  ", "faint")


def head_line(view: View, width: int) -> Line:
    """What is late first; who I am, how full, how good the link; the clock."""
    right = (*_me(view, width), *_link(view, width), Span(times.clock(view.now)), Span(" "))
    brand = (Span(" cordboard", "brand"), Span("   "))
    left = brand if width >= 100 else (Span(" "),)
    room = width - width_of(left) - width_of(right) - 2
    return Line((*left, *_fitting(_counts(view), room)), right, "bar")


def _fitting(parts: Iterable[tuple[Span, ...]], room: int) -> Iterable[Span]:
    """Whole parts, as many as there is room for: half a number says the wrong thing."""
    for number, part in enumerate(parts):
        part = (GAP, *part) if number else part
        room -= width_of(part)
        if room < 0:
            return
        yield from part


def _counts(view: View) -> Iterable[tuple[Span, ...]]:
    """What must be known first stands first."""
    counts = view.counts
    if view.read_only:
        yield (Span(_("read only"), "late"),)
    if view.paused:
        yield (Span(_("nothing is sent"), "late"),)
    yield _mine(view)
    yield (Span(_("waiting {count}", count=counts.waiting), "dim"),)
    team: list[Span] = [Span(_("team {count}", count=counts.team), "dim")]
    if counts.team_worst is not None:
        left = counts.team_worst - view.now
        style = "late" if left < 0 else "dim"
        team += [Span(_(", worst "), "dim"), Span(times.countdown(left), style)]
    yield tuple(team)


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
    units = _("{load} units", load=load) if width >= 140 else load
    return [
        Span(f"{view.me.id} "),
        Span(f"{mark} ", style),
        Span(cut(naming.presence_of(view.me, view.now), 30 if width >= 100 else 16), style),
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


def alert_line(view: View, width: int) -> Line | None:
    """What must be answered at once: an offer, or that one did not answer the last one."""
    offer = next_offer(view)
    if offer is not None:
        return _offer_line(view, offer, width)
    if view.me.presence != "not-responding":
        return None
    words = _("You did not answer: nothing new comes to you.")
    return Line((Span(" ✗ ", "late"), Span(words, "late")),
                (Span("F9 ", "key"), Span(_("I am here") + " ", "dim")), "selected")  # fmt: skip


def _offer_line(view: View, offer: OfferRow, width: int) -> Line:
    """Who, by what, about what, what it asks; how long yet, and the keys."""
    left = max(offer.until - view.now, 0.0)
    share = left / max(offer.until - offer.at, 1.0)
    style = "late" if share < 0.25 else "warn" if share < 0.5 else "title"
    more = len(view.offers) - 1
    right = (
        Span(times.countdown(left) + " ", style),
        Span("F5 ", "key"), Span(_("take it") + "  ", "dim"),
        Span("F8 ", "key"), Span(_("decline") + " ", "dim"),
    )  # fmt: skip
    left_ = [
        Span(" ▸ ", style),
        Span(_("offered: "), style),
        Span(cut(offer.contact_name or _("unknown"), 24), "strong"),
        Span(f" · {naming.channel(offer.kind)}", "dim"),
    ]
    if more:
        left_.append(Span(" · " + n_("{count} more", "{count} more", more), "warn"))
    parts = (offer.subject or offer.last_text, told(offer.said))
    about = " · ".join(part for part in parts if part)
    room = width - width_of(tuple(left_)) - width_of(right) - 4
    if about and room > 8:
        left_.append(Span(" · " + cut(about, room), ""))
    return Line(tuple(left_), right, "selected")


def strip_line(view: View, width: int, drafts: dict[int, str]) -> Line | None:
    """Each live chat with its countdown and the newest words; None when there is none."""
    chats = view.live
    if not chats:
        return None
    right = (Span("^N ", "key"), Span(_("next due") + " ", "dim"))
    heads = [_chat_head(view, number, row) for number, row in enumerate(chats[:9], 1)]
    room = width - width_of(right) - 2 - sum(width_of(spans) + 3 for spans in heads)
    each = min(room // len(heads), 40)
    spans: list[Span] = [Span(" ")]
    for number, (row, front) in enumerate(zip(chats, heads, strict=False)):
        if number:
            spans.append(Span(" │ ", "faint"))
        spans += [*front, _newest(row, drafts.get(row.id, ""), each)]
    return Line(tuple(spans), right, "bar")


def _chat_head(view: View, number: int, row: ConversationRow) -> tuple[Span, ...]:
    open_now = view.thread is not None and view.thread.strand == row.id
    clock, style = clock_of(row, view.now)
    return (
        Span(f"{number} ", "key"),
        Span(cut(row.contact_name.split(" ")[0], 12), "title" if open_now else ""),
        Span(f" {clock} " if clock else " ", style),
    )


def _newest(row: ConversationRow, draft: str, room: int) -> Span:
    if draft:
        return Span(cut(_("draft"), room), "warn")
    if room < 6:
        return Span("")
    return Span(f"“{cut(row.last_text, room - 2)}”", "text" if row.unanswered else "dim")


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
