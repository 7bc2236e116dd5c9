"""Threading of real intake: order, participants, forgeries, and one mail to two addresses."""

import asyncio
from typing import Any

import pytest

from router.handling import conversations
from router.handling.moves import Mover, join, message
from router.lane import Work
from tests.router.desk import POLICY, TestDesk
from wire.messages.channel import Accepted, Duplicate, MessageIn, Party

pytestmark = pytest.mark.contract

OLGA, EVE = "olga@kvit.example", "eve@evil.example"
FORGED = Party(address=OLGA, name="Olga", doubt="its domain disowns it")


async def placed(desk: TestDesk, number: int) -> tuple[int, int, str]:
    rows = await desk.rows(
        "SELECT c.id, c.related, m.placed FROM messages m JOIN conversations c "
        "ON c.id = m.conversation WHERE m.id = :number", number=number)  # fmt: skip
    return rows[0]


async def letter(desk: TestDesk, number: str, sender: Party, account: str = "support",
                 text: str = "hello", **facts: Any) -> object:  # fmt: skip
    event = MessageIn(
        id=number,
        remote=sender.address,
        sender=sender,
        at=desk.clock,
        text=text,
        **({"message_id": f"<{number}@kvit.example>", "body_hash": text} | facts),
    )
    return await desk.take(event, account=account)


# --- the order -----------------------------------------------------------------------------------


async def test_the_address_beats_a_reference_and_a_reference_beats_a_token_in_an_older_one(
    desk: TestDesk,
) -> None:
    for number in ("1", "2", "3"):
        await desk.mail(number, f"topic {number}")
    both = await desk.mail("4", "a", proved=1, in_reply_to="<2@kvit.example>")
    assert both.conversation == 1
    ours = "<c.1.out-9.mac@desk.example>"
    found = await desk.mail("5", "b", proved=1, proved_by=ours, in_reply_to="<2@kvit.example>",
                            references=(ours, "<2@kvit.example>"))  # fmt: skip
    assert found.conversation == 2
    older = await desk.mail("6", "c", proved=1, proved_by=ours, in_reply_to=ours,
                            references=("<3@kvit.example>", ours))  # fmt: skip
    assert older.conversation == 1
    last_first = await desk.mail("7", "d", references=("<1@kvit.example>", "<3@kvit.example>"))
    assert last_first.conversation == 3


async def test_our_token_works_when_the_store_does_not_know_its_mail(desk: TestDesk) -> None:
    await desk.mail("1")
    ours = "<c.1.out-9.mac@desk.example>"
    found = await desk.mail("2", "x", proved=1, proved_by=ours, in_reply_to=ours)
    assert found.conversation == 1
    by_return_path = await desk.mail("3", "y", proved=1, proved_by=ours)
    assert by_return_path.conversation == 1


async def test_a_subject_names_it_for_those_who_took_part_only(desk: TestDesk) -> None:
    await desk.mail("1")
    assert (await desk.mail("2", "x", subject="Re: [#1] parcel")).conversation == 1
    stranger = await desk.mail("3", "y", subject="[#1]", sender=EVE)
    assert (stranger.conversation, (await placed(desk, stranger.message))[1]) == (2, 1)


async def test_a_forged_token_opens_one_of_its_own_and_says_so(desk: TestDesk) -> None:
    await desk.mail("1")
    taken = await desk.mail("2", "x", claimed=1, sender=EVE)
    assert "not genuine" in (await placed(desk, taken.message))[2]
    assert (await placed(desk, taken.message))[:2] == (2, 1)
    nothing = await desk.mail("3", "y", claimed=99, sender=EVE)
    assert (await placed(desk, nothing.message))[1] == 0


async def test_a_mail_that_its_domain_disowns_joins_nothing(desk: TestDesk) -> None:
    await desk.mail("1")
    taken = await letter(desk, "2", FORGED, in_reply_to="<1@kvit.example>", text="x")
    assert isinstance(taken, Accepted)
    assert (await placed(desk, taken.message))[:2] == (2, 1)
    assert "not sure who wrote" in (await placed(desk, taken.message))[2]


async def test_a_name_that_looks_like_an_address_takes_no_part(desk: TestDesk) -> None:
    await desk.mail("1", cc=(Party(address="ihor@kvit.example", name=EVE),))
    assert (await desk.mail("2", "x", proved=1, sender=EVE)).conversation == 2
    assert (await desk.mail("3", "y", proved=1, sender="IHOR@kvit.example")).conversation == 1


async def test_who_sends_a_known_id_first_does_not_catch_the_answers(desk: TestDesk) -> None:
    await desk.mail("1", "mine")
    await letter(desk, "e", Party(address=EVE), message_id="<1@kvit.example>", text="trap")
    assert (await desk.mail("2", "and now?", in_reply_to="<1@kvit.example>")).conversation == 1


async def test_the_same_topic_is_suggested_for_some_days(desk: TestDesk) -> None:
    first = await desk.mail("1", subject="Parcel 88")
    again = await desk.mail("2", "x", subject="Re: parcel 88")
    assert again.conversation != first.conversation
    assert (await placed(desk, again.message))[1] == first.conversation
    desk.clock += 15 * 86_400
    late = await desk.mail("3", "y", subject="Parcel 88")
    assert (await placed(desk, late.message))[1] == 0


async def test_two_visitors_of_one_browser_are_two(desk: TestDesk) -> None:
    await desk.chat("a")
    other = MessageIn(id="b", remote="v1", sender=Party(address="login:7"), at=1.0, text="hi")
    taken = await desk.take(other, kind="webchat", account="site")
    assert isinstance(taken, Accepted)
    assert taken.conversation == 2


# --- after moves ---------------------------------------------------------------------------------


def mover(work: Work) -> Mover:
    return Mover(work, "ana", "Ana", POLICY)


async def test_an_answer_follows_the_message_that_was_moved(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")
    await desk.mail("2", "another")

    def move(work: Work) -> None:
        one, two = conversations.load(work, 1), conversations.load(work, 2)
        message(mover(work), work.tx.one("message", id=1), one, two, new=False)

    await desk.do(move)
    by_id = await desk.mail("3", "x", in_reply_to="<1@kvit.example>")
    assert by_id.conversation == 2
    by_tag = await desk.mail("4", "y", proved=1, in_reply_to="<1@kvit.example>")
    assert by_tag.conversation == 2
    assert (await desk.mail("5", "z", proved=1)).conversation == 1


async def test_what_comes_for_a_joined_conversation_goes_where_it_was_joined(
    desk: TestDesk,
) -> None:
    await desk.agent("ana")
    await desk.mail("1")
    await desk.mail("2", "another")
    await desk.do(lambda w: join(mover(w), conversations.load(w, 1), conversations.load(w, 2)))
    assert (await desk.mail("3", "x", proved=1)).conversation == 2
    assert (await desk.mail("4", "y", in_reply_to="<1@kvit.example>")).conversation == 2
    assert await desk.one("SELECT status FROM conversations WHERE id = 1") == "resolved"


# --- one mail to two of our addresses ------------------------------------------------------------


async def test_a_mail_to_two_of_our_addresses_is_shown_once(desk: TestDesk) -> None:
    one = await letter(desk, "1", Party(address=OLGA))
    two = await letter(desk, "1", Party(address=OLGA), "sales")
    assert isinstance(one, Accepted)
    assert two == Duplicate(message=one.message, seq=one.seq)
    assert await desk.one("SELECT count(*) FROM conversations") == 1
    assert await desk.one("SELECT notes FROM messages WHERE id = 1") == '{"also_to":"sales"}'
    lines = await desk.rows("SELECT account, verdict, reason, message FROM ledger ORDER BY id")
    assert lines[1] == ("sales", "merged", "the same mail came to another account before", 1)
    again = await letter(desk, "1b", Party(address=OLGA), "sales", message_id="<1@kvit.example>")
    assert isinstance(again, Duplicate)
    assert await desk.one("SELECT notes FROM messages WHERE id = 1") == '{"also_to":"sales"}'


async def test_both_copies_in_one_batch_are_one(desk: TestDesk) -> None:
    accounts = ("support", "sales", "info")
    taken = await asyncio.gather(*(letter(desk, "1", Party(address=OLGA), a) for a in accounts))
    assert [type(one) for one in taken] == [Accepted, Duplicate, Duplicate]
    assert await desk.one("SELECT notes FROM messages") == '{"also_to":"sales, info"}'


@pytest.mark.parametrize("account", ["support", "sales"])
@pytest.mark.parametrize("other", [
    {"text": "other words"}, {"reply_to": (Party(address=EVE),)},
], ids=["words", "reply-to"])  # fmt: skip
async def test_nobody_suppresses_a_mail_with_its_id(
    desk: TestDesk, account: str, other: dict[str, object]
) -> None:
    await letter(desk, "f", Party(address=OLGA), account,
                 **({"message_id": "<1@kvit.example>"} | other))  # type: ignore[arg-type] # fmt: skip
    true = await letter(desk, "1", Party(address=OLGA))
    assert isinstance(true, Accepted)
    notes = await desk.one("SELECT notes FROM messages WHERE id = :id", id=true.message)
    assert "same_id" in notes


async def test_without_a_hash_nothing_of_another_account_is_the_same(desk: TestDesk) -> None:
    for account in ("support", "sales"):
        taken = await letter(desk, "1", Party(address=OLGA), account, body_hash="")
        assert isinstance(taken, Accepted)


async def test_the_second_copy_can_prove_who_wrote(desk: TestDesk) -> None:
    await letter(desk, "1", Party(address=OLGA))
    sure = Party(address=OLGA, verified=True, evidence="mail authentication pass")
    await letter(desk, "1", sure, "sales")
    assert await desk.one("SELECT verified FROM identities") == 1
