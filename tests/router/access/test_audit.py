"""Who saw, sent and changed what is written down, once, and stays."""

from collections.abc import AsyncIterator

import apsw
import pytest

from router.access.audit import AGAIN, MOST, Looks, forgetting
from router.lane import ReadOnly, Work
from router.nats.keys import new_pair
from tests.router.desk import TestDesk, inline
from tests.router.doors.office import Office, opened
from wire.desk_client import Refused
from wire.messages.verbs import (
    VERBS,
    Contact,
    FindContacts,
    Invite,
    Login,
    Logout,
    ReadAudit,
    Reply,
    Search,
    SetAgent,
    SetPresence,
    SetTeam,
    Tag,
    Timeline,
    WriteNote,
)

pytestmark = pytest.mark.contract

KEY = new_pair(b"k" * 32).public
PASSWORD = "correct horse battery"


@pytest.fixture
async def office(desk: TestDesk) -> AsyncIterator[Office]:
    async with opened(desk) as made:
        await desk.agent("ana")
        await desk.agent("root", role="admin", capacity=0, presence="away")
        await desk.mail("1", "a secret of hers")
        yield made


async def written(office: Office, **ids: object) -> list[tuple[str, ...]]:
    page = await office.ask("root", ReadAudit(**ids))  # type: ignore[arg-type]
    return [(row.agent, row.what, row.detail) for row in reversed(page.rows)]


async def test_what_was_sent_and_changed_is_written_with_the_command(office: Office) -> None:
    await office.ask("ana", Reply(conversation=1, text="psst", seen=9))
    await office.ask("ana", Tag(conversation=1, add=("vip",)), key="one")
    await office.ask("ana", Tag(conversation=1, add=("vip",)), key="one")  # the same, not again
    await office.ask("ana", WriteNote(contact=1, revision=0, text="likes tea"))
    await office.ask("root", SetAgent(agent="bo", role_is="lead", teams=("sales",),
                                      password=PASSWORD))  # fmt: skip
    rows = (await office.ask("root", ReadAudit())).rows[::-1]
    told = [(r.agent, r.what, r.contact, r.conversation, r.message, r.detail) for r in rows]
    assert told[:4] == [
        ("ana", "reply", 1, 1, rows[0].message, ""),
        ("ana", "tag", 1, 1, 0, "add=vip"),
        ("ana", "note", 1, 0, 0, ""),
        ("root", "agent_set", 0, 0, 0, "agent=bo role_is=lead teams=sales password"),
    ]
    assert rows[0].message > 0
    everything = repr(await office.desk.rows("SELECT * FROM audit"))
    for secret in ("psst", "secret", "likes", PASSWORD):
        assert secret not in everything


async def test_a_refused_command_leaves_nothing(office: Office) -> None:
    await office.desk.agent("sam", teams='["sales"]', presence="away")
    with pytest.raises(Refused):
        await office.ask("sam", Reply(conversation=1, text="psst", seen=9))
    assert await written(office, who="sam") == []


async def test_looking_is_written_once_in_a_while_and_waits_for_nothing(office: Office) -> None:
    for _ in range(5):
        await office.ask("ana", Timeline(contact=1))
    await office.ask("ana", Contact(contact=1))
    await office.ask("ana", Search(query="refund"))
    await office.ask("ana", FindContacts(words="olga"))
    assert await office.desk.rows("SELECT * FROM audit") == []  # no commit was waited for
    looks = [("ana", "opened", ""), ("ana", "searched", "refund"), ("ana", "searched", "olga")]
    assert await written(office, who="ana") == looks
    office.desk.clock += AGAIN
    await office.ask("ana", Timeline(contact=1))
    assert await written(office, who="ana") == [*looks, ("ana", "opened", "")]
    assert ("root", "audit", "who=ana") in await written(office)


async def test_the_audit_is_for_who_leads_and_comes_in_pages(office: Office) -> None:
    with pytest.raises(Refused, match="role lead"):
        await office.ask("ana", ReadAudit())
    for n in range(5):
        await office.ask("root", SetTeam(team=f"t{n}", name="T"))
    first = await office.ask("root", ReadAudit(limit=2))
    rest = await office.ask("root", ReadAudit(limit=100, before=first.next))
    numbers = [row.id for row in (*first.rows, *rest.rows)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == len(set(numbers)) == 6  # and the reading itself
    assert rest.next == 0
    assert (await office.ask("root", ReadAudit(since=office.desk.clock + 1))).rows == ()
    await office.ask("ana", Timeline(contact=1))
    assert [row.contact for row in (await office.ask("root", ReadAudit(contact=1))).rows] == [1]


async def test_who_came_in_from_where_and_who_was_not_let_in(office: Office) -> None:
    await office.ask("root", SetAgent(agent="bo", password=PASSWORD))
    with pytest.raises(Refused):
        await office.ask("door", Login(agent="bo", key=KEY, password="a guess of ten", console="x"))
    await office.ask("door", Login(agent="bo", key=KEY, password=PASSWORD, console="laptop"))
    await office.ask("root", Logout(key=KEY))
    assert await written(office) == [
        ("root", "agent_set", "agent=bo password"),
        ("bo", "login refused", "x"),
        ("bo", "login", "laptop"),
        ("root", "logout", f"key={KEY}"),
        ("root", "audit", ""),
    ]


async def test_every_command_has_its_row(office: Office) -> None:
    """By the one place that all commands pass; presence is in the event log."""
    await office.ask("root", Invite(agent="ana"))
    await office.ask("ana", SetPresence(presence="busy"))
    assert await written(office) == [("root", "invite", "agent=ana"), ("root", "audit", "")]
    assert all(ask.verb for ask in VERBS.values())


@pytest.mark.parametrize("sql", [
    "UPDATE audit SET agent = 'sam'", "UPDATE audit SET detail = ''",
    "DELETE FROM audit", "DELETE FROM audit WHERE id = 1",
])  # fmt: skip
async def test_no_line_is_changed_or_taken_out(office: Office, sql: str) -> None:
    await office.ask("root", SetTeam(team="x", name="X"))

    def job(work: Work) -> None:
        work.tx._connection.execute(sql)

    with pytest.raises(apsw.ConstraintError, match="only added to"):
        await office.desk.do(job)
    assert await office.desk.one("SELECT count(*) FROM audit") == 1


async def test_retention_and_erasure_may_and_leave_no_door_open(office: Office) -> None:
    await office.ask("root", SetTeam(team="x", name="X"))

    def erase(work: Work) -> None:
        with forgetting(work, "erasure"):
            work.tx._connection.execute("DELETE FROM audit")

    await office.desk.do(erase)
    assert await office.desk.one("SELECT count(*) FROM audit") == 0
    assert await office.desk.one("SELECT count(*) FROM audit_forgetting") == 0


async def test_what_is_too_old_is_forgotten(office: Office) -> None:
    looks = Looks(office.desk.lane, kept_for=1_000.0)
    looks.saw("ana", "opened", contact=1)
    await looks.flush()
    office.desk.clock += 1_001
    looks.saw("ana", "searched", detail="x")
    await looks.flush()
    assert await office.desk.rows("SELECT what FROM audit") == [("searched",)]


async def test_while_nothing_can_be_written_looks_are_kept_within_bounds() -> None:
    async with inline() as desk:
        looks, submit = Looks(desk.lane), desk.lane.submit

        async def full(*_: object) -> None:
            raise ReadOnly("disk full")

        desk.lane.submit = full  # type: ignore[assignment]
        for n in range(MOST + 3):
            looks.saw("ana", "opened", contact=n + 1)
        await looks.flush()
        desk.lane.submit = submit  # type: ignore[method-assign]
        await looks.flush()
        rows = await desk.rows("SELECT what, contact FROM audit ORDER BY id")
        assert rows[0][0] == "lost"
        assert [contact for _, contact in rows[1:]] == list(range(4, MOST + 4))


async def test_a_name_of_a_file_or_of_words_cannot_break_a_line(office: Office) -> None:
    await office.ask("ana", Search(query="a\x1b]0;x\x07\nb" + "c" * 1_000))
    ((_, _, detail),) = await written(office, who="ana")
    assert detail.isprintable()
    assert len(detail) <= 200
