"""Send what is written, take it back, and what happens when somebody else wrote meanwhile."""

import hashlib
import secrets

import msgspec

from console.canned import unfilled
from console.drafts import Draft, asked
from console.lines import Line, Span, cut, line
from console.stage import Choice, Stage
from console.view import undoable
from console.words import times
from console.words.catalogue import _, in_language, sentences, told
from wire import codec
from wire.bus import BusError, LinkDown, NobodyListens
from wire.desk_client import Refused
from wire.messages.desk import MessageRow
from wire.messages.verbs import Done, Reply, Resend, Undo


async def send(stage: Stage, words: str = "") -> None:
    draft = stage.writing.draft
    if draft is None or draft.empty:
        stage.say(_("There is nothing written yet."))
        return
    if place := unfilled(draft.text):
        stage.say(_("{place} is not filled yet.", place=place), "warn")
        return
    if draft.mode in ("forward", "compose") and not draft.to:
        stage.say(_("To whom? Name an address first."), "warn")
        return
    await deliver(stage, draft)


async def deliver(stage: Stage, draft: Draft, *, anyway: bool = False) -> None:
    """The draft is on disk with its key before it is asked for: a crash sends once."""
    ask = asked(draft, anyway=anyway)
    tried = hashlib.sha256(codec.encode(ask)).hexdigest()
    if tried != draft.tried:
        draft = msgspec.structs.replace(draft, key=secrets.token_hex(16), tried=tried)
        stage.writing.drafts.keep(draft)
        stage.writing.drafts.save()
    try:
        done: Done = await stage.desk.call(ask, key=draft.key)
    except Refused as refused:
        if refused.no.code == "stale":
            await stale(stage, draft)
        else:
            stage.say(told(refused.no.said), "late")
    except (NobodyListens, LinkDown):
        stage.say(_("The desk does not answer. Your words are kept: send again later."), "late")
    except BusError:
        stage.say(_("No answer came. Send again: the same words go out only once."), "late")
    else:
        stage.writing.was_sent(done.message, draft)


async def stale(stage: Stage, draft: Draft) -> None:
    """Somebody wrote since this was begun: shown, and then the agent decides."""
    choices = (
        Choice("send", _("send it anyway"), key="y"),
        Choice("edit", _("edit it first"), key="e"),
        Choice("drop", _("drop it"), key="d"),
    )
    title = _("Somebody wrote since you began")
    chosen = await stage.drawers.choose(title, choices, above=_came(stage, draft))
    if chosen == "send":
        await deliver(stage, draft, anyway=True)
    elif chosen == "drop":
        stage.writing.drafts.drop(draft.name)
        stage.writing.put_down()
    else:
        newest = stage.view.thread.newest if stage.view.thread else draft.seen
        stage.writing.write(msgspec.structs.replace(draft, seen=newest))


def _came(stage: Stage, draft: Draft) -> list[Line]:
    thread = stage.view.thread
    messages = [m for m in thread.messages if m.id > draft.seen] if thread else []
    return [_shortly(message) for message in messages if message.by != "desk"][-6:]


def _shortly(message: MessageRow) -> Line:
    style = "comment" if message.by == "comment" else "text"
    return line(
        Span(f" {times.clock(message.at)} ", "dim"),
        Span(f"{message.author or message.agent}: ", "dim"),
        Span(cut(message.text, 300), style),
    )


async def undo(stage: Stage, words: str = "") -> None:
    """Take the newest one back; its words return to the composer."""
    message = undoable(stage.view)
    if message is None:
        stage.say(_("Nothing can be taken back any more."))
        return
    if await stage.desk.do(Undo(message=message.id)) is None:
        return
    draft = stage.writing.sent(message.id) or _again(message)
    begun = stage.writing.drafts.get(draft.name)
    text = f"{draft.text}\n{begun.text}" if begun and not begun.empty else draft.text
    stage.writing.write(msgspec.structs.replace(draft, text=text, key="", tried=""))
    stage.say(_("Taken back."))


def _again(message: MessageRow) -> Draft:
    return Draft(
        mode="reply",
        conversation=message.conversation,
        contact=message.contact,
        kind=message.kind,
        account=message.account,
        to=message.to,
        cc=message.cc,
        text=message.text,
        attachments=message.attachments,
        seen=message.id,
    )


async def resend(stage: Stage, words: str = "") -> None:
    """Settle a message that failed, or of which nobody knows whether it went out."""
    message = _unsettled(stage)
    if message is None:
        stage.say(_("No message of this thread failed or is uncertain."))
        return
    choices = (
        Choice("again", _("send it again"), key="y"),
        Choice("sent", _("it did arrive: count it as sent"), key="s"),
        Choice("drop", _("leave it unsent"), key="d"),
    )
    chosen = await stage.drawers.choose(
        sentences(message.reason) or _("It was not delivered"), choices
    )
    if chosen:
        await stage.desk.do(Resend(message=message.id, settle=chosen))


def _unsettled(stage: Stage) -> MessageRow | None:
    """The message under the cursor, or else the oldest of ours that is not settled."""
    here = stage.reading.message_at_cursor()
    thread = stage.view.thread
    found = [here] if here else []
    found += thread.messages if thread else ()
    ours = (m for m in found if m.by == "agent" and m.state in ("failed", "ambiguous"))
    return next(ours, None)


async def one_moment(stage: Stage, words: str = "") -> None:
    """A word to a customer who waits in a chat; what is being written stays as it is."""
    row = stage.view.strand
    if row is None or not stage.view.is_chat(row):
        stage.say(_("That is for live chats."))
        return
    card = stage.view.thread.card if stage.view.thread else None
    text = in_language(card.language if card else "", "One moment please, I am looking into it.")
    newest = stage.view.thread.newest if stage.view.thread else 0
    ask = Reply(
        conversation=row.id, text=text, seen=newest, anyway=True,
        kind=row.kind, account=row.account, remote=row.remote,
    )  # fmt: skip
    await stage.desk.do(ask)
