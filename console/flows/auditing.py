"""Who saw, sent and changed what of a customer: for those who lead."""

from console.lines import Line, Span, line
from console.paint import naming
from console.stage import Stage
from console.words import times
from console.words.catalogue import _
from wire.messages.desk import AuditRow
from wire.messages.verbs import Audit, ReadAudit

MOST = 200


async def audit(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row is None:
        return
    found: Audit | None = await stage.desk.do(ReadAudit(contact=row.contact, limit=MOST))
    if found is not None:
        title = _("Who saw, sent and changed what of {name}", name=row.contact_name)
        await stage.drawers.sheet(title, audit_lines(found, stage.view.now))


def audit_lines(found: Audit, now: float) -> list[Line]:
    return [_line(row, now) for row in found.rows] or [line(Span(" " + _("Nothing yet.")))]


def _line(row: AuditRow, now: float) -> Line:
    return line(
        Span(f" {times.when(row.at, now):<14} ", "dim"),
        Span(f"{row.agent} "),
        Span(f"{naming.deed(row.what)} ", "title"),
        Span(row.detail, "dim"),
    )
