"""What waits for nobody: requirements that no agent of the desk could ever meet."""

from collections.abc import Sequence
from typing import Any

from console.stage import Choice, Stage
from console.words.catalogue import _, n_, told
from wire.messages.verbs import Problems, ReadProblems, RowsOf


async def problems(stage: Stage, words: str = "") -> None:
    """What is missing, and how many wait for it; choosing one opens the oldest of them."""

    async def found(typed: str) -> Sequence[Choice]:
        return [each for each in await stage.desk.found(ReadProblems(), _choices)
                if typed.casefold() in each.title.casefold()]  # fmt: skip

    given = await stage.drawers.prompt(_("What waits for nobody"), found)
    if given is None or given.choice is None or given.choice.value is None:
        return
    page: Any = await stage.desk.do(RowsOf(ids=(given.choice.value,)))
    if page is not None and page.rows:
        await stage.reading.open(page.rows[0].contact, page.rows[0].id)


def _choices(answer: Problems) -> Sequence[Choice]:
    if not answer.rows:
        return [Choice(None, _("Everything that waits could be taken by somebody."))]
    return [
        Choice(row.conversation, told(row.said), n_("{count} waits", "{count} wait", row.waiting),
               style="warn")
        for row in answer.rows
    ]  # fmt: skip
