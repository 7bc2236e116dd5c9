"""What was, page by page: where conversations stood, what rules know of them, and who was there."""

from typing import Any

from router.doors import shown
from router.doors.asker import Reading, Refused
from router.store.sql import Rows
from wire import codec
from wire.messages.base import say
from wire.messages.channel import Party
from wire.messages.history import History, Passage, Past, Present
from wire.messages.verbs import ReadHistory

# So many rows a page; what rules know of a conversation is up to some kilobytes.
ROWS = 150


def history(read: Reading, ask: ReadHistory) -> History:
    words = read.asker.role == "admin"
    return page(read.rows, ask, now=read.now, targets=read.policy.targets, words=words)


def page(rows: Rows, ask: ReadHistory, *, now: float, targets: dict[str, float],
         words: bool) -> History:  # fmt: skip
    """First all passages, then who was there: `after` says how far one has come in which."""
    part, _, place = (ask.after or "work:0").partition(":")
    if part not in ("work", "people") or not place.isdecimal() or len(place) > 18:
        raise Refused("invalid", say("This place in the history does not exist."))
    span = {"since": ask.since, "until": ask.until or now, "after": int(place), "limit": ROWS}
    until = span["until"]
    if part == "work":
        found = rows.all("passages", **span)
        return History(
            until=until, passages=tuple(map(_passage, found)),
            conversations=_conversations(rows, {row.conversation for row in found}, words=words),
            next=_next("work", found) or "people:0", targets=targets,
        )  # fmt: skip
    found = rows.all("presences", **span)
    first = [] if int(place) else _before(rows, ask.since)
    presences = (*first, *(Present(at=row.at, agent=row.agent, presence=row.presence)
                           for row in found))  # fmt: skip
    return History(until=until, presences=presences, next=_next("people", found), targets=targets)


def _next(part: str, found: list[Any]) -> str:
    return f"{part}:{found[-1].id}" if len(found) == ROWS else ""


def _before(rows: Rows, since: float) -> list[Present]:
    """How it stood at the beginning."""
    return [Present(at=since, agent=row.agent, presence=row.presence)
            for row in rows.all("present_before", since=since)]  # fmt: skip


def _passage(row: Any) -> Passage:
    return Passage(at=row.at, conversation=row.conversation, status=row.status, team=row.team,
                   owner=row.owner, replied=row.replied)  # fmt: skip


def _conversations(rows: Rows, ids: set[int], *, words: bool) -> tuple[Past, ...]:
    found = rows.all("past_conversations", ids=codec.encode(sorted(ids)).decode())
    return tuple(_past(row, words=words) for row in found)


def _past(row: Any, *, words: bool) -> Past:
    sender = shown.parsed(row.sender, Party, None)
    return Past(
        id=row.id, contact=row.contact, kind=row.kind, account=row.account, at=row.at,
        subject=row.subject if words else "", text=row.text if words else "",
        sender=sender.address if sender else "", name=row.name,
        language=row.language, company=row.company,
        tags=shown.parsed(row.tags, tuple[str, ...], ()),
        skills=shown.parsed(row.skills, dict[str, int], {}), demand=row.demand,
        priority=row.priority,
    )  # fmt: skip
