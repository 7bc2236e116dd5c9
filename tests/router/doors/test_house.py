"""Keeping the house, knowing the customer, coming in and going out."""

from pathlib import Path
from typing import Any

import pytest

from router.blobs import Blobs
from router.nats.keys import new_pair
from tests.router.doors.office import Office
from wire import blobs
from wire.desk_client import Refused
from wire.messages.channel import BlobHave, MessageIn, Party
from wire.messages.desk import CannedReply
from wire.messages.verbs import (
    Ask,
    BlobGet,
    BlobPut,
    Block,
    Contact,
    Hello,
    Invite,
    Link,
    Login,
    Logout,
    Queue,
    ReadLedger,
    SetAgent,
    SetCanned,
    SetPresence,
    SetSkill,
    SetTeam,
    Since,
    Status,
    Timeline,
    Unlink,
    Who,
    WriteNote,
)  # fmt: skip

pytestmark = pytest.mark.contract

KEY, OTHER = new_pair(b"k" * 32).public, new_pair(b"o" * 32).public
PASSWORD = "correct horse battery"


@pytest.fixture
async def office(office: Office) -> Office:
    await office.desk.agent("root", role="admin", capacity=0)
    return office


async def _code(office: Office, agent: str, ask: Ask) -> str:
    with pytest.raises(Refused) as refused:
        await office.ask(agent, ask)
    return refused.value.no.code


# --- agents, teams, skills ---------------------------------------------------------------------


async def test_an_agent_is_made_and_changed_in_parts(office: Office) -> None:
    await office.ask("root", SetSkill(skill="billing", name="Billing"))
    await office.ask("root", SetTeam(team="night", name="Night shift"))
    await office.ask("root", SetAgent(agent="ana", name="Ana", teams=("support", "night"),
                                      skills={"billing": 3}, capacity=4))  # fmt: skip
    await office.ask("root", SetAgent(agent="ana", limits={"webchat": 2}))
    who = await office.ask("ana", Who())
    ana = next(agent for agent in who.agents if agent.id == "ana")
    assert (ana.name, ana.teams, ana.skills) == ("Ana", ("support", "night"), {"billing": 3})
    assert (ana.capacity, ana.limits, ana.presence) == (4, {"webchat": 2}, "offline")
    assert who.skills == ("billing",)
    assert [team.id for team in who.teams] == ["night", "sales", "support"]
    assert office.admitted


async def test_who_makes_one_changes_nobody_and_who_changes_one_makes_nobody(
    office: Office,
) -> None:
    await office.ask("root", SetAgent(agent="kim", capacity=4, new=True))
    assert await _code(office, "root", SetAgent(agent="kim", capacity=1, new=True)) == "conflict"
    assert await _code(office, "root", SetAgent(agent="kym", capacity=1, new=False)) == "gone"
    agents = {agent.id: agent.capacity for agent in (await office.ask("root", Who())).agents}
    assert agents["kim"] == 4
    assert "kym" not in agents
    await office.ask("root", SetAgent(agent="kim", capacity=1, new=False))


@pytest.mark.parametrize("ask", [
    SetAgent(agent="Ana"), SetAgent(agent="door"), SetAgent(agent="a.b"), SetAgent(agent=""),
    SetAgent(agent="x", capacity=-1), SetTeam(team="No", name="x"), SetSkill(skill=""),
    SetAgent(agent="x", password="short"), SetCanned(reply=CannedReply(id="", title="", text="x")),
], ids=str)  # fmt: skip
async def test_what_cannot_be_is_refused(office: Office, ask: Ask) -> None:
    assert await _code(office, "root", ask) == "invalid"


@pytest.mark.parametrize(
    "ask", [SetAgent(agent="x", teams=("none",)), SetAgent(agent="x", skills={"none": 1}),
            Invite(agent="none")], ids=str,
)  # fmt: skip
async def test_what_is_named_must_be_there(office: Office, ask: Ask) -> None:
    assert await _code(office, "root", ask) == "gone"


async def test_the_last_admin_stays(office: Office) -> None:
    assert await _code(office, "root", SetAgent(agent="root", enabled=False)) == "conflict"
    assert await _code(office, "root", SetAgent(agent="root", role_is="agent")) == "conflict"
    await office.ask("root", SetAgent(agent="ana", role_is="admin"))
    await office.ask("root", SetAgent(agent="root", role_is="agent"))


async def test_who_is_switched_off_gives_their_work_back(office: Office) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1")
    await office.desk.agent("bo")
    await office.ask("root", SetAgent(agent="ana", enabled=False))
    assert await office.desk.rows("SELECT owner FROM conversations") == [("bo",)]
    assert office.desk.desk.load_of("ana").units == 0


async def test_ready_texts_come_with_hello(office: Office) -> None:
    reply = CannedReply(id="hi", title="Greeting", text="Hello {{contact.name}}", language="en")
    await office.ask("root", SetCanned(reply=reply))
    assert (await office.ask("root", Hello())).canned == (reply,)
    await office.ask("root", SetCanned(reply=CannedReply(id="hi", title="", text="")))
    assert (await office.ask("root", Hello())).canned == ()


async def test_the_desk_says_how_it_does(office: Office) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1")
    await office.desk.mail("1")
    status = await office.ask("root", Status())
    assert (status.messages, status.conversations, status.assigned) == (1, 1, 1)
    assert status.ledger == {"accepted": 1, "again": 1}
    assert [account.account for account in status.accounts] == ["support", "site"]
    ledger = await office.ask("root", ReadLedger(verdict="accepted"))
    assert [(row.event, row.message) for row in ledger.rows] == [("1", 1)]


async def test_what_happened_since_is_told_or_too_far(office: Office) -> None:
    await office.desk.agent("ana")
    welcome = await office.ask("ana", Hello())
    await office.desk.mail("1")
    changes = await office.ask("ana", Since(seq=welcome.seq))
    assert {"message_added", "assigned"} <= {change.what for change in changes.changes}
    assert changes.changes[-1].seq == changes.seq
    assert (await office.ask("ana", Since(seq=changes.seq))).changes == ()
    await office.desk.do(lambda work: [work.event("agent", agent="bo") for _ in range(1_001)])
    assert (await office.ask("ana", Since(seq=changes.seq))).far
    assert (await office.ask("ana", Since(seq=99_999))).far


# --- the customer ------------------------------------------------------------------------------


async def test_a_note_is_compared_before_it_is_set(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.agent("bo")
    await both.desk.mail("1")
    first = await both.ask("ana", WriteNote(contact=1, revision=0, text="Pays by card"))
    assert (first.revision, first.by) == (1, "ana")
    with pytest.raises(Refused) as refused:
        await both.ask("bo", WriteNote(contact=1, revision=0, text="Pays cash"))
    assert (refused.value.no.code, refused.value.no.now) == ("conflict", 1)
    await both.ask("bo", WriteNote(contact=1, revision=1, text=""))
    card = await both.ask("ana", Contact(contact=1))
    assert (card.note.revision, card.note.text) == (2, "")
    kept = await both.desk.rows("SELECT revision, text FROM note_revisions ORDER BY revision")
    assert kept == [(1, "Pays by card"), (2, "")]


async def test_a_blocked_sender_is_refused_until_let_in(office: Office) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1")
    await office.ask("ana", Block(identity=1))
    assert (await office.ask("ana", Contact(contact=1))).identities[0].blocked
    assert type(await office.desk.mail("2")).__name__ == "Refused"
    await office.ask("ana", Block(identity=1, blocked=False))
    assert type(await office.desk.mail("3")).__name__ == "Accepted"


async def test_a_link_joins_two_threads_and_can_be_undone(office: Office) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1", "by mail")
    await office.desk.chat("c1", "by chat")
    await office.ask("ana", Link(identity=2, contact=1))
    thread = await office.ask("ana", Timeline(contact=1))
    assert [m.text for m in thread.messages if m.by == "customer"] == ["by mail", "by chat"]
    card = await office.ask("ana", Contact(contact=1))
    assert card.identities[1].evidence == "ana said so"
    await office.ask("ana", Unlink(identity=2))
    thread = await office.ask("ana", Timeline(contact=2))
    assert [m.text for m in thread.messages if m.by == "customer"] == ["by chat"]
    assert await _code(office, "ana", Unlink(identity=1)) == "conflict"


async def test_a_thread_is_paged_both_ways(office: Office) -> None:
    await office.desk.agent("ana", presence="away")
    for number in range(9):
        await office.desk.chat(f"c{number}", f"line {number}")
    newest = await office.ask("ana", Timeline(contact=1, limit=4))
    assert ([m.text for m in newest.messages], newest.more) == (
        ["line 5", "line 6", "line 7", "line 8"], True)  # fmt: skip
    older = await office.ask("ana", Timeline(contact=1, limit=5, before=newest.messages[0].id))
    assert [m.text for m in older.messages] == [f"line {n}" for n in range(5)]
    assert not older.more
    after = await office.ask("ana", Timeline(contact=1, limit=2, after=older.messages[0].id))
    assert ([m.text for m in after.messages], after.more) == (["line 1", "line 2"], True)


async def test_a_giant_message_is_cut_and_says_so(office: Office) -> None:
    await office.desk.agent("ana", presence="away")
    await office.desk.take(MessageIn(id="1", remote="o@b.example", at=1.0, text="Я" * 150_000,
                                     sender=Party(address="o@b.example")))  # fmt: skip
    await office.desk.mail("2", "short", sender="o@b.example")
    thread = await office.ask("ana", Timeline(contact=1))
    assert len(thread.messages[0].text) < 150_000
    assert "cut" in thread.messages[0].notes


# --- files -------------------------------------------------------------------------------------


async def test_files_go_up_and_come_down_in_pieces(office: Office, tmp_path: Path) -> None:
    object.__setattr__(office.doors._around, "blobs",
                       Blobs(tmp_path, office.desk.lane, office.desk.store))  # fmt: skip
    await office.desk.agent("ana")
    data = bytes(range(256)) * 2_000

    async def putting(name: str, size: int, offset: int, piece: bytes) -> int:
        have: BlobHave = await office.ask("ana", BlobPut(sha256=name, size=size, offset=offset,
                                                         data=piece))  # fmt: skip
        return have.bytes

    name = await blobs.put(data, putting)
    assert await _code(office, "ana", BlobGet(sha256=name)) == "forbidden"  # in no thread yet
    await office.desk.mail("1")
    await office.desk.do(lambda work: work.tx.run("add_blob_use", sha256=name, message=1))

    async def getting(name: str, offset: int) -> tuple[int, bytes]:
        piece: Any = await office.ask("ana", BlobGet(sha256=name, offset=offset))
        return piece.size, piece.data

    assert await blobs.get(name, getting, limit=1_000_000) == data
    bad = BlobPut(sha256="zz", size=1, offset=0, data=b"x")
    assert await _code(office, "ana", bad) == "invalid"


# --- coming in ---------------------------------------------------------------------------------


async def test_a_password_lets_a_console_in_and_logout_out(office: Office) -> None:
    await office.ask("root", SetAgent(agent="ana", password=PASSWORD))
    admitted = len(office.admitted)
    await office.ask("door", Login(agent="ana", key=KEY, password=PASSWORD, console="laptop"))
    assert await office.desk.rows("SELECT key, agent, console FROM agent_keys") == [
        (KEY, "ana", "laptop")]  # fmt: skip
    assert len(office.admitted) > admitted
    await office.ask("door", Login(agent="ana", key=KEY, password="wrong is fine now"))
    assert await _code(office, "root", Login(agent="root", key=KEY, password="x")) == "forbidden"
    await office.ask("ana", Logout(key=KEY))
    await office.ask("ana", Logout(key=KEY))
    assert await office.desk.rows("SELECT * FROM agent_keys") == []


async def test_an_invitation_lets_in_once(office: Office) -> None:
    await office.ask("root", SetAgent(agent="ana"))
    made = await office.ask("root", Invite(agent="ana", hours=1))
    assert await _code(office, "door", Login(agent="root", key=KEY, code=made.code)) == "forbidden"
    await office.ask("door", Login(agent="ana", key=KEY, code=f" {made.code.upper()} "))
    await office.ask("door", Login(agent="ana", key=KEY, code=made.code))  # the same again
    assert await _code(office, "door", Login(agent="ana", key=OTHER, code=made.code)) == "forbidden"
    late = await office.ask("root", Invite(agent="ana", hours=1))
    office.desk.clock += 3_600
    assert await _code(office, "door", Login(agent="ana", key=OTHER, code=late.code)) == "forbidden"


async def test_guessing_has_to_wait(office: Office) -> None:
    await office.ask("root", SetAgent(agent="ana", password=PASSWORD))
    codes = [
        await _code(office, "door", Login(agent="ana", key=KEY, code=f"guess {n}"))
        for n in range(6)
    ]
    assert codes == ["forbidden"] * 5 + ["busy"]
    office.desk.clock += 60
    await office.ask("door", Login(agent="ana", key=KEY, password=PASSWORD))


async def test_a_key_is_nobody_elses(office: Office) -> None:
    for agent in ("ana", "bo"):
        await office.ask("root", SetAgent(agent=agent, password=PASSWORD))
    await office.ask("door", Login(agent="ana", key=KEY, password=PASSWORD))
    taken = Login(agent="bo", key=KEY, password=PASSWORD)
    assert await _code(office, "door", taken) == "invalid"
    assert await _code(office, "bo", Logout(key=KEY)) == "forbidden"
    assert await _code(office, "door", Login(agent="bo", key="no key")) == "invalid"
    await office.ask("root", SetAgent(agent="ana", enabled=False))
    assert await office.desk.rows("SELECT * FROM agent_keys") == []


async def test_presence_is_ones_own_word(office: Office) -> None:
    await office.desk.agent("ana", presence="offline")
    await office.desk.mail("1")
    await office.ask("ana", Hello())
    assert await office.desk.one("SELECT presence FROM agents WHERE id = 'ana'") == "offline"
    office.desk.clock = 5_000.0
    await office.ask("ana", SetPresence(presence="online"))
    ana = await office.desk.rows("SELECT presence, since, load FROM agents WHERE id = 'ana'")
    assert ana == [("online", 5_000.0, 1)]
    assert (await office.ask("ana", Queue())).total == 1
