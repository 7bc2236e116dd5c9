"""Every verb is answered, and none of them opens what belongs to another team."""

from typing import Any

import pytest

from tests.router.doors.office import Office
from wire import codec, subjects
from wire.desk_client import Refused
from wire.memory_bus import MemoryBus
from wire.messages.channel import Party
from wire.messages.verbs import (
    VERBS,
    Ask,
    Assign,
    BlobGet,
    Block,
    Call,
    Comment,
    Compose,
    Contact,
    FindContacts,
    Forward,
    Heartbeat,
    Hello,
    Link,
    No,
    Prioritise,
    Queue,
    ReadLedger,
    Release,
    Reopen,
    Reply,
    Resend,
    Resolve,
    RowsOf,
    Search,
    SetAgent,
    SetTeam,
    Since,
    Snooze,
    Tag,
    Take,
    Timeline,
    Transfer,
    Undo,
    Unlink,
    WhyIs,
    WriteNote,
)

pytestmark = pytest.mark.contract

OLGA = (Party(address="olga@kvit.example"),)


@pytest.fixture
async def office(office: Office) -> Office:
    """Olga's thread is of support; sam is of sales, lea leads. Sam has a customer of his own."""
    await office.desk.agent("ana")
    await office.desk.mail("1", "a secret")
    await office.desk.agent("sam", teams='["sales"]', presence="away")
    await office.desk.agent("lea", teams='["sales"]', role="lead", presence="away")
    await office.ask("ana", Reply(conversation=1, text="hm", seen=9))
    await office.ask("sam", Compose(kind="email", account="support", text="Hello",
                                    to=(Party(address="jan@b.example"),)))  # fmt: skip
    await office.desk.do(lambda work: work.tx.run("add_blob", sha256="f" * 64, size=3, data=b"abc"))
    await office.desk.do(lambda work: work.tx.run("add_blob_use", sha256="f" * 64, message=1))
    return office


# Each names something of Olga's: contact 1, conversation 1, messages 1 and 2, identity 1.
FOREIGN: list[Ask] = [
    Timeline(contact=1),
    Contact(contact=1),
    WhyIs(conversation=1),
    Reply(conversation=1, text="psst", seen=99),
    Compose(kind="email", account="support", to=OLGA, text="psst"),
    Compose(kind="email", account="support", to=(Party(address="new@b.example"),), text="psst",
            contact=1),
    Forward(message=1, to=(Party(address="sam@home.example"),)),
    Undo(message=2),
    Resend(message=2),
    Comment(conversation=1, text="psst"),
    Take(conversation=1),
    Assign(conversation=1, agent="sam"),
    Assign(conversation=1, team="sales"),
    Release(conversation=1),
    Transfer(conversation=1, team="sales"),
    Resolve(conversation=1),
    Reopen(conversation=1),
    Snooze(conversation=1, until=5_000.0),
    Tag(conversation=1, add=("mine",)),
    Prioritise(conversation=1, priority=3),
    WriteNote(contact=1, revision=0, text="psst"),
    Block(identity=1),
    Link(identity=1, contact=2),
    Link(identity=2, contact=1),
    Unlink(identity=1),
]  # fmt: skip


@pytest.mark.parametrize("ask", FOREIGN, ids=lambda ask: type(ask).__name__)
async def test_a_foreign_id_is_refused_in_words(office: Office, ask: Ask) -> None:
    before = await office.desk.rows("SELECT * FROM events")
    with pytest.raises(Refused) as refused:
        await office.ask("sam", ask)
    assert refused.value.no.code == "forbidden"
    assert "another team" in str(refused.value) or "you are not in" in str(refused.value)
    assert await office.desk.rows("SELECT * FROM events") == before


@pytest.mark.parametrize("ask", FOREIGN, ids=lambda ask: type(ask).__name__)
async def test_a_lead_may_do_it(office: Office, ask: Ask) -> None:
    no = codec.decode(await office.raw("lea", ask), No)
    assert not (isinstance(no, No) and no.code == "forbidden"), no


async def test_what_is_asked_by_many_ids_leaves_foreign_ones_out(office: Office) -> None:
    assert [row.id for row in (await office.ask("sam", RowsOf(ids=(1, 2, 77)))).rows] == [2]
    for view in ("waiting", "team", "all", "snoozed", "resolved", "mine"):
        page = await office.ask("sam", Queue(view=view))
        assert 1 not in [row.id for row in page.rows], view
    assert (await office.ask("sam", FindContacts(words="olga"))).rows == ()
    assert (await office.ask("sam", Search(query="secret"))).hits == ()
    changes = await office.ask("sam", Since(seq=0))
    assert not any(change.contact == 1 for change in changes.changes)
    with pytest.raises(Refused, match="in no thread"):
        await office.ask("sam", BlobGet(sha256="f" * 64))


async def test_a_beat_on_a_foreign_conversation_tells_nobody(office: Office) -> None:
    await office.ask("ana", Timeline(contact=1))
    await office.tell()
    heard = await office.hears(subjects.news_agent("ana"))
    await office.ask("sam", Heartbeat(conversation=1, writing=True))
    await office.tell()
    assert heard == []


@pytest.mark.parametrize("ask", [
    Take(conversation=99), Timeline(contact=99), Undo(message=99), Block(identity=99),
    WhyIs(conversation=-1), BlobGet(sha256="0" * 64), Assign(conversation=1, agent="nobody"),
    Transfer(conversation=1, skill="flying"), Assign(conversation=1, team="none"),
], ids=lambda ask: type(ask).__name__)  # fmt: skip
async def test_what_is_not_there_is_gone(office: Office, ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        await office.ask("ana", ask)
    assert refused.value.no.code == "gone"


@pytest.mark.parametrize("ask", [
    ReadLedger(), SetAgent(agent="sam", role_is="admin"), SetTeam(team="x", name="X"),
], ids=lambda ask: type(ask).__name__)  # fmt: skip
async def test_a_role_opens_its_doors_only(office: Office, ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        await office.ask("sam", ask)
    assert refused.value.no.code == "forbidden"


@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_answers_an_empty_request_in_words(office: Office, verb: str) -> None:
    """Answered or refused, never silent and never a failure of ours."""
    for payload in (b"{}", b'{"key": "k1"}', b"", b"\xff", b"[" * 10_000, b'{"body": 3}'):
        bus = MemoryBus(office.hub, "sam")
        answer = await bus.request(subjects.rpc("sam", verb), payload)
        no = codec.decode(answer, No)
        if isinstance(no, No):
            assert "failed" not in str(no.said), no


@pytest.mark.parametrize("ask", [
    Take(conversation=2**63), Timeline(contact=2**64), Undo(message=-(2**64)),
    Heartbeat(conversation=2**63), RowsOf(ids=(2**70,)), Since(seq=2**63),
], ids=lambda ask: type(ask).__name__)  # fmt: skip
async def test_numbers_that_no_database_holds_are_no_failure_of_ours(
    office: Office, ask: Ask
) -> None:
    no = codec.decode(await office.raw("sam", ask), No)
    assert not isinstance(no, No) or "failed" not in str(no.said), no


async def test_an_unknown_verb_and_a_foreign_door_are_refused(office: Office) -> None:
    bus = MemoryBus(office.hub, "sam")
    for subject, code in (("rpc.sam.fly", "invalid"), ("rpc.ana.hello", "forbidden")):
        no = codec.decode(await bus.request(subject, codec.encode(Call())), No)
        assert isinstance(no, No)
        assert no.code == code


async def test_the_open_door_lets_log_in_only(office: Office) -> None:
    with pytest.raises(Refused, match="Log in first"):
        await office.ask("door", Hello())


async def test_who_is_switched_off_is_not_served(office: Office) -> None:
    await office.desk.agent("root", role="admin", presence="away")
    await office.ask("root", SetAgent(agent="sam", enabled=False))
    with pytest.raises(Refused, match="not an agent"):
        await office.ask("sam", Hello())


async def test_one_who_asks_too_much_waits(office: Office) -> None:
    answers: list[Any] = []
    for _ in range(420):
        try:
            answers.append(await office.ask("sam", Since(seq=0)))
        except Refused as refused:
            answers.append(refused.no.code)
    assert answers[-1] == "busy"
    await office.ask("ana", Since(seq=0))
    office.desk.clock += 1.0
    await office.ask("sam", Since(seq=0))
