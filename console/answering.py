"""How an answer begins: by which channel, to whom. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from console.drafts import Draft, Mode
from console.paint import naming
from console.view import View
from console.words.catalogue import _, n_
from wire.messages.channel import Party
from wire.messages.desk import AccountRow, ConversationRow, MessageRow


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer: what an agent calls it, and the draft that it makes."""

    title: str
    detail: str
    draft: Draft


def reply(view: View, row: ConversationRow) -> Draft:
    """To whoever wrote last, on the channel of the conversation."""
    draft = _on(view, row, "reply")
    if not view.capabilities(row).recipients:
        return draft
    last = last_of_customer(view, row.id)
    sender = last.sender if last and last.sender else Party(address=row.remote)
    return _with(draft, to=(sender,) if sender.address else ())


def reply_all(view: View, row: ConversationRow) -> Draft:
    """To the sender and everybody else who had the last message, but for ourselves."""
    draft = reply(view, row)
    last = last_of_customer(view, row.id)
    if last is None:
        return draft
    ours = {account.address.casefold() for account in view.accounts if account.address}
    known = {party.address.casefold() for party in draft.to} | ours
    others = tuple(_others((*last.to, *last.cc), known))
    return _with(draft, cc=others)


def comment(view: View, row: ConversationRow) -> Draft:
    return Draft(mode="comment", conversation=row.id, contact=row.contact)


def forward(view: View, message: MessageRow) -> Draft:
    return Draft(
        mode="forward",
        conversation=message.conversation,
        contact=message.contact,
        message=message.id,
        subject=_("Fwd: {subject}", subject=message.subject),
    )


def compose(account: AccountRow, to: tuple[Party, ...], contact: int = 0) -> Draft:
    return Draft(mode="compose", kind=account.kind, account=account.account, to=to, contact=contact)


def ways(view: View, row: ConversationRow) -> Iterator[Way]:
    """All ways to answer this customer, the plain one first."""
    plain = reply(view, row)
    name = naming.channel(row.kind)
    yield Way(_("{channel} to the sender", channel=name), _addresses(plain), plain)
    everybody = reply_all(view, row)
    if everybody.cc:
        people = n_("{count} person", "{count} people", len(everybody.cc) + len(everybody.to))
        yield Way(_("{channel} to all", channel=name), people, everybody)
    yield from _elsewhere(view, row)


def _elsewhere(view: View, row: ConversationRow) -> Iterator[Way]:
    """The customer's other addresses, by the accounts that can write to them first."""
    card = view.thread.card if view.thread else None
    for identity in card.identities if card else ():
        if identity.kind == row.kind and identity.address == row.remote:
            continue
        for account in view.accounts:
            able = account.capabilities and account.capabilities.can_start
            if account.kind != identity.kind or not able or identity.blocked:
                continue
            draft = _with(
                Draft(mode="reply", conversation=row.id, contact=row.contact),
                kind=account.kind, account=account.account, remote=identity.address,
                to=(Party(address=identity.address, name=identity.name),),
            )  # fmt: skip
            yield Way(naming.channel(account.kind), identity.address, draft)


def last_of_customer(view: View, conversation: int) -> MessageRow | None:
    messages = view.thread.messages if view.thread else ()
    return next(
        (m for m in reversed(messages) if m.conversation == conversation and m.by == "customer"),
        None,
    )


def _on(view: View, row: ConversationRow, mode: Mode) -> Draft:
    return Draft(
        mode=mode,
        conversation=row.id,
        contact=row.contact,
        kind=row.kind,
        account=row.account,
        remote=row.remote,
    )


def _others(parties: Iterable[Party], known: set[str]) -> Iterator[Party]:
    for party in parties:
        if party.address.casefold() not in known:
            known.add(party.address.casefold())
            yield Party(address=party.address, name=party.name)


def _addresses(draft: Draft) -> str:
    return ", ".join(party.address for party in draft.to) or draft.remote


def _with(draft: Draft, **changes: object) -> Draft:
    return msgspec.structs.replace(draft, **changes)
