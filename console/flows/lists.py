"""Turn the list: another view of the desk, or a filter on this one."""

from collections.abc import Sequence

from console.paint import naming
from console.stage import Choice, Stage
from console.view import LISTS
from console.words.catalogue import _

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
    """Live while it is typed; remembered until Esc."""
    if words:
        await stage.reading.turn_list(stage.view.list, words)
        return
    before = stage.view.filter

    async def narrowed(typed: str) -> Sequence[Choice]:
        await stage.reading.turn_list(stage.view.list, typed)
        return ()

    given = await stage.drawers.prompt(
        _("Filter: words that must be there, !word that must not"),
        narrowed,
        value=before,
        free=True,
    )
    await stage.reading.turn_list(stage.view.list, before if given is None else given.text.strip())
    stage.panes.focus("queue")
