"""What an agent says: to whom it goes, by which channel, and how it is taken back."""

from typing import Any

import msgspec
import pytest

from tests.router.doors.office import CHAT, EMAIL, Office
from wire.desk_client import Refused
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Attachment, MessageIn, Outbound, Party
from wire.messages.verbs import (
    Ask,
    Comment,
    Compose,
    Contact,
    Forward,
    Link,
    Queue,
    Reply,
    Resend,
    Resolve,
    Snooze,
    Timeline,
    Undo,
    WhyIs,
)

pytestmark = pytest.mark.contract

SEEN = 10_000


@pytest.fixture
async def office(office: Office) -> Office:
    """Ana has Olga's mail."""
    await office.desk.agent("ana")
    await office.desk.mail("1", "Where is it?", subject="Re: re: Order 7")
    return office


async def _sent(office: Office) -> Outbound:
    """The newest message of ours as the channel will get it."""
    payload = await office.desk.one("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1")
    return msgspec.json.decode(payload, type=Outbound)


async def _no(office: Office, ask: Ask, agent: str = "ana") -> Any:
    with pytest.raises(Refused) as refused:
        await office.ask(agent, ask)
    return refused.value.no


# --- answering ---------------------------------------------------------------------------------


async def test_an_answer_has_one_re_the_sender_and_what_is_answered(office: Office) -> None:
    await office.ask("ana", Reply(conversation=1, text="Soon", seen=SEEN))
    sent = await _sent(office)
    assert (sent.subject, sent.remote, sent.author) == ("Re: Order 7", "olga@kvit.example", "Ana")
    assert [party.address for party in sent.to] == ["olga@kvit.example"]
    assert (sent.quoted, sent.quoted_author) == ("Where is it?", "Olga")


async def test_it_goes_where_they_asked_to_be_answered(office: Office) -> None:
    await office.desk.mail("2", in_reply_to="<1@kvit.example>",
                           reply_to=(Party(address="shop@kvit.example"),))  # fmt: skip
    await office.ask("ana", Reply(conversation=1, text="Soon", seen=SEEN))
    assert [party.address for party in (await _sent(office)).to] == ["shop@kvit.example"]


async def test_recipients_are_what_the_agent_saw(office: Office) -> None:
    await office.ask("ana", Reply(
        conversation=1, text="Soon", seen=SEEN, subject="About your order",
        to=(Party(address="Boss@KVIT.example", name="Boss"), Party(address="Boss@kvit.example")),
        cc=(Party(address="c@b.example"),), bcc=(Party(address="d@b.example"),)))  # fmt: skip
    sent = await _sent(office)
    assert [party.address for party in sent.to] == ["Boss@kvit.example"]
    assert (sent.cc[0].address, sent.bcc[0].address) == ("c@b.example", "d@b.example")
    assert sent.subject == "About your order"


@pytest.mark.parametrize("address", ["", "a b@c.example", "a@b.example\nBcc: x@y.example", "\x00"])
async def test_no_address_breaks_a_header(office: Office, address: str) -> None:
    no = await _no(office, Reply(conversation=1, text="x", seen=SEEN, to=(Party(address=address),)))
    assert no.code == "invalid"


async def test_nothing_written_is_not_sent(office: Office) -> None:
    assert (await _no(office, Reply(conversation=1, text=" \n", seen=SEEN))).code == "invalid"
    assert (await _no(office, Reply(conversation=1, text="x" * 200_001, seen=SEEN))).code == (
        "too_large"
    )


async def test_what_an_agent_pastes_is_cleaned_too(office: Office) -> None:
    await office.ask("ana", Reply(conversation=1, text="a\u202eb\x1b[2J", seen=SEEN))
    assert "\x1b" not in (await _sent(office)).text


async def test_whoever_answers_has_it(office: Office) -> None:
    await office.desk.agent("bo", presence="away")
    await office.desk.mail("2", sender="jan@b.example")
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("bo", Reply(conversation=1, text="One more thing", seen=SEEN))
    row = (await office.ask("bo", Queue())).rows[0]
    assert (row.id, row.status, row.owner) == (1, "assigned", "bo")
    why = await office.ask("bo", WhyIs(conversation=1))
    assert (why.chosen, why.trigger) == ("bo", "answer")
    assert why.placed is not None


async def test_a_snoozed_or_foreign_one_stays_where_it_is(office: Office) -> None:
    await office.desk.agent("bo", presence="away")
    await office.ask("bo", Reply(conversation=1, text="I help", seen=SEEN))
    assert await office.desk.one("SELECT owner FROM conversations") == "ana"
    await office.ask("ana", Snooze(conversation=1, until=9_000.0))
    await office.ask("ana", Reply(conversation=1, text="Later", seen=SEEN, anyway=True))
    assert await office.desk.one("SELECT status FROM conversations") == "snoozed"


async def test_a_colleagues_words_make_it_stale_too(office: Office) -> None:
    await office.desk.agent("bo", presence="away")
    said = await office.ask("bo", Comment(conversation=1, text="Do not answer yet"))
    no = await _no(office, Reply(conversation=1, text="Soon", seen=1))
    assert (no.code, no.now) == ("stale", said.message)
    await office.ask("ana", Comment(conversation=1, text="Seen"))
    await office.ask("ana", Reply(conversation=1, text="Soon", seen=said.message))


# --- another channel ---------------------------------------------------------------------------


async def _chats_too(office: Office) -> None:
    """Olga came by chat as well, and an agent linked the two."""
    await office.desk.chat("c1", "it is me, Olga")
    await office.ask("ana", Link(identity=2, contact=1))


async def test_the_conversation_goes_on_where_it_was_answered(office: Office) -> None:
    await _chats_too(office)
    before = (await office.ask("ana", Timeline(contact=1))).conversations
    await office.ask("ana", Reply(conversation=1, kind="webchat", text="Here", seen=SEEN))
    sent = await _sent(office)
    assert (sent.remote, sent.to, sent.subject, sent.quoted) == ("v1", (), "", "")
    row = next(r for r in (await office.ask("ana", Queue())).rows if r.id == 1)
    assert (row.kind, row.account, row.remote, row.came_from) == ("webchat", "site", "v1", "email")
    assert len(before) == 2
    assert office.desk.desk.load_of("ana").units == 4  # a mail (1) became a chat (2)


async def test_another_channel_must_be_the_customers(office: Office) -> None:
    await office.desk.chat("c1", "I am somebody else", visitor="v2")
    for ask in (
        Reply(conversation=1, kind="webchat", account="site", text="x", seen=SEEN),
        Reply(conversation=1, kind="webchat", account="site", remote="v2", text="x", seen=SEEN),
        Reply(conversation=1, remote="other@b.example", text="x", seen=SEEN),
    ):
        assert (await _no(office, ask)).code == "invalid", ask
    no = await _no(office, Reply(conversation=1, kind="fax", account="x", text="x", seen=SEEN))
    assert no.code == "gone"


async def test_a_channel_that_closes_its_window_says_so(office: Office) -> None:
    await office.account("webchat", "site", msgspec.structs.replace(CHAT, reply_window=3_600.0))
    await office.desk.chat("c1", visitor="v9")
    office.desk.clock += 3_601
    no = await _no(office, Reply(conversation=2, text="x", seen=SEEN))
    assert no.code == "late"


# --- files -------------------------------------------------------------------------------------


async def test_files_must_be_here_and_the_channel_must_carry_them(office: Office) -> None:
    file = Attachment(sha256="a" * 64, name="../x\n.pdf", media_type="application/pdf", size=9)
    ask = Reply(conversation=1, text="", seen=SEEN, attachments=(file,))
    assert (await _no(office, ask)).code == "gone"
    await office.desk.do(lambda work: work.tx.run("add_blob", sha256="a" * 64, size=3, data=b"abc"))
    await office.ask("ana", ask)
    sent = (await _sent(office)).attachments[0]
    assert (sent.size, sent.name) == (3, "../x .pdf")
    await office.desk.chat("c1")
    no = await _no(office, Reply(conversation=2, text="x", seen=SEEN, attachments=(file,)))
    assert no.code == "invalid"


# --- writing first and forwarding --------------------------------------------------------------


async def test_a_first_letter_opens_a_conversation_of_its_writer(office: Office) -> None:
    to = (Party(address="jan@b.example"),)
    ask = Compose(kind="email", account="support", subject="Your parcel", text="Hello", to=to)
    done = await office.ask("ana", ask)
    row = next(r for r in (await office.ask("ana", Queue())).rows if r.id == done.conversation)
    assert (row.owner, row.subject, row.contact_name) == ("ana", "Your parcel", "jan@b.example")
    sent = await _sent(office)
    assert (sent.subject, sent.conversation) == ("Your parcel", done.conversation)


async def test_a_known_address_is_written_to_in_its_thread(office: Office) -> None:
    done = await office.ask("ana", Compose(kind="email", account="support", text="Hello",
                                           to=(Party(address="olga@KVIT.example"),)))  # fmt: skip
    thread = await office.ask("ana", Timeline(contact=1))
    assert thread.messages[-1].conversation == done.conversation
    new = Compose(kind="email", account="support", text="Hello", contact=1,
                  to=(Party(address="olga@home.example"),))  # fmt: skip
    await office.ask("ana", new)
    card = await office.ask("ana", Contact(contact=1))
    assert [i.evidence for i in card.identities if i.address == "olga@home.example"] == [
        "ana wrote there"
    ]


async def test_a_channel_that_cannot_start_is_not_written_first(office: Office) -> None:
    no = await _no(office, Compose(kind="webchat", account="site", text="Hi",
                                   to=(Party(address="v1"),)))  # fmt: skip
    assert no.code == "invalid"
    no = await _no(office, Compose(kind="email", account="support", text="Hi", to=()))
    assert no.code == "invalid"


async def test_a_forward_goes_into_a_thread_of_its_own(office: Office) -> None:
    done = await office.ask("ana", Forward(message=1, text="Can you check?",
                                           to=(Party(address="depot@b.example"),)))  # fmt: skip
    sent = await _sent(office)
    assert sent.text.startswith("Can you check?\n\nOlga, ")
    assert sent.text.endswith("\n> Where is it?")
    assert [party.address for party in sent.to] == ["depot@b.example"]
    thread = await office.ask("ana", Timeline(contact=1))
    said = thread.messages[-1].said
    assert str(said) == f"Ana forwarded a message to depot@b.example: #{done.conversation}"
    # Their answer comes to their own thread and never looks like the customer's.
    depot = Party(address="depot@b.example")
    await office.desk.take(MessageIn(id="9", remote=depot.address, sender=depot, at=1.0,
                                     text="It is here", message_id="<9@b.example>",
                                     proved=done.conversation))  # fmt: skip
    assert len((await office.ask("ana", Timeline(contact=1))).messages) == len(thread.messages)


async def test_a_comment_is_never_forwarded_or_sent(office: Office) -> None:
    done = await office.ask("ana", Comment(conversation=1, text="between us"))
    no = await _no(office, Forward(message=done.message, to=(Party(address="x@b.example"),)))
    assert no.code == "forbidden"
    assert await office.desk.one("SELECT count(*) FROM outbox") == 0


# --- taking back -------------------------------------------------------------------------------


async def test_what_is_taken_back_was_never_said(office: Office) -> None:
    due = await office.desk.one("SELECT due FROM conversations")
    done = await office.ask("ana", Reply(conversation=1, text="Oops", seen=SEEN))
    assert await office.desk.one("SELECT due FROM conversations") is None
    thread = await office.ask("ana", Timeline(contact=1))
    assert thread.messages[-1].undo_until == office.desk.clock + EMAIL.undo
    await office.ask("ana", Undo(message=done.message))
    thread = await office.ask("ana", Timeline(contact=1))
    assert (thread.messages[-1].state, thread.messages[-1].text) == ("cancelled", "Oops")
    row = thread.conversations[0]
    assert (row.due, row.unanswered, row.last_text) == (due, 1, "Where is it?")
    assert await office.desk.one("SELECT state FROM outbox") == "cancelled"
    again = await _no(office, Undo(message=done.message))
    assert (again.code, again.said.text) == ("late", "It was taken back already.")


async def test_what_went_out_and_what_is_anothers_stays(office: Office) -> None:
    await office.desk.agent("bo", presence="away")
    done = await office.ask("ana", Reply(conversation=1, text="Yes", seen=SEEN))
    assert (await _no(office, Undo(message=done.message), agent="bo")).code == "forbidden"
    assert (await _no(office, Undo(message=1))).code == "invalid"
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE outbox SET state = 'sending'"))  # fmt: skip
    assert (await _no(office, Undo(message=done.message))).code == "late"


@pytest.mark.parametrize(
    ("settle", "outbox", "unanswered"),
    [("again", "ready", 0), ("sent", "sent", 0), ("drop", "cancelled", 1)],
)
async def test_a_failed_one_is_settled_by_a_person(
    office: Office, settle: Any, outbox: str, unanswered: int
) -> None:
    done = await office.ask("ana", Reply(conversation=1, text="Yes", seen=SEEN))
    assert (await _no(office, Resend(message=done.message))).code == "conflict"
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE outbox SET state = 'failed', attempt = 40, asked = 40; "
        "UPDATE messages SET state = 'failed' WHERE author_is = 'agent'"))  # fmt: skip
    await office.ask("ana", Resend(message=done.message, settle=settle))
    # It has all its tries again; on the bus they go on being counted.
    assert await office.desk.rows("SELECT state, attempt, asked FROM outbox") == [(outbox, 0, 40)]
    assert await office.desk.one("SELECT unanswered FROM conversations") == unanswered


async def test_undo_lasts_as_long_as_the_channel_says(office: Office) -> None:
    slow = Capabilities(kind="webchat", undo=0.5)
    await office.account("webchat", "site", slow)
    await office.desk.chat("c1")
    await office.ask("ana", Reply(conversation=2, text="Hi", seen=SEEN))
    assert await office.desk.one(
        "SELECT not_before FROM outbox"
    ) - office.desk.clock == 0.5  # fmt: skip
