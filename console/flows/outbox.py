"""What is on its way out, failed or is uncertain: from here to its place in the thread."""

from collections.abc import Sequence
from typing import Any

from console.lines import one_line
from console.paint import naming
from console.stage import Choice, Stage
from console.words import times
from console.words.catalogue import _, sentences
from wire.messages.desk import OutboxRow
from wire.messages.verbs import Outbox, ReadOutbox

PAGE = 100
LETTERS = {"": "a", "failed": "f", "ambiguous": "u", "sent": "s"}
STYLES = {"failed": "late", "ambiguous": "warn"}


async def outbox(stage: Stage, words: str = "") -> None:
    part = words.strip() if words.strip() in LETTERS else ""
    parts = [
        Choice(name, _(naming.DELIVERY[name]) if name else _("not settled"), key=key)
        for name, key in LETTERS.items()
    ]

    async def fetch(state: Any, last: Any) -> Sequence[Choice]:
        ask = ReadOutbox(state=state, before=last.id if last else 0, limit=PAGE)
        return await stage.desk.found(ask, choices)

    def choices(found: Outbox) -> Sequence[Choice]:
        return [_choice(row, stage.view.now) for row in found.rows]

    chosen = await stage.drawers.browse(_("What goes out"), parts, part, fetch)
    if chosen:
        row: OutboxRow = chosen[1]
        await stage.reading.open(row.contact, row.conversation, message=row.message)


def _choice(row: OutboxRow, now: float) -> Choice:
    words = _(naming.DELIVERY[row.state]) if row.state in naming.DELIVERY else row.state
    title = f"{times.when(row.at, now):<13} {words}  {row.kind} {one_line(row.remote)}"
    detail = sentences(row.reason) or (_("waits for the message before it") if row.behind else "")
    detail = f"{detail} · {one_line(row.text)}" if detail else one_line(row.text)
    return Choice(row, title, detail, style=STYLES.get(row.state, ""))
