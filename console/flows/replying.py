"""Begin to write: a reply, a comment, a forwarded message, a first message."""

from collections.abc import Sequence

import msgspec

from console import answering
from console.drafts import Draft
from console.flows.opening import opened
from console.paint import naming
from console.stage import Choice, Stage
from console.words.catalogue import _
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.channel import Party
from wire.messages.desk import AccountRow
from wire.messages.verbs import Contacts, FindContacts


async def reply(stage: Stage, words: str = "") -> None:
    if row := await opened(stage):
        kept = stage.writing.drafts.get(f"reply-{row.id}")
        stage.writing.write(kept or answering.reply(stage.view, row))


async def choose_channel(stage: Stage, words: str = "") -> None:
    """Reply another way: to all, or by another channel. What is written stays."""
    row = await opened(stage)
    if row is None:
        return
    found = list(answering.ways(stage.view, row))
    letters = "abcdefghilmnopqrstuvwxyz"
    choices = [
        Choice(way.draft, way.title, way.detail, key=letter)
        for way, letter in zip(found, letters, strict=False)
    ]
    chosen: Draft | None = await stage.drawers.choose(_("Reply how?"), choices)
    if chosen is not None:
        stage.writing.write(_with_text_of(stage.writing.drafts.get(chosen.name), chosen))


async def comment(stage: Stage, words: str = "") -> None:
    if row := await opened(stage):
        kept = stage.writing.drafts.get(f"comment-{row.id}")
        stage.writing.write(kept or answering.comment(stage.view, row))


async def forward(stage: Stage, words: str = "") -> None:
    message = stage.reading.message_at_cursor()
    if message is None:
        stage.say(_("Open a conversation first: Enter."))
        return
    kept = stage.writing.drafts.get(f"forward-{message.id}")
    draft = kept or answering.forward(stage.view, message)
    line = words or await _address(stage, _("Forward to"))
    if line:
        stage.writing.write(msgspec.structs.replace(draft, to=(_party(line),)))


async def compose(stage: Stage, words: str = "") -> None:
    """Write first, on an account that can begin a conversation."""
    accounts = [a for a in stage.view.accounts if a.capabilities and a.capabilities.can_start]
    if not accounts:
        stage.say(_("No channel of this desk can begin a conversation."), "warn")
        return
    account = accounts[0] if len(accounts) == 1 else await _account(stage, accounts)
    line = account and (words or await _address(stage, _("Write to")))
    if account and line:
        stage.writing.write(answering.compose(account, (_party(line),)))


async def _account(stage: Stage, accounts: Sequence[AccountRow]) -> AccountRow | None:
    choices = [
        Choice(account, account.title or account.address, naming.channel(account.kind), key=letter)
        for account, letter in zip(accounts, "abcdefghil", strict=False)
    ]
    chosen: AccountRow | None = await stage.drawers.choose(_("From which account?"), choices)
    return chosen


async def _address(stage: Stage, title: str) -> str:
    async def known(typed: str) -> Sequence[Choice]:
        if len(typed.strip()) < 2:
            return ()
        try:
            contacts: Contacts = await stage.desk.call(FindContacts(words=typed.strip()))
        except (Refused, BusError):
            return ()
        return [
            Choice(identity.address, identity.address, card.name)
            for card in contacts.rows
            for identity in card.identities
        ]

    given = await stage.drawers.prompt(title, known, free=True)
    if given is None:
        return ""
    return str(given.choice.value) if given.choice else given.text.strip()


def _party(line: str) -> Party:
    return Party(address=line.strip())


def _with_text_of(old: Draft | None, new: Draft) -> Draft:
    if old is None:
        return new
    return msgspec.structs.replace(
        new, text=old.text, attachments=old.attachments, seen=old.seen, subject=old.subject
    )
