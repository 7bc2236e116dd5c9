"""Open a conversation: the one under the cursor, the next due, a live chat, a neighbour."""

from console.events import StrandChosen
from console.stage import Stage
from console.view import next_due
from console.words.catalogue import _
from wire.messages.desk import ConversationRow
from wire.messages.verbs import RowsOf


async def open_pointed(stage: Stage, words: str = "") -> None:
    if stage.view.pane == "thread":
        stage.reading.unfold()
        return
    if row := stage.view.pointed:
        await stage.reading.open(row.contact, row.id)


async def open_next_due(stage: Stage, words: str = "") -> None:
    row = next_due(stage.view)
    if row is None:
        stage.say(_("Nothing of yours is due."))
        return
    await stage.reading.open(row.contact, row.id, focus=stage.view.pane != "composer")


async def open_chat(stage: Stage, words: str) -> None:
    chats = stage.view.live
    number = int(words) if words.isdigit() else 0
    if not 1 <= number <= len(chats):
        stage.say(_("There is no live chat {number}.", number=number))
        return
    row = chats[number - 1]
    await stage.reading.open(row.contact, row.id, focus=stage.view.pane != "composer")


async def open_before(stage: Stage, words: str = "") -> None:
    """Where one came from; twice is back again."""
    if stage.reading.before is None:
        stage.say(_("No other conversation was open before."))
        return
    contact, strand = stage.reading.before
    await stage.reading.open(contact, strand, focus=stage.view.pane != "composer")


async def open_below(stage: Stage, words: str = "") -> None:
    await _neighbour(stage, 1)


async def open_above(stage: Stage, words: str = "") -> None:
    await _neighbour(stage, -1)


async def _neighbour(stage: Stage, step: int) -> None:
    view = stage.view
    here = view.thread.strand if view.thread else view.cursor
    if here not in view.order:
        return
    place = view.order.index(here) + step
    if 0 <= place < len(view.order):
        row = view.rows[view.order[place]]
        await stage.reading.open(row.contact, row.id)


async def next_strand(stage: Stage, words: str = "") -> None:
    """Speak to another conversation of the same customer."""
    thread = stage.view.thread
    if thread is None or len(thread.conversations) < 2:
        return
    numbers = sorted(thread.conversations)
    place = numbers.index(thread.strand) if thread.strand in numbers else -1
    chosen = numbers[(place + 1) % len(numbers)]
    stage.tell(StrandChosen(chosen))
    await stage.reading.open(thread.contact, chosen)


async def open_related(stage: Stage, words: str = "") -> None:
    """The conversation that this one may belong to, continues, or was joined to."""
    row = stage.view.pointed
    number = row and (row.joined or row.related or row.continues)
    if not number:
        return
    found = await stage.desk.do(RowsOf(ids=(number,)))
    if found is None:
        return
    if not found.rows:
        stage.say(_("#{number} is not for you to see.", number=number), "warn")
        return
    await stage.reading.open(found.rows[0].contact, number)


async def opened(stage: Stage) -> ConversationRow | None:
    """The conversation that is meant, with its thread open; for what is written into it."""
    row = stage.view.pointed
    if row is None:
        stage.say(_("Open a conversation first: Enter."))
        return None
    if stage.view.thread is None or stage.view.thread.strand != row.id:
        await stage.reading.open(row.contact, row.id)
    return row
