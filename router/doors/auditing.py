"""The audit at the doors: what a command leaves in it, and who may read it."""

from typing import Any

from router.access import audit
from router.doors import shown
from router.doors.asker import Reading, Refused
from router.lane import Work
from wire.messages.base import say
from wire.messages.desk import AuditRow, ConsoleRow
from wire.messages.verbs import (
    Ask,
    Assign,
    Audit,
    Block,
    Compose,
    Consoles,
    ConsolesOf,
    HandOver,
    Invite,
    Link,
    Logout,
    Prioritise,
    ReadAudit,
    Resend,
    RulebookLoad,
    SetAgent,
    SetCanned,
    SetContact,
    SetOwnLimits,
    SetPresence,
    SetSkill,
    SetTeam,
    Tag,
    Transfer,
    Unlink,
)

Row = Any
MOST = 500
_LAST = 2**62
# What of a command is written down beside its ids: never words to or of a customer, no secret.
DETAILS: dict[type[Ask], tuple[str, ...]] = {
    Assign: ("agent", "team"),
    Transfer: ("agent", "team", "skill"),
    Compose: ("kind", "account"),
    Resend: ("settle",),
    Prioritise: ("priority",),
    HandOver: ("agent", "owner", "team"),
    Tag: ("add", "remove"),
    Block: ("identity", "blocked"),
    Link: ("identity",),
    Unlink: ("identity",),
    SetAgent: ("agent", "role_is", "teams", "secondary", "skills", "capacity", "limits", "enabled"),
    Invite: ("agent",),
    SetTeam: ("team",),
    SetSkill: ("skill",),
    SetCanned: (),
    SetContact: ("add", "remove"),
    RulebookLoad: ("dry",),
    Logout: ("key",),
}
# One's own being here is in the event log, and tells nothing of a customer.
QUIET = (SetPresence, SetOwnLimits)


def wrote(work: Work, agent: str, ask: Ask, answer: Any) -> None:
    """In the command's own transaction: it happened if and only if this says so."""
    if not isinstance(ask, QUIET):
        audit.write(work, agent, ask.verb, detail=_detail(ask), **_about(work, ask, answer))


def _about(work: Work, ask: Ask, answer: Any) -> dict[str, int]:
    """What the command or its answer names; the rest from what happened."""
    return {
        name: getattr(answer, name, 0) or getattr(ask, name, 0) or _happened(work, name)
        for name in ("contact", "conversation", "message")
    }


def _happened(work: Work, name: str) -> int:
    found = (int(getattr(event, name)) for event in work.events)
    return next((number for number in found if number), 0)


def _detail(ask: Ask) -> str:
    given = {name: getattr(ask, name) for name in DETAILS.get(type(ask), ())}
    said = {name: value for name, value in given.items() if value not in (None, "", ())}
    told = [f"{name}={_plain(value)}" for name, value in said.items()]
    if isinstance(ask, SetAgent) and ask.password is not None:
        told.append("password")
    return " ".join(told)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, dict):
        return ",".join(f"{name}:{held}" for name, held in value.items())
    return str(value)


# --- reading -----------------------------------------------------------------------------------


def read(read: Reading, ask: ReadAudit) -> Audit:
    """Newest first. Leads see every conversation, so they may see who saw it."""
    limit = min(max(ask.limit, 1), MOST)
    found = _found(read, ask, limit + 1)
    rows = shown.bounded(map(_shown, found[:limit]))
    return Audit(rows=rows, next=rows[-1].id if len(found) > len(rows) else 0)


def _found(read: Reading, ask: ReadAudit, limit: int) -> list[Row]:
    place = {"before": ask.before or _LAST, "since": ask.since, "limit": limit}
    if ask.who:
        return read.rows.all("audit_of_agent", agent=ask.who, contact=ask.contact, **place)
    if ask.contact:
        return read.rows.all("audit_of_contact", contact=ask.contact, **place)
    return read.rows.all("audit_rows", **place)


def _shown(row: Row) -> AuditRow:
    return AuditRow(**row._asdict())


def consoles(read: Reading, ask: ConsolesOf) -> Consoles:
    """Who comes in as an agent, and by which keys: to find the one that is to be shut out."""
    agent = ask.agent or read.asker.id
    if agent != read.asker.id and read.asker.role != "admin":
        raise Refused("forbidden", say("Only an admin sees the consoles of others."))
    rows = read.rows.all("consoles_of", agent=agent)
    return Consoles(rows=tuple(ConsoleRow(**row._asdict()) for row in rows))


def said(ask: ReadAudit) -> str:
    """A reading of the audit stands in it too."""
    given = {name: getattr(ask, name) for name in ("who", "contact") if getattr(ask, name)}
    return " ".join(f"{name}={value}" for name, value in given.items())
