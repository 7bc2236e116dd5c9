"""How long a search takes among 1,000,000 messages, and whether the lane notices it."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import apsw

from bench import intake
from bench.kit import filling
from bench.kit.figure import Figure, Reach, alternating, median, quantile
from bench.kit.filling import Past
from bench.kit.real_desk import bus_and_router, data_folder
from bench.kit.talk import SYLLABLES, Talk
from router.search.index import Document, SearchIndex
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.verbs import Search

PAST = Past(conversations=200_000, waiting=1_000)
QUERIES, PAGE = 300, 50
LANGUAGES = tuple(SYLLABLES)
PLAIN = "CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'unicode61')"
FIND = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?"
TEXTS = "SELECT id, conversation, contact, at, text FROM messages ORDER BY id"
# Messages one at a time, beside searching and without it.
ROUNDS, IN_A_ROUND = 12, 25


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        each = _indexed(folder)
        plain = _plain(folder)
        places = intake.seats(folder)
        async with contextlib.AsyncExitStack() as stack:
            bus = await stack.enter_async_context(bus_and_router(folder))
            desk = await stack.enter_async_context(intake.at_work(bus, places))
            customers = await intake.customers(stack, folder, bus, PAST)
            ours, theirs = await _asked(desk, plain)
            beside, alone = await _lane(desk, customers)
        plain.close()
    yield Figure(
        name="search.p95", value=quantile(ours, 0.95), unit="ms", yardstick=quantile(theirs, 0.95),
        said=f"an agent's page of {PAGE} hits, with who may see them and snippets, for one to "
        f"three words, common and rare, among {PAST.messages:,} messages in four languages; "
        "95th percentile.",
        beside="SQLite's own full-text search (unicode61, bm25) over the same texts, ids only.",
        reach=Reach(value=200.0),
    )  # fmt: skip
    yield Figure(
        name="search.lane", value=median(beside), unit="ms", yardstick=median(alone),
        said="an adapter's request until its committed answer while an agent searches without "
        "pause.",
        beside="the same while nobody searches.", reach=Reach(ratio=1.5),
    )  # fmt: skip
    yield Figure(
        name="search.index", value=each, unit="µs", said="processor time to index a message.",
    )  # fmt: skip


def _indexed(folder: DataFolder) -> float:
    """Every message of the past; microseconds each."""
    desk = apsw.Connection(str(folder.database), flags=apsw.SQLITE_OPEN_READONLY)
    index = SearchIndex.open(folder.search)
    position = index.position()
    began = time.process_time()
    rows = (
        Document(f"m{number}", "message", conversation, contact, at, text)
        for number, conversation, contact, at, text in desk.execute(TEXTS)
    )
    for some in _dozens(rows, 1_000):
        index.put(some)
    spent = time.process_time() - began
    index.mark(position)
    index.close()
    desk.close()
    return spent / PAST.messages * 1e6


def _dozens(rows: Iterator[Document], size: int) -> Iterator[list[Document]]:
    some: list[Document] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    yield some


def _plain(folder: DataFolder) -> apsw.Connection:
    plain = apsw.Connection(str(Path(folder.root) / "plain.db"))
    plain.execute("ATTACH ? AS desk", (str(folder.database),))
    with plain:
        plain.execute(PLAIN)
        plain.execute("INSERT INTO plain (rowid, text) SELECT id, text FROM desk.messages")
    plain.execute("DETACH desk")
    return plain


async def _asked(desk: Desk, plain: apsw.Connection) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for words in _queries():
        began = time.perf_counter()
        await desk.call(Search(query=" ".join(words), limit=PAGE), timeout=30)
        middle = time.perf_counter()
        quoted = " ".join(f'"{word}"' for word in words)
        plain.execute(FIND, (quoted, PAGE)).fetchall()
        ours.append((middle - began) * 1_000)
        theirs.append((time.perf_counter() - middle) * 1_000)
    return ours, theirs


def _queries() -> Iterator[list[str]]:
    talk, chance = Talk(2), random.Random(7)
    for number in range(QUERIES):
        language = LANGUAGES[number % len(LANGUAGES)]
        yield [talk.word(language) for _ in range(chance.randint(1, 3))]


async def _lane(desk: Desk, customers: intake.Customers) -> tuple[list[float], list[float]]:
    """Milliseconds a message, in turns with somebody searching and with nobody."""

    async def alone() -> float:
        return await customers.one_by_one(IN_A_ROUND)

    async def beside() -> float:
        searching = asyncio.create_task(_search_on(desk))
        try:
            return await customers.one_by_one(IN_A_ROUND)
        finally:
            searching.cancel()

    return await alternating(ROUNDS, beside, alone)


async def _search_on(desk: Desk) -> None:
    while True:
        for words in _queries():
            await desk.call(Search(query=" ".join(words), limit=PAGE), timeout=30)
