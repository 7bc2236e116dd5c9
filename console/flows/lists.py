"""Turn the list: another view of the desk, or a filter on this one."""

from collections.abc import Sequence

from rich.cells import cell_len

from console.paint import naming
from console.stage import Choice, Stage
from console.view import LISTS, View
from console.words.catalogue import _, told
from wire.query.completing import complete
from wire.query.nodes import Query, QueryError
from wire.query.parsing import parse

KEYS = {"mine": "m", "waiting": "w", "team": "t", "snoozed": "s", "resolved": "r", "all": "a"}


async def views(stage: Stage, words: str = "") -> None:
    name = words.strip()
    if name not in LISTS:
        choices = [Choice(known, _(naming.LISTS[known]), key=KEYS[known]) for known in LISTS]
        name = await stage.drawers.choose(_("Which list?"), choices)
    if name:
        await stage.reading.turn_list(name, "")
        stage.panes.focus("queue")


async def filter_list(stage: Stage, words: str = "") -> None:
    """Live while it is typed; remembered until Esc. What cannot be read yet changes nothing."""
    before, typed = stage.view.filter, words or stage.view.filter
    if words and isinstance(parse(words), Query):
        await stage.reading.turn_list(stage.view.list, words)
        return

    async def narrowed(typed: str) -> Sequence[Choice]:
        found = parse(typed)
        if isinstance(found, Query):
            await stage.reading.turn_list(stage.view.list, typed)
        following = _following(stage.view, typed)
        return following if following or isinstance(found, Query) else [_wrong(typed, found)]

    title = _("Filter: words, !words, channel:email, -owner:me, waiting:>10m")
    given = await stage.drawers.prompt(title, narrowed, value=typed, free=True)
    while given is not None and given.choice is not None:
        typed = f"{given.text.rpartition(' ')[0]} {given.choice.title}".strip()
        given = await stage.drawers.prompt(title, narrowed, value=typed, free=True)
    asked = before if given is None else given.text.strip()
    if isinstance(parse(asked), Query):
        await stage.reading.turn_list(stage.view.list, asked)
    else:
        stage.say(_("This filter cannot be read."), "warn")
    stage.panes.focus("queue")


def _following(view: View, typed: str) -> list[Choice]:
    """What the last word could become, as it would stand there."""
    begins = typed.rfind(" ") + 1
    if begins == len(typed):
        return []
    found = complete(typed, len(typed), _names(view))
    whole = ((typed[begins : each.start] + each.text, each.help) for each in found)
    return [
        Choice(text, text, _(said) if said else "")
        for text, said in whole
        if " " not in text and text != typed[begins:]
    ]


def _names(view: View) -> dict[str, list[str]]:
    rows = view.rows.values()
    return {
        "team": [team.id for team in view.teams],
        "owner": list(view.colleagues),
        "account": [account.account for account in view.accounts],
        "channel": sorted({account.kind for account in view.accounts}),
        "tag": sorted({tag for row in rows for tag in row.tags}),
        "skill": sorted({skill for row in rows for skill in row.skills}),
    }


def _wrong(typed: str, error: QueryError) -> Choice:
    """A mark under the column, and what is wrong there."""
    mark = " " * cell_len(typed[: error.column - 1]) + "^ "
    return Choice(None, mark + told(error.said), style="warn")
