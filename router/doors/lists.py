"""Lists of conversations: a window in its order, with counts, as one agent may see them."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from router.doors import querying, shown
from router.doors.asker import Asker, Reading, Refused
from router.store.sql import Rows
from wire import codec
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.desk import ConversationRow, Counts
from wire.messages.verbs import Queue, QueuePage, RowsOf
from wire.messages.verbs import Rows as RowsAre
from wire.query.evaluating import Asking
from wire.query.nodes import Query, QueryError
from wire.query.parsing import parse

Row = Any
MOST = 500
# A filter looks at so many rows at a time; a page may end early, its cursor goes on.
LOOKED_AT = 5_000
STEP = 256
_START = (-1e18, -(2**62))

# view → (statuses, whether one's own of other teams belong to it, put aside).
_VIEWS: dict[str, tuple[tuple[str, ...], bool, bool]] = {
    "mine": (("assigned",), True, False),
    "waiting": (("waiting",), False, False),
    "team": (("waiting", "assigned"), False, False),
    "all": (("waiting", "assigned"), True, False),
    "snoozed": (("snoozed",), True, True),
    "resolved": (("resolved",), True, True),
}


def queue(read: Reading, ask: Queue) -> QueuePage:
    """Each (team, status) is one walk along an index; the page merges them by their order."""
    query = asked(ask.filter)
    rows = _merged(read, ask.view, _place(ask.after), condition(read, query))
    kept, following = _window(rows, min(max(ask.limit, 1), MOST), chosen=bool(query))
    return QueuePage(
        seq=read.rows.value("last_event"),
        rows=tuple(kept),
        counts=counts(read.rows, read.asker, read.now),
        next=following,
        total=len(kept) if query else _total(read, ask.view),
    )


def asked(text: str) -> Query:
    """What a list is filtered by. Raises Refused with the column of what is wrong."""
    found = parse(text)
    if isinstance(found, QueryError):
        raise Refused("invalid", say("The query is wrong from column {column} on: {reason}",
                                     column=found.column, reason=str(found.said)))  # fmt: skip
    return found


def condition(read: Reading, query: Query) -> querying.Condition | None:
    """As SQL; None when nothing is asked. Days are those of the desk's own clock on the wall."""
    if not query:
        return None
    zone = datetime.fromtimestamp(read.now).astimezone().tzinfo or UTC
    return querying.condition(query, Asking(read.now, read.asker.id, zone), read.book.segments)


def _window(rows: Iterator[Row], limit: int, *, chosen: bool) -> tuple[list[ConversationRow], str]:
    """The rows that fit, and the cursor of the last one looked at; "" when that was the last."""
    kept: list[ConversationRow] = []
    size, cursor = shown.PAGE, ""
    for looked, row in enumerate(rows):
        if len(kept) == limit or looked == LOOKED_AT:
            return kept, cursor
        if not chosen or row.fits:
            found = shown.conversation(row)
            size -= len(codec.encode(found)) + 1
            if size < 0 and kept:
                return kept, cursor
            kept.append(found)
        cursor = codec.encode(_key(row)).decode()
    return kept, ""


def rows_of(read: Reading, ask: RowsOf) -> RowsAre:
    ids = codec.encode(ask.ids[:200]).decode()
    found = read.rows.all("seen_conversations", ids=ids, **read.asker.eyes)
    rows = shown.bounded(map(shown.conversation, found))
    return RowsAre(seq=read.rows.value("last_event"), rows=rows)


# --- the walk ----------------------------------------------------------------------------------


def _merged(
    read: Reading, view: str, place: tuple[float, int], condition: querying.Condition | None
) -> Iterator[Row]:
    walks = [
        _walk(_step(read.rows, statement, whose, status, condition), place)
        for statement, whose, status in _walks(read, view)
    ]
    before = 0
    for row in heapq.merge(*walks, key=_key):
        if row.id != before:  # one's own stands in the walk of its team as well
            yield row
        before = row.id


def _walks(read: Reading, view: str) -> Iterator[tuple[str, str, str]]:
    statuses, own, aside = _VIEWS[view]
    head = "aside" if aside else "open"
    for status in statuses:
        if own:
            yield f"{head}_of_owner", read.asker.id, status
        if view != "mine":
            for team in teams_of(read.rows, read.asker):
                yield f"{head}_of_team", team, status


def _step(
    rows: Rows, statement: str, whose: str, status: str, condition: querying.Condition | None
) -> Callable[..., list[Row]]:
    """Some rows from a place on, in their order."""
    if condition is None:
        return partial(rows.all, statement, whose=whose, status=status)
    marked = partial(rows.marked, statement, condition.sql, whose=whose, status=status,
                     **condition.values)  # fmt: skip
    return lambda **window: sorted(marked(**window), key=_key)


def _walk(step: Callable[..., list[Row]], place: tuple[float, int]) -> Iterator[Row]:
    limit = STEP
    while True:
        found = step(place=place[0], id=place[1], limit=limit)
        yield from found
        if len(found) < limit:
            return
        place, limit = _key(found[-1]), min(limit * 2, 2_000)


def _key(row: Row) -> tuple[float, int]:
    aside = row.status in ("snoozed", "resolved")
    return row.place, -row.id if aside else row.id


def teams_of(rows: Rows, asker: Asker) -> tuple[str, ...]:
    if asker.leads:
        return tuple(row.team for row in rows.all("teams_with_work"))
    return asker.teams


def _place(cursor: str) -> tuple[float, int]:
    if not cursor:
        return _START
    place = codec.decode(cursor.encode(), tuple[float, int])
    if isinstance(place, Malformed) or abs(place[1]) > 2**62:
        raise Refused("invalid", say("This place in the list does not exist."))
    return place


# --- numbers -----------------------------------------------------------------------------------


def counts(rows: Rows, asker: Asker, now: float) -> Counts:
    """The head line: what is mine, and what one's own teams have."""
    mine = rows.one("mine_now", agent=asker.id, now=now)
    worst = (shown.worst(rows, team) for team in asker.teams)
    each = {
        status: sum(shown.count(rows, team, status) for team in asker.teams)
        for status in ("waiting", "assigned", "snoozed")
    }
    return Counts(
        mine=mine.n,
        mine_late=mine.late,
        mine_next=mine.next,
        team=each["waiting"] + each["assigned"],
        team_worst=min((due for due in worst if due is not None), default=None),
        waiting=each["waiting"],
        snoozed=each["snoozed"],
    )


def _total(read: Reading, view: str) -> int:
    """From the counters: all of the teams' and one's own of other teams."""
    statuses, own, _ = _VIEWS[view]
    teams = () if view == "mine" else teams_of(read.rows, read.asker)
    total = sum(shown.count(read.rows, team, s) for team in teams for s in statuses)
    if own:
        owned = (read.rows.all("count_of_owner", agent=read.asker.id, status=s) for s in statuses)
        total += sum(row.n for rows in owned for row in rows if row.team not in teams)
    return total
