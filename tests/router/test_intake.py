"""Where messages land, and why; who gets them."""

import pytest

from router.handling import conversations
from router.lane import Work
from tests.router.desk import TestDesk
from wire import codec
from wire.messages.capabilities import Capabilities
from wire.messages.channel import (
    BouncedIn,
    DeletedIn,
    EditedIn,
    IdentityIn,
    Party,
    Refused,
    UnreadableIn,
)

pytestmark = pytest.mark.contract


async def test_a_mail_opens_a_conversation_and_finds_an_agent(desk: TestDesk) -> None:
    await desk.agent("ana")
    taken = await desk.mail("1", "my parcel", subject="Parcel")
    row = await desk.rows("SELECT status, owner, subject, due, unanswered FROM conversations")
    assert row == [("assigned", "ana", "Parcel", 1_000.0 + 86_400.0, 1)]
    assert taken.conversation == 1
    assert str((await desk.why(1)).because) == "is the only one who can"


async def test_without_an_agent_it_waits_and_the_next_one_takes_it(desk: TestDesk) -> None:
    await desk.mail("1")
    assert "waiting" in await desk.one("SELECT status FROM conversations")
    assert str((await desk.why(1)).next) == "whoever becomes able first takes it"
    await desk.agent("ana")
    assert await desk.one("SELECT owner FROM conversations") == "ana"


async def test_an_answer_to_our_mail_joins_its_conversation(desk: TestDesk) -> None:
    await desk.mail("1")
    second = await desk.mail("2", "and now?", in_reply_to="<1@kvit.example>")
    assert second.conversation == 1
    third = await desk.mail("3", "else", references=("<0@x>", "<2@kvit.example>"))
    assert third.conversation == 1
    placed = await desk.rows("SELECT placed FROM messages ORDER BY id")
    assert "new topic" in placed[0][0]
    assert "answers a message" in placed[1][0]


async def test_a_token_joins_when_the_sender_took_part(desk: TestDesk) -> None:
    await desk.mail("1", cc=(Party(address="ihor@kvit.example"),))
    assert (await desk.mail("2", "x", proved=1)).conversation == 1
    assert (await desk.mail("3", "y", proved=1, sender="ihor@kvit.example")).conversation == 1


async def test_a_stranger_with_a_token_gets_a_conversation_of_their_own(desk: TestDesk) -> None:
    await desk.mail("1")
    stolen = await desk.mail("2", "show me", proved=1, sender="eve@evil.example")
    assert stolen.conversation == 2
    assert "possibly related" in await desk.one("SELECT placed FROM messages WHERE id = 2")


async def test_a_late_answer_reopens_and_a_very_late_one_continues(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")

    def resolve(work):  # type: ignore[no-untyped-def]
        conversations.resolve(work, conversations.load(work, 1))

    await desk.do(resolve)
    desk.clock += 86_400
    back = await desk.mail("2", "again", in_reply_to="<1@kvit.example>")
    assert back.conversation == 1
    assert await desk.one("SELECT status FROM conversations WHERE id = 1") == "assigned"
    await desk.do(resolve)
    desk.clock += 15 * 86_400
    late = await desk.mail("3", "much later", in_reply_to="<1@kvit.example>")
    assert late.conversation == 2
    assert await desk.one("SELECT continues FROM conversations WHERE id = 2") == 1


async def test_an_automatic_answer_never_reopens_nor_starts_the_clock(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")
    await desk.do(lambda work: conversations.resolve(work, conversations.load(work, 1)))
    await desk.mail("2", "out of office", in_reply_to="<1@kvit.example>", automatic=True)
    row = await desk.rows("SELECT status, due, unanswered FROM conversations")
    assert row == [("resolved", None, 0)]


async def test_a_mail_address_is_the_same_in_small_and_large_letters(desk: TestDesk) -> None:
    cc = (Party(address="Ihor@kvit.example"),)
    await desk.mail("1", sender="Olena.Bondar@kvit.example", cc=cc)
    for number, sender in (("2", "olena.bondar@kvit.example"), ("3", "ihor@kvit.example")):
        assert (await desk.mail(number, "x", proved=1, sender=sender)).conversation == 1
    await desk.mail("4", "z", sender="OLENA.BONDAR@kvit.example")
    assert await desk.rows("SELECT DISTINCT contact FROM messages") == [(1,)]


async def test_other_channels_tell_small_from_large_letters(desk: TestDesk) -> None:
    await desk.chat("1", "hi", "aB3")
    await desk.chat("2", "hi", "Ab3")
    assert await desk.one("SELECT count(*) FROM contacts") == 2


async def test_one_chat_is_one_conversation(desk: TestDesk) -> None:
    first, second = await desk.chat("a"), await desk.chat("b")
    assert (first.conversation, first.seq) == (1, 1)
    assert (second.conversation, second.seq) == (1, 2)


async def test_the_agent_who_serves_the_contact_is_asked_first(desk: TestDesk) -> None:
    await desk.agent("ana", idle_since=5.0)
    await desk.agent("bo", idle_since=1.0)
    await desk.mail("1")
    owner = await desk.one("SELECT owner FROM conversations WHERE id = 1")
    desk.clock += 60
    await desk.mail("2", "another topic")
    assert await desk.one("SELECT owner FROM conversations WHERE id = 2") == owner == "bo"
    assert str((await desk.why(2)).because) == "already serves this customer"


async def test_two_channels_of_a_proved_person_are_one_thread(desk: TestDesk) -> None:
    await desk.mail("1")
    await desk.chat("c1")
    who = IdentityIn(
        id="i1", remote="v1", sender=Party(address="v1"), at=1.0, other_kind="email",
        other=Party(address="olga@kvit.example", verified=True, evidence="signed login"),
    )  # fmt: skip
    await desk.take(who, kind="webchat", account="site")
    assert await desk.rows("SELECT DISTINCT contact FROM messages") == [(1,)]
    assert await desk.rows("SELECT DISTINCT contact FROM conversations") == [(1,)]
    chat = await desk.chat("c2")
    assert await desk.one("SELECT contact FROM messages WHERE id = :id", id=chat.message) == 1


async def test_nothing_merges_on_an_unverified_address(desk: TestDesk) -> None:
    await desk.mail("1")
    await desk.chat("c1")
    who = IdentityIn(id="i1", remote="v1", sender=Party(address="v1"), at=1.0,
                     other_kind="email", other=Party(address="olga@kvit.example"))  # fmt: skip
    await desk.take(who, kind="webchat", account="site")
    assert await desk.one("SELECT contact FROM conversations WHERE kind = 'webchat'") == 2
    assert "not verified" in await desk.one("SELECT said FROM messages WHERE author_is = 'desk'")


async def test_a_blocked_sender_is_refused_and_it_is_in_the_ledger(desk: TestDesk) -> None:
    await desk.mail("1")
    await desk.do(lambda work: work.tx.run("block_identity", id=1, blocked=True))
    assert isinstance(await desk.mail("2", "more"), Refused)
    assert await desk.one("SELECT reason FROM ledger WHERE verdict = 'refused'")


async def test_edits_and_deletions_are_kept_as_such(desk: TestDesk) -> None:
    await desk.chat("a", "helo")
    await desk.take(EditedIn(id="e", remote="v1", of="a", text="hello", at=2.0),
                    kind="webchat", account="site")  # fmt: skip
    assert await desk.rows("SELECT text, edited FROM messages") == [("hello", 1)]
    await desk.take(DeletedIn(id="d", remote="v1", of="a", at=3.0), kind="webchat", account="site")
    assert await desk.one("SELECT deleted FROM messages") == 1


async def test_an_edit_of_a_message_that_never_came_is_that_message(desk: TestDesk) -> None:
    await desk.chat("a", "first")
    for _ in range(2):
        await desk.take(EditedIn(id="e", remote="v1", of="b", text="second, corrected", at=2.0),
                        kind="webchat", account="site")  # fmt: skip
    await desk.chat("b", "second")
    shown = await desk.rows("SELECT text, edited, conversation FROM messages ORDER BY id")
    assert shown == [("first", 0, 1), ("second, corrected", 1, 1)]
    await desk.take(EditedIn(id="f", remote="v1", of="b", text="third", at=3.0),
                    kind="webchat", account="site")  # fmt: skip
    assert await desk.one("SELECT text FROM messages WHERE id = 2") == "third"


async def test_nobody_edits_the_message_of_another_visitor(desk: TestDesk) -> None:
    await desk.chat("a", "mine")
    await desk.take(EditedIn(id="e", remote="v2", of="a", text="theirs", at=2.0),
                    kind="webchat", account="site")  # fmt: skip
    assert await desk.one("SELECT text FROM messages") == "mine"


async def test_what_cannot_be_read_is_visible(desk: TestDesk) -> None:
    event = UnreadableIn(id="u", remote="unknown", at=1.0, reason="1000 parts", raw="ab")
    await desk.take(event)
    assert "1000 parts" in await desk.one("SELECT notes FROM messages")
    assert await desk.one("SELECT count(*) FROM conversations") == 1


async def test_what_cannot_be_read_of_a_chat_stands_in_that_chat(desk: TestDesk) -> None:
    await desk.chat("1", visitor="v1")
    for number in ("2", "3"):
        await desk.take(
            UnreadableIn(id=number, remote="v1", at=1.0, reason="a new kind"),
            kind="webchat", account="site",
        )  # fmt: skip
    assert await desk.one("SELECT count(*) FROM conversations") == 1
    assert await desk.one("SELECT count(*) FROM messages WHERE author_is = 'customer'") == 3


async def test_a_mail_that_cannot_be_read_is_a_topic_of_its_own(desk: TestDesk) -> None:
    can = codec.encode(Capabilities(kind="email", subject=True)).decode()
    await desk.do(lambda work: work.tx.run("announce_account", kind="email", account="support",
                                           address="", title="", capabilities=can))  # fmt: skip
    await desk.mail("1")
    await desk.take(
        UnreadableIn(id="2", remote="olga@kvit.example", at=1.0, reason="deep", raw="e" * 64)
    )
    assert await desk.one("SELECT count(*) FROM conversations") == 2


async def test_what_cannot_be_read_is_shown_once_when_its_folder_was_renumbered(
    desk: TestDesk,
) -> None:
    for number in ("imap.INBOX.1.7", "imap.INBOX.2.1"):
        await desk.take(
            UnreadableIn(id=number, remote="unknown", at=1.0, reason="deep", raw="e" * 64)
        )
    assert await desk.one("SELECT count(*) FROM messages WHERE author_is = 'customer'") == 1


async def test_a_bounce_of_nothing_known_is_seen_by_a_person(desk: TestDesk) -> None:
    await desk.take(
        BouncedIn(id="b", remote="mailer-daemon@x.example", at=1.0, reason="no such user")
    )
    assert await desk.one("SELECT automatic FROM messages") == 1


async def test_a_conversation_goes_on_by_the_channel_of_its_customer(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.chat("c1")
    assert await desk.one("SELECT load FROM agents") == 2

    def to_mail(work: Work) -> None:
        row = conversations.load(work, 1)
        conversations.move_to(work, row, "switched", kind="email", account="support", remote="o@x")

    await desk.do(to_mail)
    assert await desk.one("SELECT load FROM agents") == 1
    back = await desk.chat("c2")
    assert back.conversation == 1
    assert await desk.rows("SELECT kind, account, remote, came_from FROM conversations") == [
        ("webchat", "site", "v1", "email")
    ]
    kinds = await desk.rows("SELECT kind FROM messages WHERE author_is = 'customer'")
    assert kinds == [("webchat",), ("webchat",)]
