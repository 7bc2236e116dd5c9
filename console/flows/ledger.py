"""What came in and what became of it: opened with what came, tried again."""

from collections.abc import Sequence
from typing import Any

from console.lines import Line, Span, line, one_line, wrapped
from console.paint import naming
from console.stage import Choice, Stage
from console.words import times
from console.words.catalogue import N_, _, sentences, told
from wire.messages.desk import LedgerRow
from wire.messages.verbs import Done, Ledger, LedgerItem, ReadItem, ReadLedger, Replay

PAGE = 100
# So many lines of what came are shown.
LINES, WIDTH = 2_000, 100
VERDICTS = {
    "accepted": N_("accepted"), "duplicate": N_("here already"), "merged": N_("merged"),
    "quarantined": N_("put aside"), "refused": N_("refused"),
}  # fmt: skip
STYLES = {"quarantined": "late", "refused": "warn"}
LETTERS = {"": "a", "quarantined": "s", "refused": "r", "duplicate": "d", "merged": "m"}


async def ledger(stage: Stage, words: str = "") -> None:
    """All of it, or by a letter only what was put aside, refused, or was here already."""
    part = words.strip() if words.strip() in LETTERS else ""
    parts = [
        Choice(name, _(VERDICTS[name]) if name else _("everything"), key=key)
        for name, key in LETTERS.items()
    ]

    async def fetch(verdict: Any, last: Any) -> Sequence[Choice]:
        ask = ReadLedger(verdict=verdict, before=last.id if last else 0, limit=PAGE)
        return await stage.desk.found(ask, choices)

    def choices(found: Ledger) -> Sequence[Choice]:
        return [_choice(row, stage.view.now) for row in found.rows]

    while chosen := await stage.drawers.browse(_("What came in"), parts, part, fetch):
        part, row = chosen
        if await _opened(stage, row):
            return


def _choice(row: LedgerRow, now: float) -> Choice:
    when = times.when(row.at, now)
    again = f" ×{row.again + 1}" if row.again else ""
    title = f"{when:<13} {row.kind} {row.account}  {_(VERDICTS[row.verdict])}{again}"
    detail = " · ".join(filter(None, (row.reason, one_line(row.said)))) or row.event
    return Choice(row, title, detail, style=STYLES.get(row.verdict, ""))


async def _opened(stage: Stage, row: LedgerRow) -> bool:
    """Whether the agent went on to its thread."""
    item: LedgerItem | None = await stage.desk.do(ReadItem(line=row.id))
    if item is None:
        return False
    choices = [Choice("back", _("back to the list"), key="b")]
    if item.contact:
        choices.insert(0, Choice("thread", _("open its thread"), key="o"))
    if item.row.kept and item.row.verdict in ("quarantined", "refused"):
        choices.insert(0, Choice("replay", _("try it again"), key="y"))
    chosen = await stage.drawers.choose(
        _("Line {number} of the ledger", number=row.id), choices, above=item_lines(item)
    )
    if chosen == "thread":
        await stage.reading.open(item.contact, item.conversation, message=item.row.message)
        return True
    if chosen == "replay":
        done: Done | None = await stage.desk.do(Replay(line=row.id))
        if done is not None:
            stage.say(told(done.said) or _("Done."))
    return False


def item_lines(item: LedgerItem) -> list[Line]:
    row = item.row
    facts = {
        _("came"): f"{times.exact(row.at)}, {naming.channel(row.kind)} {row.account}",
        _("verdict"): _(VERDICTS[row.verdict]),
        _("reason"): sentences(row.reason),
        _("came again"): f"{row.again}, {times.exact(row.last_at)}" if row.again else "",
        _("event"): row.event,
    }
    found = [
        line(Span(f" {name}: ", "dim"), Span(part))
        for name, value in facts.items()
        if value
        for part in wrapped(value, WIDTH)
    ]
    text = [line(Span(" " + part, "text")) for part in wrapped(item.text, WIDTH)[:LINES]]
    rest = [line(Span(" " + _("(there is more of it)"), "dim"))] if item.cut else []
    return [*found, line(), *text, *rest, line()]
