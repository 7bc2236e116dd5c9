"""Search everything that was ever written."""

from collections.abc import Sequence

from console.lines import one_line
from console.stage import Choice, Stage
from console.words import times
from console.words.catalogue import _
from wire.messages.desk import Hit
from wire.messages.verbs import Hits, Search


async def search(stage: Stage, words: str = "") -> None:
    async def found(typed: str) -> Sequence[Choice]:
        if len(typed.strip()) < 2:
            return ()
        return await stage.desk.found(Search(query=typed.strip()), choices)

    def choices(hits: Hits) -> Sequence[Choice]:
        return [_choice(hit, stage.view.now) for hit in hits.hits]

    given = await stage.drawers.prompt(_("Search all history"), found, value=words)
    if given and given.choice and isinstance(given.choice.value, Hit):
        await open_hit(stage, given.choice.value)


async def open_hit(stage: Stage, hit: Hit) -> None:
    await stage.reading.open(hit.contact, hit.conversation, message=hit.message)


def _choice(hit: Hit, now: float) -> Choice:
    when = times.when(hit.at, now) if hit.at else ""
    return Choice(hit, f"{hit.contact_name}: {one_line(hit.snippet)}", when)
