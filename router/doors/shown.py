"""Rows of the database as consoles see them. Pure."""

from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import msgspec

from router.handling import conversations
from router.memory import room_of
from router.policy import Policy
from router.sending import capabilities_of
from router.store.sql import Rows
from wire import codec
from wire.codec import Malformed
from wire.messages.base import Said
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Attachment, Fold, Health, Party
from wire.messages.desk import (
    AccountRow,
    AgentRow,
    Change,
    ConversationRow,
    IdentityRow,
    LedgerRow,
    MessageRow,
    Note,
    OfferRow,
    OutboxRow,
    TeamRow,
)
from wire.words import N_

Row = Any
T = TypeVar("T")
Shown = TypeVar("Shown", bound=msgspec.Struct)

# A page's rows together stay under this (bytes); one message is cut so that it fits.
PAGE = 256 * 1024
LONGER = N_("It is longer; the original is kept whole.")
TEXT, FOLDS = 60_000, 20_000  # characters; the original is kept whole


def parsed(text: str, type_: type[T], default: T) -> T:
    """What stands in a JSON column."""
    if not text:
        return default
    value = codec.decode(text.encode(), type_)
    return default if isinstance(value, Malformed) else value


def bounded(rows: Iterable[Shown], size: int = PAGE) -> tuple[Shown, ...]:
    """The first rows that fit into a page, one at least."""
    kept: list[Shown] = []
    for row in rows:
        size -= len(codec.encode(row)) + 1
        if size < 0 and kept:
            break
        kept.append(row)
    return tuple(kept)


def conversation(row: Row) -> ConversationRow:
    return ConversationRow(
        id=row.id,
        version=row.version,
        contact=row.contact,
        contact_name=row.contact_name,
        kind=row.kind,
        account=row.account,
        subject=row.subject,
        status=row.status,
        team=row.team,
        owner=row.owner,
        priority=row.priority,
        skills=dict(conversations.need(row).skills),
        tags=parsed(row.tags, tuple[str, ...], ()),
        opened=row.opened,
        remote=row.remote,
        due=row.due,
        target=row.target,
        unanswered=row.unanswered,
        unanswered_since=row.unanswered_since,
        warn_at=row.warn_at,
        replied=bool(row.replied),
        resolve_due=row.resolve_due,
        last_at=row.last_at,
        last_text=row.last_text,
        last_by=row.last_by,
        snoozed_until=row.snoozed_until,
        came_from=row.came_from,
        continues=row.continues,
        trust=trust(parsed(getattr(row, "writer", None) or "", Party, None)),
        related=row.related,
        joined=row.joined,
    )


def trust(writer: Party | None) -> Literal["", "verified", "unsure", "doubt"]:
    """Whether it is they. Where an address cannot be written by others, nobody asks."""
    if writer is None:
        return ""
    if writer.doubt:
        return "doubt"
    if writer.verified:
        return "verified"
    return "unsure" if "@" in writer.address else ""


def message(row: Row) -> MessageRow:
    recipients = parsed(row.recipients, dict[str, tuple[Party, ...]], {})
    notes = parsed(row.notes, dict[str, str], {})
    folds = parsed(row.folds, tuple[Fold, ...], ())
    text = "" if row.deleted else row.text
    if len(text) > TEXT or sum(len(fold.text) for fold in folds) > FOLDS:
        text, folds = text[:TEXT], _cut(folds)
        notes = notes | {"cut": LONGER}
    return MessageRow(
        id=row.id,
        version=row.version,
        conversation=row.conversation,
        contact=row.contact,
        by=row.author_is,
        at=row.at,
        accepted=row.accepted,
        author=row.author,
        agent=row.agent,
        kind=row.kind,
        account=row.account,
        text=text,
        folds=() if row.deleted else folds,
        subject=row.subject,
        to=recipients.get("to", ()),
        cc=recipients.get("cc", ()),
        sender=parsed(row.sender, Party, None),
        attachments=parsed(row.attachments, tuple[Attachment, ...], ()),
        state=row.state,
        reason=row.reason,
        undo_until=row.undo_until if row.state == "held" else None,
        placed=parsed(row.placed, Said, None),
        home=row.home,
        late=bool(row.late),
        automatic=bool(row.automatic),
        edited=bool(row.edited),
        deleted=bool(row.deleted),
        reactions=parsed(row.reactions, tuple[str, ...], ()),
        notes=notes,
        said=parsed(row.said, Said, None),
    )


def _cut(folds: tuple[Fold, ...]) -> tuple[Fold, ...]:
    kept: list[Fold] = []
    room = FOLDS
    for fold in folds:
        if room <= 0:
            break
        kept.append(Fold(kind=fold.kind, text=fold.text[:room]))
        room -= len(fold.text)
    return tuple(kept)


def agent(row: Row) -> AgentRow:
    capacity, limits = room_of(row)
    return AgentRow(
        id=row.id,
        name=row.name,
        role=row.role,
        presence=row.presence,
        reason=row.reason,
        since=row.since,
        teams=parsed(row.teams, tuple[str, ...], ()),
        secondary=parsed(row.secondary, tuple[str, ...], ()),
        skills=parsed(row.skills, dict[str, int], {}),
        load=row.load,
        capacity=capacity,
        limits=limits,
        wraps_until=row.wraps_until,
        own_until=row.own_until,
    )


def offers(rows: Rows, agent: str) -> tuple[OfferRow, ...]:
    """What is offered to an agent now."""
    return tuple(map(_offer, rows.all("offers_of", agent=agent)))


def _offer(row: Row) -> OfferRow:
    return OfferRow(
        id=row.id,
        conversation=row.conversation,
        contact=row.contact,
        contact_name=row.contact_name,
        kind=row.kind,
        team=row.team,
        at=row.at,
        until=row.until,
        subject=row.subject[:200],
        last_text=row.last_text,
        said=parsed(row.said, Said, None),
    )


def identity(row: Row) -> IdentityRow:
    return IdentityRow(
        id=row.id,
        kind=row.kind,
        address=row.address,
        name=row.name,
        verified=bool(row.verified),
        evidence=row.linked_by or row.evidence,
        blocked=bool(row.blocked),
        since=row.since,
        linked=row.own != row.born,
    )


def note(row: Row) -> Note:
    return Note(contact=row.contact, revision=row.revision, text=row.text, by=row.agent, at=row.at)


def ledger(row: Row) -> LedgerRow:
    return LedgerRow(
        id=row.id,
        at=row.at,
        kind=row.kind,
        account=row.account,
        event=row.event[:200],
        verdict=row.verdict,
        reason=row.reason[:500],
        message=row.message,
        again=row.again,
        last_at=row.last_at or 0.0,
        kept=bool(row.kept),
        said=" · ".join(filter(None, (row.author, row.subject or row.text)))[:200],
    )


def outbox(row: Row) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        message=row.message,
        conversation=row.conversation,
        contact=row.contact,
        kind=row.kind,
        account=row.account,
        remote=row.remote[:200],
        state=row.state,
        at=row.at,
        author=row.author,
        text=row.text[:200],
        reason=row.reason[:500],
        attempt=row.attempt,
        doubts=row.doubts,
        next=row.not_before,
        behind=(row.behind or 0) if row.state in ("held", "ready") else 0,
    )


def change(row: Row) -> Change:
    return Change(**row._asdict())


def team(rows: Rows, row: Row, now: float) -> TeamRow:
    """A team with its maintained counters."""
    waiting, assigned = (count(rows, row.id, status) for status in ("waiting", "assigned"))
    return TeamRow(
        id=row.id,
        name=row.name,
        waiting=waiting,
        assigned=assigned,
        late=sum(rows.value("late_of", team=row.id, status=s, now=now) for s in _OPEN),
        worst_due=worst(rows, row.id),
    )


_OPEN = ("waiting", "assigned")


def count(rows: Rows, team: str, status: str) -> int:
    return int(rows.value("count_of", team=team, status=status))


def worst(rows: Rows, team: str) -> float | None:
    """The first reply target of all that a team has open."""
    found = (rows.value("worst_due", team=team, status=status) for status in _OPEN)
    return min((due for due in found if due is not None), default=None)


def account(row: Row, policy: Policy, health: Health | None) -> AccountRow:
    settings = policy.account(row.account, row.kind)
    known: Capabilities | None = capabilities_of(row) if row.capabilities else None
    return AccountRow(
        kind=row.kind,
        account=row.account,
        address=row.address,
        title=row.title or settings.title,
        team=settings.team,
        signature=settings.signature,
        capabilities=known,
        health=health.state if health else "",
        health_said=health.said if health else "",
    )
