"""How long a search takes among 100,000 messages."""

import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import apsw

from bench.kit.figure import Figure, quantile
from bench.kit.real_desk import data_folder
from bench.kit.talk import SYLLABLES, Talk
from router.search.index import Document, SearchIndex

MESSAGES, QUERIES, PAGE = 100_000, 200, 50
LANGUAGES = tuple(SYLLABLES)
PLAIN = "CREATE VIRTUAL TABLE plain USING fts5 (text, tokenize = 'unicode61')"
FIND = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?"


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        index = SearchIndex.open(folder.search)
        began = time.process_time()
        index.put(_documents())
        each = (time.process_time() - began) / MESSAGES * 1e6
        plain = _plain(folder.root / "plain.db")
        ours, theirs = _asked(index, plain)
        index.close()
        plain.close()
    yield Figure(
        name="search.p95", value=quantile(ours, 0.95), unit="ms", yardstick=quantile(theirs, 0.95),
        said=f"a page of hits for one to three words among {MESSAGES:,} messages in four "
        "languages, stemmed, newer ones first among equals; 95th percentile.",
        beside="SQLite's own full-text search (unicode61, bm25) over the same texts.",
    )  # fmt: skip
    yield Figure(
        name="search.index", value=each, unit="µs", said="processor time to index a message.",
    )  # fmt: skip


def _texts() -> Iterator[tuple[int, str]]:
    talk = Talk(7)
    for number in range(MESSAGES):
        yield number, talk.text(LANGUAGES[number % len(LANGUAGES)], 300)


def _documents() -> Iterator[Document]:
    for number, text in _texts():
        yield Document(f"m{number}", "message", number // 5, number // 5, float(number), text)


def _plain(path: Path) -> apsw.Connection:
    database = apsw.Connection(str(path))
    with database:
        database.execute(PLAIN)
        database.executemany("INSERT INTO plain (rowid, text) VALUES (?, ?)", _texts())
    return database


def _asked(index: SearchIndex, plain: apsw.Connection) -> tuple[list[float], list[float]]:
    talk, chance = Talk(7), random.Random(7)
    ours, theirs = [], []
    for number in range(QUERIES):
        language = LANGUAGES[number % len(LANGUAGES)]
        words = [talk.word(language) for _ in range(chance.randint(1, 3))]
        began = time.perf_counter()
        index.find(" ".join(words), PAGE)
        middle = time.perf_counter()
        quoted = " ".join(f'"{word}"' for word in words)
        plain.execute(FIND, (quoted, PAGE)).fetchall()
        ours.append((middle - began) * 1_000)
        theirs.append((time.perf_counter() - middle) * 1_000)
    return ours, theirs
