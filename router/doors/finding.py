"""Search: the index names documents, SQL says which of them may be seen and what they say."""

import asyncio
from collections.abc import Callable
from typing import Any

from router.doors import shown, sight, threads
from router.doors.asker import Asker, Reading
from router.handling.contacts import standing
from router.search import index
from router.search.index import SearchIndex
from router.search.snippet import snippet
from router.store.sql import Rows
from router.store.store import Store
from wire.messages.desk import ContactCard, Hit
from wire.messages.verbs import Contacts, FindContacts, Hits, Search

WIDTH = 160
STEP, FURTHEST = 200, 2_000
MOST = 100
CARDS = 50
QUERY = 400


class Finding:
    """Searches in a thread of its own: the index is a file beside the desk."""

    def __init__(self, store: Store, found_by: SearchIndex | None) -> None:
        self._store = store
        self._index = found_by

    async def search(self, asking: Callable[[Rows], Asker], ask: Search) -> Hits:
        """Hits that may be seen; what may not be is passed over and not counted."""
        query, wanted = ask.query[:QUERY], min(max(ask.limit, 1), MOST)
        hits: list[Hit] = []
        skip = max(ask.offset, 0)
        for start in range(0, FURTHEST, STEP):
            found = await self._find(query, start)
            hits += await self._store.read(
                lambda rows, found=found: _seen(rows, asking(rows), found, query)  # type: ignore[misc]
            )
            if len(found) < STEP or len(hits) > skip + wanted:
                break
        shown_now = shown.bounded(hits[skip : skip + wanted])
        return Hits(hits=shown_now, more=len(hits) > skip + len(shown_now))

    async def named(self, words: str) -> list[int]:
        """Contacts whom the index finds by these words, whatever their form."""
        found = await self._find(words[:QUERY], 0)
        return [hit.contact for hit in found if hit.kind == "contact"]

    async def _find(self, query: str, offset: int) -> list[index.Hit]:
        if self._index is None:
            return []
        return await asyncio.to_thread(self._index.find, query, STEP, offset=offset)


def _seen(rows: Rows, asker: Asker, found: list[index.Hit], query: str) -> list[Hit]:
    hits = (_hit(rows, hit, query) for hit in found)
    may: dict[int, bool] = {}
    kept = []
    for hit in hits:
        if hit is None:
            continue
        if hit.contact not in may:
            may[hit.contact] = sight.sees(rows, asker, hit.contact)
        if may[hit.contact]:
            kept.append(hit)
    return kept


def _hit(rows: Rows, hit: index.Hit, query: str) -> Hit | None:
    """As it is now: the index may be some seconds behind."""
    number = int(hit.id[1:])
    if hit.kind in ("message", "comment"):
        row = rows.one("message", id=number)
        if row is None or row.deleted:
            return None
        return _made(rows, hit, row.contact, row.text or row.subject, query,
                     conversation=row.conversation, message=row.id, at=row.at)  # fmt: skip
    if hit.kind == "note":
        row = rows.one("note", contact=number)
        if standing(rows, number) != number:
            return None  # its words stand in the note of whom it was merged into
        return None if row is None else _made(rows, hit, number, row.text, query, at=row.at)
    names = " · ".join(
        row.address for row in rows.all("identities_of", contact=standing(rows, number))[:10]
    )
    return _made(rows, hit, number, names, query)


def _made(
    rows: Rows, hit: index.Hit, contact: int, text: str, query: str, **more: Any
) -> Hit | None:
    row = rows.one("contact", id=standing(rows, contact))
    if row is None:
        return None
    line, spans = snippet(text, query, WIDTH)
    return Hit(what=hit.kind, contact=row.id, contact_name=row.name, snippet=line,
               spans=tuple(spans), **more)  # fmt: skip


# --- contacts by name --------------------------------------------------------------------------


def contacts(read: Reading, ask: FindContacts, named: list[int]) -> Contacts:
    """Contacts whose name or address begins with the words, then those whom the index knows."""
    words = ask.words.strip()[:QUERY]
    if not words:
        return Contacts(rows=())
    known = (*_beginning(read.rows, words), *named)
    ids = dict.fromkeys(standing(read.rows, number) for number in known)
    cards: list[ContactCard] = []
    for number in ids:
        if len(cards) == min(max(ask.limit, 1), CARDS):
            break
        row = read.rows.one("contact", id=number)
        if row is not None and sight.sees(read.rows, read.asker, number):
            cards.append(threads.card(read.rows, row, brief=True))
    return Contacts(rows=shown.bounded(cards))


def _beginning(rows: Rows, words: str) -> list[int]:
    """SQL compares letters as they are: so as typed, small, and as names are written."""
    found: dict[int, None] = {}
    for form in dict.fromkeys((words, words.lower(), words.title())):
        to = form + "\U0010ffff"
        known = rows.all("contacts_by_words", **{"from": form, "to": to}, limit=STEP)
        found |= dict.fromkeys(row.id for row in known)
    return list(found)
