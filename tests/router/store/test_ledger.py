"""The ledger: one line an inbound item, counters that equal a recount, old folders that open."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.store.sql import migrations
from router.store.store import open_database
from tests.router.desk import TestDesk, inline, on_disk

pytestmark = pytest.mark.contract

# (event, sender, Message-ID): few of each, so that they repeat.
MAIL = st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4))
COUNTS = "SELECT verdict, n FROM ledger_counts WHERE n > 0"
RECOUNT = """
SELECT verdict, count(*) FROM ledger WHERE verdict <> 'accepted' GROUP BY verdict
UNION ALL SELECT 'again', sum(again) FROM ledger HAVING sum(again) > 0"""


@given(st.lists(MAIL, max_size=30))
@settings(max_examples=40)
def test_each_item_has_one_line_and_counters_equal_a_recount(mails: list[Any]) -> None:
    asyncio.run(_walk(mails))


async def _walk(mails: list[tuple[int, int, int]]) -> None:
    lines: dict[int, list[Any]] = {0: ["accepted", 0]}
    known: set[tuple[int, int]] = set()
    async with inline() as desk:
        await _block(desk, "c1@b.example")  # who writes first and is blocked then
        for event, sender, message_id in mails:
            if event in lines:
                lines[event][1] += 1
            elif (sender, message_id) in known:
                lines[event] = ["duplicate", 0]
            elif sender == 1:
                lines[event] = ["refused", 0]
            else:
                known.add((sender, message_id))
                lines[event] = ["accepted", 0]
            await desk.mail(str(event), str(sender), sender=f"c{sender}@b.example",
                            message_id=f"<{message_id}@b.example>")  # fmt: skip
        found = await desk.rows("SELECT CAST(event AS INT), verdict, again FROM ledger")
        assert {event: [verdict, again] for event, verdict, again in found} == lines
        assert sorted(await desk.rows(COUNTS)) == sorted(await desk.rows(RECOUNT))
        counted = await desk.store.read(lambda rows: dict(rows.all("ledger_counts")))
        expected = Counter(verdict for verdict, _ in lines.values())
        expected["again"] = sum(again for _, again in lines.values())
        assert counted == +expected


async def _block(desk: TestDesk, address: str) -> None:
    await desk.mail("0", sender=address, message_id="")
    await desk.do(lambda work: work.tx._connection.execute("UPDATE identities SET blocked = 1"))


async def test_no_line_goes_away(desk: TestDesk) -> None:
    await desk.mail("1")
    with pytest.raises(apsw.ConstraintError, match="keeps every line"):
        await desk.do(lambda work: work.tx._connection.execute("DELETE FROM ledger"))


def _of_schema_2(file: Path) -> None:
    connection = apsw.Connection(str(file))
    for number, script in migrations()[:2]:
        connection.execute(script)
        connection.pragma("user_version", number)
    for event, message, at in (("a", 1, 1.0), ("b", 2, 2.0), ("c", 0, 3.0), ("lone", 4, 9.0)):
        connection.execute("INSERT INTO inbox VALUES ('email', 'support', ?, ?, ?)",
                           (event, message, at))  # fmt: skip
    old = [
        (1.0, "a", "accepted", "", 1, None),
        (2.0, "b", "duplicate", "the same mail by another way", 1, None),
        (2.5, "a", "duplicate", "", 1, None),
        (3.0, "c", "quarantined", "ValueError: no", 0, b"{}"),
        (4.0, "a", "duplicate", "", 1, None),
        (5.0, "malformed:1", "quarantined", "Object missing", 0, b"{"),
    ]
    connection.executemany(
        "INSERT INTO ledger (at, kind, account, event, verdict, reason, message, payload)"
        " VALUES (?1, 'email', 'support', ?2, ?3, ?4, ?5, ?6)",
        old,
    )
    connection.close()


async def test_a_folder_of_schema_2_opens_with_all_it_knew(tmp_path: Path) -> None:
    _of_schema_2(tmp_path / "desk.db")
    async with on_disk(tmp_path) as desk:
        assert await desk.rows("SELECT event, verdict, again, last_at, payload FROM ledger") == [
            ("a", "accepted", 2, 4.0, None),
            ("b", "duplicate", 0, None, None),
            ("c", "quarantined", 0, None, b"{}"),
            ("malformed:1", "quarantined", 0, None, b"{"),
            ("lone", "accepted", 0, None, None),
        ]
        assert await desk.store.read(lambda rows: dict(rows.all("ledger_counts"))) == {
            "accepted": 2, "duplicate": 1, "quarantined": 2, "again": 2,
        }  # fmt: skip
        for event in ("a", "b", "c", "lone"):
            assert type(await desk.mail(event)).__name__ == "Duplicate"
        assert type(await desk.mail("new")).__name__ == "Accepted"


def test_an_empty_ledger_counts_nothing(tmp_path: Path) -> None:
    connection = open_database(str(tmp_path / "desk.db"))
    assert list(connection.execute(COUNTS)) == []
    connection.close()
