"""The list on the left: its rows, their order, what waits behind it, the cursor. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from console.events import CursorMoved, Held, ListTurned, PageCame, RowsCame
from console.view import ListName, View, in_list
from wire.messages.desk import ConversationRow
from wire.messages.verbs import QueuePage
from wire.query.evaluating import Asking
from wire.query.nodes import Query
from wire.query.parsing import parse
from wire.query.rows import holds


def matches(row: ConversationRow, text: str, view: View) -> bool:
    """Whether a row fits the filter, as far as rows tell; else the desk's page says which do."""
    query = _query(text)
    return query is not None and holds(query, row, Asking(view.now, view.me.id))


@lru_cache(maxsize=16)
def _query(text: str) -> Query | None:
    found = parse(text)
    return found if isinstance(found, Query) else None


def _rank(row: ConversationRow, name: ListName) -> tuple[float, float, int]:
    if name in ("snoozed", "resolved"):
        return (-row.last_at, 0.0, -row.id)
    due = float("inf") if row.due is None else row.due
    return (due, -row.last_at, row.id)


def merged(
    view: View, rows: Iterable[ConversationRow], gone: Iterable[int] = ()
) -> dict[int, ConversationRow]:
    known = dict(view.rows)
    for row in rows:
        if row.id not in known or row.version >= known[row.id].version:
            known[row.id] = row
    for lost in gone:
        known.pop(lost, None)
    return known


def ordered(view: View) -> View:
    """Put the list in order; while it is held, what is new waits behind it."""
    wanted = sorted(
        (
            row
            for row in view.rows.values()
            if in_list(row, view.list, view)
            and (row.id in view.listed or not view.filter or matches(row, view.filter, view))
        ),
        key=lambda row: _rank(row, view.list),
    )
    ids = tuple(row.id for row in wanted)
    behind: tuple[int, ...] = ()
    if view.held and view.order:
        there = set(ids)
        kept = tuple(known for known in view.order if known in there)
        if kept:
            behind = tuple(known for known in ids if known not in set(kept))
            ids = kept
    return replace(view, order=ids, behind=behind, cursor=_cursor(view, ids))


def _cursor(view: View, ids: tuple[int, ...]) -> int:
    """The same conversation, or the one that took its place."""
    if view.cursor in ids or not ids:
        return view.cursor if ids else 0
    if view.cursor not in view.order:
        return ids[0]
    there = set(ids)
    place = view.order.index(view.cursor)
    after = (known for known in view.order[place:] if known in there)
    before = (known for known in reversed(view.order[:place]) if known in there)
    return next(after, next(before, ids[0]))


def listed(view: View, event: ListTurned | PageCame | RowsCame | CursorMoved | Held) -> View:
    match event:
        case ListTurned(name, words):
            turned = replace(view, list=name, filter=words, listed=frozenset(), loaded=False)
            return ordered(replace(turned, held=False, order=(), behind=(), total=0, after=""))
        case PageCame():
            return _paged(view, event)
        case RowsCame(rows, missing):
            return ordered(replace(view, rows=merged(view, rows, missing)))
        case CursorMoved(conversation):
            return replace(view, cursor=conversation) if conversation in view.order else view
        case Held(on):
            return view if on == view.held else ordered(replace(view, held=on))


def _paged(view: View, came: PageCame) -> View:
    page = came.page
    if (came.list, came.filter) != (view.list, view.filter):  # another list was turned to since
        return replace(view, rows=merged(view, page.rows))
    ids = frozenset(row.id for row in page.rows)
    if not view.loaded and view.cursor == next(iter(view.order), 0):
        view = replace(view, cursor=0)  # at the top of the few that were known: at the top of all
    if came.more:  # what lies further down is no news: it is not held back
        view = replace(
            view, order=(*view.order, *(row.id for row in page.rows if row.id not in view.order))
        )
    return ordered(
        replace(
            view,
            rows=merged(view, page.rows, () if came.more else _vanished(view, page, ids)),
            listed=view.listed | ids if came.more else ids,
            counts=page.counts,
            total=page.total,
            after=page.next,
            loaded=True,
        )
    )


def _vanished(view: View, page: QueuePage, ids: frozenset[int]) -> tuple[int, ...]:
    """What we thought to be in the list and a whole fresh page does not have: known no more."""
    if page.next or view.filter:
        return ()
    open_strand = view.thread.strand if view.thread else 0
    return tuple(k for k in view.order if k not in ids and k != open_strand)
