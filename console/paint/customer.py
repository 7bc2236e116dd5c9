"""The pane about the customer: warnings, note, identities, other conversations. Pure."""

from collections.abc import Iterator

from console.lines import Line, Span, line, wrapped
from console.paint import naming
from console.paint.queue import clock_of, urgency
from console.view import View
from console.words import times
from console.words.catalogue import _
from wire.messages.desk import ContactCard, ConversationRow, IdentityRow


def customer_lines(view: View, width: int, focused: bool) -> list[Line]:
    """Everything, as long as it is; the pane shows a window of it."""
    thread = view.thread
    if thread is None:
        return [_title(_("Customer"), focused)]
    card = thread.card
    if card is None:
        return [_title(_("Customer"), focused), line(), line(Span(" …", "dim"))]
    found = [_title(card.name or _("Customer"), focused), line()]
    found.extend(_targets(view, width))
    found.extend(_warnings(card, width))
    found.extend(_note(card, view, width))
    found.extend(_identities(card, width))
    found.extend(_about(card, view, width))
    found.extend(_others(card, view))
    return found


def _title(words: str, focused: bool) -> Line:
    return line(Span(f" {words}", "title" if focused else "dim"))


def _targets(view: View, width: int) -> Iterator[Line]:
    """By when it is to be answered and resolved. A reply alone has its clock in the composer."""
    row = view.strand
    if row is None or row.resolve_due is None:
        return
    words = []
    if row.due is not None:
        due = times.when(row.due, view.now)
        reply = (
            _("next reply by {time}", time=due)
            if row.replied
            else _("first reply by {time}", time=due)
        )
        words.append((reply, urgency(row, view.now)))
    late = "late" if row.resolve_due < view.now else "dim"
    words.append((_("to be resolved by {time}", time=times.when(row.resolve_due, view.now)), late))
    for text, style in words:
        yield from (line(Span(f" {part}", style)) for part in wrapped(text, width - 2))
    yield line()


def _warnings(card: ContactCard, width: int) -> Iterator[Line]:
    for warning in card.warnings:
        for number, part in enumerate(wrapped(warning, width - 4)):
            yield line(Span(" ⚠ " if number == 0 else "   ", "warn"), Span(part, "warn"))
    if card.warnings:
        yield line()


def _note(card: ContactCard, view: View, width: int) -> Iterator[Line]:
    note = card.note
    by: tuple[Span, ...] = ()
    if note and note.by and note.text:
        when = times.when(note.at, view.now)
        by = (Span(_("{agent}, {when}", agent=note.by, when=when) + " ", "dim"),)
    yield Line((Span(" " + _("Notes"), "dim"),), by)
    if note and note.text.strip():
        for part in wrapped(note.text.rstrip(), width - 2):
            yield line(Span(f" {part}"))
    else:
        for part in wrapped(_("Nothing yet. n writes what colleagues should know."), width - 2):
            yield line(Span(f" {part}", "dim"))
    yield line()


def _identities(card: ContactCard, width: int) -> Iterator[Line]:
    for identity in card.identities:
        yield Line((Span(f" {identity.address}"),), (_trust(identity), Span(" ")))
    for one in card.merged:
        words = _("with {name} (#{number}); M undoes it", name=one.name, number=one.id)
        yield from (line(Span(f" {part}", "dim")) for part in wrapped(words, width - 2))
    if card.identities:
        yield line()


def _trust(identity: IdentityRow) -> Span:
    if identity.blocked:
        return Span(_("blocked"), "late")
    return Span(_("verified"), "good") if identity.verified else Span(_("unsure"), "dim")


def _about(card: ContactCard, view: View, width: int) -> Iterator[Line]:
    parts = [part for part in (card.company, card.zone, card.language) if part]
    parts += [f"#{tag}" for tag in card.tags]
    if not parts:
        return
    for part in wrapped(" · ".join(parts), width - 2):
        yield line(Span(f" {part}", "dim"))
    yield line()


def _others(card: ContactCard, view: View) -> Iterator[Line]:
    strand = view.thread.strand if view.thread else 0
    rows = [view.rows.get(row.id, row) for row in card.conversations if row.id != strand]
    still_open = [row for row in rows if row.status != "resolved"]
    if still_open:
        yield line(Span(" " + _("Also open"), "dim"))
        yield from (_other(row, view) for row in still_open)
        yield line()
    closed = sorted((r for r in rows if r.status == "resolved"), key=lambda r: -r.last_at)
    if closed:
        yield line(Span(" " + _("Earlier"), "dim"))
        yield from (_other(row, view) for row in closed[:8])


def _other(row: ConversationRow, view: View) -> Line:
    name = row.subject or row.last_text or naming.channel(row.kind)
    if row.status == "resolved":
        return Line(
            (Span(f" {name}", "dim"),), (Span(times.day(row.last_at) + " ", "dim"),), "", row.id
        )
    clock, style = clock_of(row, view.now)
    words = Span(clock or naming.status(row.status), style if clock else "dim")
    return Line((Span(f" {name}"),), (words, Span(" ")), "", row.id)


def pinned_line(view: View) -> Line | None:
    """The warning that must be seen where the pane is not, above the composer."""
    card = view.thread.card if view.thread else None
    if card is None or not card.warnings:
        return None
    return line(Span(" ⚠ ", "warn"), Span(card.warnings[0], "warn"))
