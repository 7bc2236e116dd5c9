"""By which channel and to whom an answer goes, and whether that channel can do it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from router.doors.asker import Doing, Refused
from router.handling import messages
from router.sending import capabilities
from wire import codec
from wire.messages.base import say
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Attachment, Party
from wire.messages.verbs import Reply
from wire.text import clean_line

Row = Any
PEOPLE, FILES = 100, 50
ADDRESS = 320
# The answer marks of mail programs in the languages that customers write in.
_MARK = re.compile(r"^\s*(?:(?:re|aw|sv|antw|odp|vs|rif|отв|відп)\s*(?:\[\d+\])?\s*:\s*)+", re.I)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a message goes: an account, its remote conversation, and what can be done there."""

    kind: str
    account: str
    remote: str
    can: Capabilities


def of_reply(doing: Doing, row: Row, ask: Reply) -> Channel:
    """The conversation's own channel, or another one of the same contact."""
    own = (row.kind, row.account)
    kind = ask.kind or row.kind
    account = ask.account or (row.account if kind == row.kind else _account(doing, row, kind))
    can = capabilities(doing.rows, kind, account)
    remote = ask.remote or (row.remote if (kind, account) == own else "")
    if (kind, account, remote) == (*own, row.remote):
        channel = Channel(kind, account, remote, can)
    else:
        channel = _another(doing, row, kind, account, remote)
    _check_window(doing, row, channel)
    return channel


def to_start(doing: Doing, kind: str, account: str, remote: str) -> Channel:
    """An account on which we may write first."""
    can = capabilities(doing.rows, kind, account)
    if not can.kind:
        raise Refused("gone", say("There is no account {account} by {kind}.",
                                  account=account, kind=kind))  # fmt: skip
    if not can.can_start:
        raise Refused("invalid", say("By {kind} the customer has to write first.", kind=kind))
    _check_ours(doing, kind, account)
    return Channel(kind, account, remote, can)


def may_start(doing: Doing, kind: str, account: str) -> bool:
    """Whether this agent may write first from this account: it is of a team of theirs."""
    return doing.asker.works_for(doing.policy.account(account, kind).team)


def _check_ours(doing: Doing, kind: str, account: str) -> None:
    if not may_start(doing, kind, account):
        raise Refused("forbidden", say(
            "The account {account} by {kind} belongs to a team that you are not in.",
            account=account, kind=kind))  # fmt: skip


def _another(doing: Doing, row: Row, kind: str, account: str, remote: str) -> Channel:
    can = capabilities(doing.rows, kind, account)
    if not can.kind:
        raise Refused("gone", say("There is no account {account} by {kind}.",
                                  account=account, kind=kind))  # fmt: skip
    identities = doing.rows.all("identities_of", contact=row.contact)
    addresses = [identity.address for identity in identities if identity.kind == kind]
    used = doing.rows.value("remote_of_contact", contact=row.contact, kind=kind, account=account)
    remote = remote or used or next(iter(addresses), "")
    if not remote or (remote not in addresses and remote != used):
        raise Refused("invalid", say("This customer has no such address by {kind}.", kind=kind))
    if used is None and not can.can_start:
        raise Refused("invalid", say("By {kind} the customer has to write first.", kind=kind))
    if used is None:  # where the customer writes already, whoever sees the thread may answer
        _check_ours(doing, kind, account)
    return Channel(kind, account, remote, can)


def _account(doing: Doing, row: Row, kind: str) -> str:
    """Of a channel kind, the account that this customer used last, or the first there is."""
    used = doing.rows.value("account_of_contact", contact=row.contact, kind=kind)
    every = (account.account for account in doing.rows.all("accounts") if account.kind == kind)
    return used or next(every, "")


def _check_window(doing: Doing, row: Row, channel: Channel) -> None:
    window = channel.can.reply_window
    if not window:
        return
    spoke = doing.rows.value(
        "spoke_at", contact=row.contact, kind=channel.kind, account=channel.account
    )
    if spoke is None or doing.now - spoke > window:
        raise Refused("late", say(
            "By {kind} one may answer within {hours} hours of the customer's last message.",
            kind=channel.kind, hours=round(window / 3_600)))  # fmt: skip


# --- to whom -----------------------------------------------------------------------------------


def recipients(channel: Channel, answered: Row | None, to: Sequence[Party]) -> tuple[Party, ...]:
    """Those who were named, or the customer: where they asked to be answered, or wrote from."""
    if not channel.can.recipients:
        return ()
    if to:
        return parties(to)
    if answered is not None and (answered.kind, answered.remote) == (channel.kind, channel.remote):
        asked = messages.recipients(answered).get("reply_to", ())
        sender = codec.decode(answered.sender.encode(), Party)
        if asked:
            return parties(asked)
        if isinstance(sender, Party):
            return parties([sender])
    return (Party(address=channel.remote),)


def parties(people: Sequence[Party]) -> tuple[Party, ...]:
    """Addresses without what could break a header; each once. Raises Refused."""
    if len(people) > PEOPLE:
        raise Refused("too_large", say("A message goes to at most {most} people.", most=PEOPLE))
    found: dict[str, Party] = {}
    for party in people:
        address = clean_line(party.address, ADDRESS)
        if not address or address != party.address.strip() or " " in address:
            raise Refused("invalid", say("{address} is no address.", address=address or "?"))
        local, at, domain = address.rpartition("@")
        if at:  # a domain has no capitals, whoever writes them
            address = f"{local}@{domain.lower()}"
        found.setdefault(address, Party(address=address, name=clean_line(party.name)))
    return tuple(found.values())


def somebody(people: Sequence[Party]) -> tuple[Party, ...]:
    """The same, one at least."""
    found = parties(people)
    if not found:
        raise Refused("invalid", say("Say to whom it goes."))
    return found


def check_people(channel: Channel, *people: Sequence[Party]) -> None:
    """Recipients can be named only where the channel has them."""
    if any(people) and not channel.can.recipients:
        raise Refused("invalid", say("By {kind} one cannot choose recipients.", kind=channel.kind))


def files(doing: Doing, channel: Channel, wanted: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Files that are here, with names that are only shown. Who knows a file's hash had the file."""
    if wanted and not channel.can.attachments:
        raise Refused("invalid", say("By {kind} no files can be sent.", kind=channel.kind))
    if len(wanted) > FILES:
        raise Refused("too_large", say("A message has at most {most} files.", most=FILES))
    return tuple(_file(doing, channel, attachment) for attachment in wanted)


def _file(doing: Doing, channel: Channel, wanted: Attachment) -> Attachment:
    name = clean_line(wanted.name, 200) or "file"
    size = doing.rows.value("blob_size", sha256=wanted.sha256)
    if size is None:
        raise Refused("gone", say("The file {name} has not arrived: attach it again.", name=name))
    if size > channel.can.attachment_limit:
        raise Refused("too_large", say(
            "The file {name} is larger than {kind} allows ({limit} bytes).",
            name=name, kind=channel.kind, limit=channel.can.attachment_limit))  # fmt: skip
    return Attachment(sha256=wanted.sha256, name=name, size=size,
                      media_type=clean_line(wanted.media_type, 100))  # fmt: skip


def subject(channel: Channel, named: str, before: str) -> str:
    """The subject of an answer: one "Re:" however many there were."""
    if not channel.can.subject:
        return ""
    if named.strip():
        return clean_line(named)
    bare = _MARK.sub("", before).strip()
    return f"Re: {bare}" if bare else ""
