"""Lists: in their order, in pages, by words, with maintained counts, along indexes at any size."""

from typing import Any

import pytest

from router.store.sql import statements
from tests.router.doors.office import Office
from wire import codec
from wire.messages.verbs import Assign, Prioritise, Queue, Reply, Resolve, RowsOf, Snooze, Tag

pytestmark = pytest.mark.contract


async def _mails(office: Office, count: int) -> None:
    for number in range(count):
        office.desk.clock += 10
        await office.desk.mail(f"{number}", sender=f"c{number}@b.example", subject=f"No {number}")


async def _pages(office: Office, ask: Queue, agent: str = "ana") -> list[Any]:
    rows: list[Any] = []
    while True:
        page = await office.ask(agent, ask)
        rows += page.rows
        if not page.next:
            return rows
        ask = Queue(view=ask.view, filter=ask.filter, limit=ask.limit, after=page.next)


async def test_what_is_due_first_stands_first(both: Office) -> None:
    await both.desk.agent("ana", capacity=40)
    await _mails(both, 3)
    await both.desk.chat("c1")  # 60 s: due before every mail
    await both.ask("ana", Reply(conversation=1, text="done", seen=99))
    page = await both.ask("ana", Queue(view="mine"))
    assert [row.id for row in page.rows] == [4, 2, 3, 1]  # answered ones stand last
    assert (page.counts.mine, page.total) == (4, 4)


async def test_pages_go_on_where_they_ended(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await _mails(both, 11)
    rows = await _pages(both, Queue(view="waiting", limit=3))
    assert [row.id for row in rows] == list(range(1, 12))


async def test_put_aside_ones_stand_newest_first(both: Office) -> None:
    await both.desk.agent("ana", capacity=40)
    await _mails(both, 7)
    for number in (2, 5, 3):
        await both.ask("ana", Resolve(conversation=number))
    await both.ask("ana", Snooze(conversation=1, until=9_000.0))
    rows = await _pages(both, Queue(view="resolved", limit=2))
    assert [row.id for row in rows] == [5, 3, 2]
    page = await both.ask("ana", Queue(view="snoozed"))
    assert [row.id for row in page.rows] == [1]
    assert page.counts.snoozed == 1


async def test_words_filter_by_what_the_row_shows(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await _mails(both, 5)
    await both.desk.chat("c1")
    await both.ask("ana", Tag(conversation=2, add=("Возврат",)))
    for words, ids in (
        ("no 3", [4]), ("возврат", [2]), ("webchat", [6]), ("email !возврат", [1, 3, 4, 5]),
        ("GUEST", [6]), ("nothing", []),
    ):  # fmt: skip
        page = await both.ask("ana", Queue(view="waiting", filter=words))
        assert sorted(row.id for row in page.rows) == ids, words


async def test_one_sees_ones_own_of_other_teams(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await both.desk.agent("sam", teams='["sales"]', presence="away")
    await _mails(both, 2)
    await both.ask("ana", Assign(conversation=2, agent="sam"))
    page = await both.ask("sam", Queue(view="all"))
    assert [row.id for row in page.rows] == [2]
    assert page.total == 1
    assert [r.id for r in (await both.ask("sam", RowsOf(ids=(1, 2)))).rows] == [2]


async def test_a_lead_sees_all_and_each_once(both: Office) -> None:
    await both.desk.agent("ana", capacity=40)
    await both.desk.agent("lea", role="lead", teams='["support"]', presence="away")
    await _mails(both, 3)
    await both.ask("ana", Assign(conversation=2, agent="lea"))
    page = await both.ask("lea", Queue(view="all"))
    assert [row.id for row in page.rows] == [1, 2, 3]
    assert page.total == 3


async def test_a_made_up_place_is_refused(office: Office) -> None:
    await office.desk.agent("ana")
    for cursor in ("x", "[1]", '["a", 2]', f"[1.0, {10**30}]", "null"):
        with pytest.raises(Exception, match="place in the list"):
            await office.ask("ana", Queue(after=cursor))


async def test_a_priority_moves_its_place_by_a_head_start(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await _mails(both, 2)
    key = await both.desk.one("SELECT order_key FROM conversations WHERE id = 2")
    await both.ask("ana", Prioritise(conversation=2, priority=2))
    assert await both.desk.one("SELECT order_key FROM conversations WHERE id = 2") == key - 1_800
    await both.ask("ana", Prioritise(conversation=2, priority=1))
    assert await both.desk.one("SELECT order_key FROM conversations WHERE id = 2") == key


async def test_a_page_stays_under_what_the_bus_carries(office: Office) -> None:
    await office.desk.agent("ana", presence="away")
    await _fill(office, 1_200, subject="\\" * 300)
    page = await office.ask("ana", Queue(view="waiting", limit=500))
    assert len(codec.encode(page)) < 260 * 1024
    assert len(await _pages(office, Queue(view="waiting", limit=500))) == 1_200


async def _fill(office: Office, count: int, *, subject: str = "S", mixed: bool = False) -> None:
    """Many conversations at once; `mixed`: of two teams, some of them resolved."""
    status = "CASE i % 4 WHEN 0 THEN 'resolved' ELSE 'waiting' END" if mixed else "'waiting'"
    team = "CASE i % 7 WHEN 0 THEN 'sales' ELSE 'support' END" if mixed else "'support'"

    def job(work: Any) -> None:
        sql = work.tx._connection
        sql.execute("INSERT INTO contacts (id, name, made) VALUES (1, 'Olga', 0)")
        sql.execute("INSERT INTO identities (id, contact, born, kind, address, since) "
                    "VALUES (1, 1, 1, 'email', 'o@b.example', 0)")  # fmt: skip
        sql.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
            "INSERT INTO conversations (contact, identity, kind, account, remote, subject, status, "
            "team, opened, order_key, due, last_at) SELECT 1, 1, 'email', 'support', 'o@b.example',"
            f" :subject, {status}, {team}, i, i, 5000 + i % 997, i FROM n",
            {"count": count, "subject": subject},
        )

    await office.desk.do(job)


async def test_a_list_of_many_costs_a_page_not_the_list(office: Office) -> None:
    """Every step of a page is a walk along an index: nothing is scanned or sorted."""
    await office.desk.agent("ana", presence="away")
    await _fill(office, 5_000, mixed=True)
    values = {"whose": "support", "status": "waiting", "place": 0.0, "id": 0, "limit": 10,
              "team": "support", "agent": "ana", "now": 1.0, "contact": 1, "before": 9, "after": 0,
              "ids": "[1]", "everything": False, "teams": "[]"}  # fmt: skip
    for name in ("open_of_team", "open_of_owner", "aside_of_team", "aside_of_owner", "worst_due",
                 "late_of", "mine_now", "newest_messages", "sees_contact", "count_of",
                 "conversations_of_contact"):  # fmt: skip
        plan = await office.desk.store.read(
            lambda rows, name=name: [  # type: ignore[misc]
                line[3]
                for line in rows._connection.execute(
                    "EXPLAIN QUERY PLAN " + statements()[name], values
                )
            ]
        )
        text = "; ".join(plan).replace("SCAN CONSTANT ROW", "").replace("SCAN json_each", "")
        text = text.replace("SCAN (subquery", "")
        assert "SCAN" not in text, (name, plan)
        assert "TEMP B-TREE" not in text, (name, plan)


async def test_the_total_comes_from_the_counters(office: Office) -> None:
    await office.desk.agent("ana", presence="away")
    await _fill(office, 5_000, mixed=True)
    page = await office.ask("ana", Queue(view="waiting", limit=50))
    assert len(page.rows) == 50
    assert page.total == await office.desk.one(
        "SELECT count(*) FROM conversations WHERE team = 'support' AND status = 'waiting'"
    )
