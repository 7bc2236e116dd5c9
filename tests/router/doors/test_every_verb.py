"""Every verb is answered, by its role, and none of them opens what belongs to another team."""

import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from tests.router.doors.office import EMAIL, Office
from wire import codec, subjects
from wire.desk_client import Refused
from wire.memory_bus import MemoryBus
from wire.messages.channel import Party
from wire.messages.verbs import (
    VERBS,
    Accept,
    Ask,
    Assign,
    BlobGet,
    Block,
    Call,
    Comment,
    Compose,
    Contact,
    Decline,
    FindContacts,
    Forward,
    Heartbeat,
    Hello,
    Link,
    Merge,
    Move,
    MoveBack,
    No,
    PlanMerge,
    PlanMove,
    Prioritise,
    Queue,
    ReadOutbox,
    Release,
    Reopen,
    Reply,
    Resend,
    Resolve,
    RowsOf,
    Search,
    SetAgent,
    SetContact,
    Since,
    Snooze,
    StandingOf,
    Tag,
    Take,
    Timeline,
    Transfer,
    Undo,
    Unlink,
    Unmerge,
    WhyIs,
    Wrapped,
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
    await office.account("email", "offers", EMAIL)
    await office.ask("sam", Compose(kind="email", account="offers", text="Hello",
                                    to=(Party(address="jan@b.example"),)))  # fmt: skip
    await office.desk.do(lambda work: work.tx.run("add_blob", sha256="f" * 64, size=3, data=b"abc"))
    await office.desk.do(lambda work: work.tx.run("add_blob_use", sha256="f" * 64, message=1))
    await office.desk.do(lambda work: work.tx.run(
        "add_move", now=0.0, agent="ana", message=0, conversation=1, contact=1,
        into_conversation=0, into_contact=1, opened=False, before='{"own": 0}'))  # fmt: skip
    await office.desk.do(
        lambda work: work.tx.run(
            "add_offer", conversation=1, agent="ana", now=0.0, until=1.0, said=""
        )
    )
    return office


# Each names something of Olga's: contact 1, conversation 1, messages 1 and 2, identity 1.
FOREIGN: list[Ask] = [
    Timeline(contact=1),
    Contact(contact=1),
    StandingOf(conversation=1),
    WhyIs(conversation=1),
    Reply(conversation=1, text="psst", seen=99),
    Compose(kind="email", account="offers", to=OLGA, text="psst"),
    Compose(kind="email", account="offers", to=(Party(address="new@b.example"),), text="psst",
            contact=1),
    Compose(kind="email", account="support", to=(Party(address="new@b.example"),), text="psst"),
    Reply(conversation=2, text="psst", seen=99, account="support"),
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
    SetContact(contact=1, add=("mine",)),
    Link(identity=1, contact=2),
    Link(identity=2, contact=1),
    Unlink(identity=1),
    PlanMove(message=1),
    Move(message=1, into=2),
    Move(message=3, into=1),
    Move(conversation=1, contact=2),
    Move(conversation=2, contact=1),
    PlanMerge(kept=1, gone=2),
    PlanMerge(kept=2, gone=1),
    Merge(kept=1, gone=2),
    Merge(kept=2, gone=1),
    Unmerge(contact=1),
    MoveBack(move=1),
    Accept(offer=1),
    Decline(offer=1),
    Wrapped(conversation=1),
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
    assert [row.conversation for row in (await office.ask("sam", ReadOutbox())).rows] == [2]
    assert (await office.ask("sam", ReadOutbox(conversation=1))).rows == ()
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


# Fields by which something of the desk is named, and verbs that leave out what is foreign.
NAMING = {"conversation", "contact", "message", "identity", "ids", "sha256", "account",
          "into", "kept", "gone", "move", "line", "offer", "decision"}  # fmt: skip
LEFT_OUT = {"rows", "blob_get", "beat", "outbox"}
# A file that is put belongs to nobody yet; its name is its content.
MAKING = {"blob_put"}


def test_every_verb_that_names_something_is_tried_with_something_foreign() -> None:
    tried = {ask.verb for ask in FOREIGN} | LEFT_OUT | MAKING
    # Leads and admins see everything.
    agents = {verb: ask for verb, ask in VERBS.items() if ask.role == "agent"}
    naming = {verb for verb, ask in agents.items() if NAMING & set(ask.__struct_fields__)}
    assert naming - tried == set()


def test_a_number_in_a_verb_is_known_to_be_a_name_or_not() -> None:
    """A new verb with a new way of naming things has to be put on one of the two lists."""
    no_names = {"limit", "before", "after", "offset", "seq", "size", "seen", "level", "priority",
                "revision", "version", "until", "since", "hours", "capacity"}  # fmt: skip
    numbers = {
        field.name
        for ask in VERBS.values()
        for field in msgspec.structs.fields(ask)
        if field.type in (int, float, tuple[int, ...])
    }
    assert numbers - no_names - NAMING == set()


# What each role may ask: a verb that is on no list is everybody's.
RANKS = ("agent", "lead", "admin")
OF_LEADS = {
    "history",
    "ledger",
    "ledger_item",
    "replay",
    "reconcile",
    "audit",
    "canned_set",
    "rulebook",
    "rulebook_load",
}
OF_ADMINS = {
    "agent_set", "invite", "team_set", "skill_set", "checkup", "snapshot", "sending"
}  # fmt: skip


def sample(hint: Any) -> Any:
    """Some value of this type."""
    if get_origin(hint) in (Union, types.UnionType):
        return sample(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return sample_of(hint)
    if get_origin(hint) is tuple:
        return ()
    plain: dict[Any, Any] = {int: 77, float: 5.0, str: "x", bytes: b"x", bool: True, dict: {}}
    return plain[hint] if hint in plain else get_args(hint)[0]


def sample_of(kind: type[Any]) -> Any:
    hints = get_type_hints(kind)
    given = (field.name for field in msgspec.structs.fields(kind) if field.required)
    return kind(**{name: sample(hints[name]) for name in given})


@pytest.mark.parametrize("role", RANKS)
@pytest.mark.parametrize("verb", VERBS)
async def test_a_role_opens_its_doors_only(office: Office, verb: str, role: str) -> None:
    least = "admin" if verb in OF_ADMINS else "lead" if verb in OF_LEADS else "agent"
    await office.desk.agent("zed", teams="[]", role=role, presence="away")
    await office.desk.agent("root", role="admin", presence="away")
    no = codec.decode(await office.raw("zed", sample_of(VERBS[verb])), No)
    for_others = isinstance(no, No) and no.said.text.startswith("This is for the role")
    assert for_others == (RANKS.index(role) < RANKS.index(least)), no


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
