"""Move what was written: to another topic of the customer, or to another customer; and back."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from console.events import MoveMade
from console.flows import sending
from console.lines import Line, Span, line, one_line, wrapped
from console.paint import naming
from console.stage import Choice, Stage
from console.view import undoable
from console.words.catalogue import _, told
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.desk import ContactCard, ConversationRow, MessageRow
from wire.messages.verbs import (
    Contact,
    Contacts,
    Done,
    FindContacts,
    Move,
    MoveBack,
    Plan,
    PlanMove,
    RowsOf,
)

LETTERS = "abcdefghilmnpqrstuvwxyz"
WIDTH = 74


@dataclass(frozen=True, slots=True)
class Target:
    """Where it goes: a conversation, or a contact; both 0: a topic of its own."""

    conversation: int = 0
    contact: int = 0


async def move(stage: Stage, words: str = "") -> None:
    """What, where to, what that would do; then do it."""
    row = stage.view.pointed
    if row is None:
        return
    message = stage.reading.message_at_cursor() if stage.view.pane == "thread" else None
    if message is not None and message.by != "desk":
        what = await _what(stage, message, row)
        if what is None:
            return
        message = message if what == "message" else None
    else:
        message = None
    target = await _where(stage, row, message, words.strip())
    if target is not None:
        await _moved(stage, _asked(row, message, target))


def _asked(row: ConversationRow, message: MessageRow | None, target: Target) -> Move:
    if message is None:
        return Move(conversation=row.id, into=target.conversation, contact=target.contact)
    return Move(message=message.id, into=target.conversation, contact=target.contact)


async def _moved(stage: Stage, ask: Move) -> None:
    plan: Plan | None = await stage.desk.do(PlanMove(**msgspec.structs.asdict(ask)))
    if plan is None or not await _agreed(stage, plan):
        return
    done: Done | None = await stage.desk.do(ask)
    if done is not None:
        stage.tell(MoveMade(done.move))
        stage.say(_("Moved. u moves it back."))


async def _agreed(stage: Stage, plan: Plan) -> bool:
    choices = (Choice(True, _("move it"), key="y"), Choice(False, _("leave it"), key="n"))
    return bool(await stage.drawers.choose(_("Move it?"), choices, above=said_lines(plan.said)))


def said_lines(said: Sequence[object]) -> list[Line]:
    """Sentences of the desk, each on lines of its own."""
    rows = [part for one in said for part in wrapped("· " + told(one), WIDTH)]  # type: ignore[arg-type]
    return [*(line(Span(" " + part)) for part in rows), line()]


async def _what(stage: Stage, message: MessageRow, row: ConversationRow) -> str | None:
    about = one_line(message.text)[:40] or naming.channel(message.kind)
    choices = (
        Choice("message", _("this message"), about, key="m"),
        Choice("all", _("the whole conversation"), f"#{row.id} {row.subject}", key="c"),
    )
    chosen: str | None = await stage.drawers.choose(_("Move what?"), choices)
    return chosen


# --- where to ------------------------------------------------------------------------------------


async def _where(
    stage: Stage, row: ConversationRow, message: MessageRow | None, words: str
) -> Target | None:
    """A topic of the same customer, or another customer by name, or a number."""
    here = _topics(stage, row, message)

    async def fitting(typed: str) -> Sequence[Choice]:
        wanted = typed.strip()
        if (number := wanted.lstrip("#")).isdigit():
            return await _numbered(stage, int(number))
        near = [one for one in here if wanted.casefold() in one.title.casefold()]
        return near + (await _customers(stage, row, wanted) if len(wanted) > 1 else [])

    title = _("Where to? A topic, a customer's name, or #number")
    given = await stage.drawers.prompt(title, fitting, value=words)
    chosen = given.choice.value if given and given.choice else None
    if isinstance(chosen, ContactCard):
        return await _with_contact(stage, chosen, message)
    return chosen if isinstance(chosen, Target) else None


def _topics(stage: Stage, row: ConversationRow, message: MessageRow | None) -> list[Choice]:
    view = stage.view
    known = view.thread.conversations if view.thread else ()
    rows = [view.rows[number] for number in known if number in view.rows]
    standing_in = message.conversation if message else row.id
    others = [one for one in rows if one.id != standing_in and not one.joined]
    own = [Choice(Target(), _("a topic of its own"), _("new"))] if message else []
    return own + [_topic(one) for one in sorted(others, key=lambda one: -one.last_at)]


def _topic(row: ConversationRow) -> Choice:
    name = row.subject or one_line(row.last_text)[:40] or naming.channel(row.kind)
    detail = f"#{row.id} · {naming.channel(row.kind)} · {naming.status(row.status)}"
    return Choice(Target(conversation=row.id), name, detail)


async def _numbered(stage: Stage, number: int) -> Sequence[Choice]:
    try:
        found = await stage.desk.call(RowsOf(ids=(number,)))
    except (Refused, BusError):
        return ()
    return [
        Choice(Target(conversation=row.id), f"{row.contact_name}: {_topic(row).title}",
               _topic(row).detail)
        for row in found.rows
    ]  # fmt: skip


async def _customers(stage: Stage, row: ConversationRow, words: str) -> list[Choice]:
    try:
        found: Contacts = await stage.desk.call(FindContacts(words=words))
    except (Refused, BusError):
        return []
    return [
        Choice(card, card.name, ", ".join(one.address for one in card.identities))
        for card in found.rows
        if card.id != row.contact
    ]


async def _with_contact(
    stage: Stage, card: ContactCard, message: MessageRow | None
) -> Target | None:
    """As one of their topics, or as one of its own."""
    full: ContactCard | None = await stage.desk.do(Contact(contact=card.id))
    if full is None:
        return None
    alone = _("as a topic of its own") if message else _("as it is")
    choices = [Choice(Target(contact=card.id), alone, key="o")]
    rows = [row for row in full.conversations if not row.joined and row.status != "resolved"]
    for letter, row in zip(LETTERS, rows, strict=False):
        choices.append(Choice(_topic(row).value, _topic(row).title, _topic(row).detail, letter))
    chosen: Target | None = await stage.drawers.choose(
        _("To {name}, how?", name=card.name), choices
    )
    return chosen


# --- back ----------------------------------------------------------------------------------------


async def undo(stage: Stage, words: str = "") -> None:
    """What was sent and still waits; otherwise the last move."""
    if undoable(stage.view) is not None or not stage.view.moved:
        await sending.undo(stage, words)
        return
    done = await stage.desk.do(MoveBack(move=stage.view.moved))
    stage.tell(MoveMade(0))
    if done is not None:
        stage.say(_("Moved back."))
