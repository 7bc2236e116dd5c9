"""The bare lane: the least that "accepted means committed" costs, as a process to measure beside.

`python -m bench.kit.bare_lane URL FILE [STORED]`: on a store of so many messages, a core NATS
request → decode → one SQLite transaction (WAL, synchronous=FULL) for all that waits (thread upsert,
message with a unique key, event; row by row in one worker-thread call) → answer and one news
publish each.
"""

import asyncio
import signal
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg

REQUEST, NEWS = "bare.intake", "bare.news"
ACCEPTED = b'{"type":"accepted"}'
READY = "bare lane ready"

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE threads (remote TEXT PRIMARY KEY, last REAL NOT NULL, n INTEGER NOT NULL);
CREATE TABLE messages (id INTEGER PRIMARY KEY, event TEXT NOT NULL UNIQUE, remote TEXT NOT NULL,
    body BLOB NOT NULL);
CREATE TABLE events (seq INTEGER PRIMARY KEY, what TEXT NOT NULL, message INTEGER NOT NULL);
"""
THREAD = """
INSERT INTO threads VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET last = excluded.last, n = n + 1
"""
MESSAGE = "INSERT OR IGNORE INTO messages (event, remote, body) VALUES (?, ?, ?)"
EVENT = "INSERT INTO events (what, message) VALUES ('message', ?)"


# Of a store with a past each message has so many bytes.
BODY = b"x" * 600


class Event(msgspec.Struct):
    id: str
    remote: str
    at: float


class Intake(msgspec.Struct):
    event: Event


class BareLane:
    """Takes whatever waits, commits it together, then answers and tells."""

    def __init__(self, client: Client, file: str, stored: int) -> None:
        self._client = client
        self._file = file
        self._stored = stored
        self._writer = ThreadPoolExecutor(1)
        self._waiting: list[Msg] = []
        self._awake = asyncio.Event()
        self._decoder = msgspec.json.Decoder(Intake)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        database = await loop.run_in_executor(self._writer, self._open)
        await self._client.subscribe(REQUEST, cb=self._take)
        await self._client.flush()
        print(READY, flush=True)
        while True:
            await self._awake.wait()
            self._awake.clear()
            batch, self._waiting = self._waiting, []
            items = [(self._decoder.decode(message.data).event, message.data) for message in batch]
            await loop.run_in_executor(self._writer, _commit, database, items)
            for message in batch:
                await self._client.publish(message.reply, ACCEPTED)
                await self._client.publish(NEWS, ACCEPTED)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, isolation_level=None)
        database.executescript(SCHEMA)
        database.execute("BEGIN")
        for number in range(self._stored):
            event = Event(f"old-{number}", f"customer-{number // 5}@kvit.example", float(number))
            _store(database, event, BODY)
        database.execute("COMMIT")
        return database

    async def _take(self, message: Msg) -> None:
        self._waiting.append(message)
        self._awake.set()


def _commit(database: sqlite3.Connection, items: list[tuple[Event, bytes]]) -> None:
    database.execute("BEGIN IMMEDIATE")
    for event, body in items:
        _store(database, event, body)
    database.execute("COMMIT")


def _store(database: sqlite3.Connection, event: Event, body: bytes) -> None:
    database.execute(THREAD, (event.remote, event.at))
    message = database.execute(MESSAGE, (event.id, event.remote, body)).lastrowid
    database.execute(EVENT, (message,))


async def main(url: str, file: str, stored: int) -> None:
    client = Client()
    # As ours: each answer goes out at once.
    await client.connect(url, pending_size=0)
    await BareLane(client, file, stored).run()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stored = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    uvloop.run(main(sys.argv[1], sys.argv[2], stored))
