"""Make two customers one, field by field; or take that back."""

from collections.abc import Sequence

from console.flows.knowing import card_of, find_contact
from console.flows.moving import said_lines
from console.lines import Line, Span, cut, line, one_line
from console.stage import Choice, Stage
from console.words import times
from console.words.catalogue import _
from wire.messages.desk import ContactCard, MergeField
from wire.messages.verbs import Merge, MergePlan, PlanMerge, Unmerge

# Fields of which one is chosen, or a list stays as it was, each with its key.
KEYS = {"name": "a", "language": "l", "zone": "z", "company": "c", "tags": "t", "warnings": "w"}
LISTS = ("tags", "warnings")
LETTERS = "abcdefghilnopqrstuvwxyz"


async def merge(stage: Stage, words: str = "") -> None:
    card = await card_of(stage)
    if card is None:
        return
    gone = await _undo_or_more(stage, card) if card.merged else 0
    if gone is None:
        return
    if gone:
        if await stage.desk.do(Unmerge(contact=gone)) is not None:
            stage.say(_("They are two again; each address took its messages along."))
        return
    title = _("Who else is {name}?", name=card.name)
    if contact := await find_contact(stage, card, title, words.strip()):
        await _merged(stage, card.id, contact)


async def _undo_or_more(stage: Stage, card: ContactCard) -> int | None:
    """Somebody who is part of this one and should not be, or 0: one more."""
    now = stage.view.now
    choices = [Choice(0, _("one more is this customer"), key="m")]
    for letter, one in zip(LETTERS, card.merged, strict=False):
        if letter == "m":
            continue
        detail = _("merged by {agent}, {when}", agent=one.by, when=times.when(one.at, now))
        title = _("undo: {name} (#{number}) is somebody else", name=one.name, number=one.id)
        choices.append(Choice(one.id, title, detail, key=letter))
    chosen: int | None = await stage.drawers.choose(card.name, choices)
    return chosen


async def _merged(stage: Stage, kept: int, gone: int) -> None:
    """Shown side by side, until the agent agrees or turns away."""
    take: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    while True:
        plan: MergePlan | None = await stage.desk.do(
            PlanMerge(kept=kept, gone=gone, take=take, keep=keep)
        )
        if plan is None:
            return
        above = [*side_by_side(plan.fields), *said_lines(plan.said)]
        chosen = await stage.drawers.choose(_("Make them one?"), _choices(plan), above=above)
        match chosen:
            case None:
                return
            case "y":
                break
            case name if name in LISTS and name in take:
                take, keep = _without(take, name), (*keep, name)
            case name if name in keep:
                keep = _without(keep, name)
            case name if name in take:
                take = _without(take, name)
            case name:
                take = (*take, name)
    if await stage.desk.do(Merge(kept=kept, gone=gone, take=take, keep=keep)) is not None:
        stage.say(_("They are one now. M undoes it, also later."))


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in names if one != name)


def _choices(plan: MergePlan) -> list[Choice]:
    """To agree, or to choose otherwise where both say something."""
    found = [Choice("y", _("make them one"), key="y")]
    for field in plan.fields:
        if field.conflict and field.name in KEYS:
            title = _("choose another {field}", field=field_name(field.name))
            found.append(Choice(field.name, title, one_line(field.result)[:40], KEYS[field.name]))
    return found


def side_by_side(fields: Sequence[MergeField]) -> list[Line]:
    """A row a field: what this one says, what the other, and what stays."""
    heads = (_("this one"), _("the other"), _("together"))
    rows = [line(Span(" " * 12), *(Span(f"{head:<22}", "dim") for head in heads))]
    for field in fields:
        style = "warn" if field.conflict else ""
        rows.append(
            line(
                Span(f" {cut(field_name(field.name), 10):<11}", "dim"),
                Span(f"{cut(one_line(field.kept), 20):<22}", style),
                Span(f"{cut(one_line(field.gone), 20):<22}", style),
                Span(cut(one_line(field.result), 20)),
            )
        )
    return [*rows, line()]


def field_name(name: str) -> str:
    names = {
        "name": _("name"),
        "language": _("language"),
        "zone": _("time zone"),
        "company": _("company"),
        "tags": _("tags"),
        "warnings": _("warnings"),
        "note": _("note"),
    }
    return names.get(name, name)
