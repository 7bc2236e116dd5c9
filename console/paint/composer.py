"""The frame of what is being written: to whom, by what, what the send key does. Pure."""

from console.drafts import Draft, parties_shown
from console.lines import Line, Span, cut, width_of
from console.paint import naming
from console.paint.message import chip
from console.paint.queue import urgency
from console.view import View, colleagues_in
from console.words import times
from console.words.catalogue import _

INK = {"reply": "accent", "comment": "comment", "forward": "accent", "compose": "accent"}


def edge(draft: Draft | None, focused: bool) -> str:
    """The colour of the frame: a comment never looks like a reply."""
    if draft is None:
        return "faint"
    return INK[draft.mode] if focused or draft.mode == "comment" else "faint"


def top_line(view: View, draft: Draft | None, width: int, focused: bool) -> Line:
    ink = edge(draft, focused)
    left = (Span("╭ ", ink), *title(view, draft, focused), Span(" ", ink))
    right = (*_clock(view, draft), Span("╮", ink))
    rule = "─" * max(width - width_of(left) - width_of(right), 0)
    return Line((*left, Span(rule, ink), *right))


def title(view: View, draft: Draft | None, focused: bool) -> tuple[Span, ...]:
    if draft is None:
        return (Span(_("r writes a reply"), "dim"),)
    style = "title" if focused else ""
    row = view.rows.get(draft.conversation)
    name = cut(row.contact_name, 40) if row else ""
    match draft.mode:
        case "comment":
            return (
                Span(_("comment for colleagues"), "comment"),
                Span(" · " + _("not sent to the customer"), "comment"),
            )
        case "forward":
            return (Span(_("forward to {people}", people=parties_shown(draft)), style),)
        case "compose":
            words = _("to {people}", people=parties_shown(draft))
            return (Span(words, style), Span(f" · {naming.channel(draft.kind)}", "dim"))
    named = Span(_("to {name}", name=name), style)
    channel = Span(f" · {naming.channel(draft.kind)}", "dim")
    return (named, channel, *_there(view, draft), *_others(view, draft))


def _there(view: View, draft: Draft) -> tuple[Span, ...]:
    thread = view.thread
    account = view.account(draft.kind, draft.account)
    live = account and account.capabilities and account.capabilities.typing
    if thread is None or thread.online is None or not live:
        return ()
    if thread.online:
        return (Span(" · ", "faint"), Span(_("online"), "good"))
    return (Span(" · ", "faint"), Span(_("left the page"), "warn"))


def _others(view: View, draft: Draft) -> tuple[Span, ...]:
    """Colleagues who write here now: two answers are worse than one."""
    writing = [agent for agent, writes in colleagues_in(view, draft.conversation) if writes]
    if not writing:
        return ()
    return (Span(" · " + _("{agent} is writing", agent=writing[0]), "warn"),)


def _clock(view: View, draft: Draft | None) -> tuple[Span, ...]:
    """How long the customer has waited; who writes to somebody else does not answer them."""
    row = view.strand
    elsewhere = draft is not None and draft.mode in ("forward", "compose")
    if row is None or row.due is None or elsewhere:
        return ()
    left = row.due - view.now
    style = urgency(row, view.now)
    if left < 0:
        return (Span(" " + _("{time} late", time=times.span(int(-left))) + " ", style),)
    return (Span(" " + times.countdown(left) + " ", style),)


def bottom_line(view: View, draft: Draft | None, width: int, focused: bool) -> Line:
    ink = edge(draft, focused)
    if draft is None or not focused:
        return Line((Span("╰" + "─" * (width - 2) + "╯", ink),))
    words = Span(cut(_keys(view, draft), width - 6), "dim")
    left = (Span("╰ ", ink), words, Span(" ", ink))
    rule = "─" * max(width - width_of(left) - 1, 0)
    return Line((*left, Span(rule + "╯", ink)))


def enter_sends(view: View, draft: Draft) -> bool:
    """Enter sends in a chat and adds a comment; in mail it breaks the line."""
    if draft.mode == "comment":
        return True
    account = view.account(draft.kind, draft.account)
    return bool(account and account.capabilities and account.capabilities.enter_sends)


def _keys(view: View, draft: Draft) -> str:
    if draft.mode == "comment":
        return _("Enter adds the comment · ^J new line · Esc keeps it")
    if enter_sends(view, draft):
        return _("Enter sends · ^J new line · ^O one moment please · / ready texts")
    return _("^S sends · F2 review · Enter new line · ^L attach · / ready texts")


def chips_line(draft: Draft | None) -> Line | None:
    if draft is None or not draft.attachments:
        return None
    spans = [Span(" ")]
    for attachment in draft.attachments:
        spans.append(Span(chip(attachment) + "   ", "chip"))
    return Line(tuple(spans))
