"""What the desk's own file says when all is over: is it whole, do its counters count right."""

from pathlib import Path
from typing import Any

import apsw
import msgspec

from wire.data_folder import DataFolder

# A counter that the desk maintains, and the same counted anew; both as (name, number).
COUNTERS = {
    "conversations": (
        "SELECT team || ' ' || owner || ' ' || status, n FROM counts WHERE n <> 0",
        "SELECT team || ' ' || owner || ' ' || status, count(*) FROM conversations GROUP BY 1",
    ),
    "ledger": (
        "SELECT verdict, n FROM ledger_counts WHERE n <> 0",
        "SELECT verdict, count(*) FROM ledger WHERE verdict <> 'accepted' GROUP BY 1"
        " UNION ALL SELECT 'again', sum(again) FROM ledger HAVING sum(again) > 0",
    ),
    "outbox": (
        "SELECT state, n FROM outbox_counts WHERE n <> 0",
        "SELECT state, count(*) FROM outbox GROUP BY 1",
    ),
    "stats": (
        "SELECT name, n FROM stats WHERE name IN ('messages', 'conversations', 'contacts')",
        "SELECT 'messages', count(*) FROM messages UNION ALL"
        " SELECT 'conversations', count(*) FROM conversations UNION ALL"
        " SELECT 'contacts', count(*) FROM contacts",
    ),
}


class Stored(msgspec.Struct, frozen=True):
    """A message as it is stored."""

    id: int
    by: str
    kind: str
    text: str
    accepted: float
    state: str
    # Of our own: its row of the outbox.
    outbox: int = 0
    attempts: int = 0
    # How often nobody knew whether it had arrived.
    doubts: int = 0


class Evidence(msgspec.Struct, frozen=True):
    integrity: str
    # Counters that are not what they should be.
    wrong: tuple[str, ...]
    # Files that messages name and that are not there whole.
    files_missing: tuple[str, ...]
    messages: tuple[Stored, ...]


def gathered(folder: DataFolder) -> Evidence:
    """Of a desk that does not run any more."""
    connection = apsw.Connection(str(folder.database), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        return Evidence(
            integrity=integrity(connection),
            wrong=tuple(_wrong(connection)),
            files_missing=tuple(_missing(connection, folder.blobs)),
            messages=tuple(_messages(connection)),
        )
    finally:
        connection.close()


def integrity(connection: apsw.Connection) -> str:
    """ "ok", or what SQLite found."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    found += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    return "ok" if found == ["ok"] else "; ".join(line for line in found if line != "ok")


def _wrong(connection: apsw.Connection) -> list[str]:
    wrong = []
    for name, (kept, counted) in COUNTERS.items():
        have = dict(_pairs(connection, kept))
        should = dict(_pairs(connection, counted))
        if have != should:
            wrong.append(f"{name}: {have} should be {should}")
    return wrong


def _pairs(connection: apsw.Connection, query: str) -> list[tuple[str, int]]:
    return [(str(name), int(number)) for name, number in connection.execute(query)]


def _missing(connection: apsw.Connection, blobs: Path) -> list[str]:
    rows = connection.execute("SELECT sha256, size FROM blobs WHERE data IS NULL")
    places = [(blobs / name[:2] / name, size) for name, size in rows]
    missing = [path.name for path, size in places
               if not path.exists() or path.stat().st_size != size]  # fmt: skip
    unknown = "SELECT sha256 FROM blob_uses WHERE sha256 NOT IN (SELECT sha256 FROM blobs)"
    return missing + [str(row[0]) for row in connection.execute(unknown)]


def _messages(connection: apsw.Connection) -> list[Stored]:
    rows: Any = connection.execute(
        "SELECT m.id, m.author_is, m.kind, m.text, m.accepted, m.state, ifnull(o.id, 0),"
        " ifnull(o.attempt, 0), ifnull(o.doubts, 0)"
        " FROM messages m LEFT JOIN outbox o ON o.message = m.id"
        " WHERE m.author_is IN ('customer', 'agent')"
    )
    return [Stored(*row) for row in rows]
