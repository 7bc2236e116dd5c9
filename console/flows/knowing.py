"""About the customer: the note, their identities, and whom not to hear."""

from agent_notes.model import Editing, arrived, settled, side_by_side
from console.flows.opening import opened
from console.lines import Line, Span, cut, line
from console.paint import naming
from console.stage import Choice, Stage
from console.words.catalogue import _, sentences, told
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.desk import ContactCard, IdentityRow, Note
from wire.messages.verbs import (
    Block,
    Contact,
    Contacts,
    FindContacts,
    Link,
    Unlink,
    WriteNote,
)

LETTERS = "abcdefghilmnopqrstuvwxyz"


# --- the note ------------------------------------------------------------------------------------


async def note(stage: Stage, words: str = "") -> None:
    """Write what colleagues should know. Nobody's words are lost: a conflict is shown."""
    card = await card_of(stage)
    if card is None:
        return
    base = card.note or Note(contact=card.id, revision=0, text="")
    editing = Editing(base, base.text)
    while True:
        text = await stage.drawers.edit(
            _("Note about {name}, for colleagues only", name=card.name),
            editing.text,
            _("^S saves · Esc leaves it as it was"),
        )
        if text is None:
            return
        editing = Editing(editing.base, text)
        if not editing.changed or await _saved(stage, editing):
            return
        again = await _conflict(stage, editing)
        if again is None:
            return
        editing = again


async def _saved(stage: Stage, editing: Editing) -> bool:
    base = editing.base
    ask = WriteNote(contact=base.contact, revision=base.revision, text=editing.text)
    try:
        written: Note = await stage.desk.call(ask)
    except Refused as refused:
        if refused.no.code == "conflict":
            return False
        stage.say(told(refused.no.said), "late")
        return True
    except BusError:
        stage.say(_("The desk does not answer. The note was not saved."), "late")
        return False
    stage.tell(written)
    stage.say(_("Saved."))
    return True


async def _conflict(stage: Stage, editing: Editing) -> Editing | None:
    """A colleague was faster: merge when it can be merged, else let the agent see both."""
    try:
        card: ContactCard = await stage.desk.call(Contact(contact=editing.base.contact))
    except (Refused, BusError):
        return editing
    newer = arrived(editing, card.note) if card.note else editing
    if newer.theirs is None:
        if newer.base != editing.base and await _saved(stage, newer):
            return None
        return newer
    title = _("{name} changed the same lines", name=newer.theirs.by)
    choices = (
        Choice("mine", _("keep mine"), key="m"),
        Choice("theirs", _("take theirs"), key="t"),
        Choice("both", _("write one from both"), key="b"),
    )
    chosen = await stage.drawers.choose(
        title, choices, above=_beside(newer.text, newer.theirs.text)
    )
    match chosen:
        case "mine":
            return None if await _saved(stage, settled(newer, newer.text)) else newer
        case "both":
            return settled(newer, f"{newer.text}\n{newer.theirs.text}")
    return None


def _beside(mine: str, theirs: str, width: int = 36) -> list[Line]:
    heads = line(Span(f" {_('mine'):<{width}} │ {_('theirs')}", "dim"))
    rows = [
        line(
            Span(f" {cut(pair.mine, width):<{width}}", "" if pair.same else "warn"),
            Span(" │ ", "faint"),
            Span(cut(pair.theirs, width), "" if pair.same else "warn"),
        )
        for pair in side_by_side(mine, theirs)
    ]
    return [heads, *rows[:12], line()]


async def card_of(stage: Stage) -> ContactCard | None:
    row = await opened(stage)
    if row is None:
        return None
    thread = stage.view.thread
    if thread and thread.card:
        return thread.card
    try:
        card: ContactCard = await stage.desk.call(Contact(contact=row.contact))
    except (Refused, BusError):
        stage.say(_("The desk does not answer."), "late")
        return None
    return card


# --- identities ----------------------------------------------------------------------------------


async def block(stage: Stage, words: str = "") -> None:
    """Refuse a sender from now on, or hear them again."""
    card = await card_of(stage)
    identity = card and await _which(stage, card, _("Block or unblock whom?"))
    if not identity:
        return
    ask = Block(identity=identity.id, blocked=not identity.blocked)
    if await stage.desk.do(ask) is None:
        return
    if ask.blocked:
        words = _("{address} is blocked. b lets them in again.", address=identity.address)
    else:
        words = _("{address} is heard again.", address=identity.address)
    stage.say(words)


async def identities(stage: Stage, words: str = "") -> None:
    """Say whose an address is, or undo that."""
    card = await card_of(stage)
    identity = card and await _which(stage, card, _("Which address?"))
    if not card or not identity:
        return
    choices = (
        Choice("link", _("it is another customer's"), key="o"),
        Choice("unlink", _("undo: it goes back to where it was"), key="u"),
    )
    chosen = await stage.drawers.choose(_evidence(identity), choices)
    if chosen == "unlink":
        await stage.desk.do(Unlink(identity=identity.id))
    elif chosen == "link" and (contact := await find_contact(stage, card, _("Whose is it?"))):
        await stage.desk.do(Link(identity=identity.id, contact=contact))


def _evidence(identity: IdentityRow) -> str:
    if not identity.evidence:
        return identity.address
    return _(
        "{address}, known by: {evidence}",
        address=identity.address,
        evidence=sentences(identity.evidence),
    )


async def _which(stage: Stage, card: ContactCard, title: str) -> IdentityRow | None:
    if len(card.identities) == 1:
        return card.identities[0]
    choices = [
        Choice(identity, identity.address, naming.channel(identity.kind), key=letter)
        for identity, letter in zip(card.identities, LETTERS, strict=False)
    ]
    chosen: IdentityRow | None = await stage.drawers.choose(title, choices)
    return chosen


async def find_contact(stage: Stage, card: ContactCard, title: str, words: str = "") -> int:
    """Another contact than this one, by name or address; 0 when the agent turns away."""

    async def found(typed: str) -> list[Choice]:
        if len(typed.strip()) < 2:
            return []
        try:
            contacts: Contacts = await stage.desk.call(FindContacts(words=typed.strip()))
        except (Refused, BusError):
            return []
        return [
            Choice(known.id, known.name, ", ".join(i.address for i in known.identities))
            for known in contacts.rows
            if known.id != card.id
        ]

    given = await stage.drawers.prompt(title, found, value=words)
    return int(given.choice.value) if given and given.choice else 0
