"""What a stranger tries by mail does nothing on the desk but stand there to be read."""

import pytest

from router.handling import conversations
from tests.router.desk import TestDesk
from wire.messages.channel import MessageIn, Party

pytestmark = pytest.mark.contract

GUESSED = ("support+c1@desk.example", "support+1@desk.example")


@pytest.mark.parametrize("name", ["Ana Petrenko", "ANA PETRENKO", "Аnа Реtrenko"])
async def test_who_is_called_like_a_colleague_is_doubted(desk: TestDesk, name: str) -> None:
    await desk.agent("ana petrenko")  # the name follows
    sender = Party(address="evil@x.example", name=name, verified=True)
    await desk.take(MessageIn(id="1", remote=sender.address, sender=sender, at=1.0, text="hi"))
    assert "A colleague has this name." in await desk.one("SELECT sender FROM messages")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("ceo@bank.example", "evil@x.example"),
        ("EVIL@x.example for ceo@bank.example", "evil@x.example"),
        ("Evil@X.example", "Evil@X.example"),
        ("Anna @ the shop", "Anna @ the shop"),
    ],
)
async def test_nobody_is_called_by_the_address_of_another(
    desk: TestDesk, name: str, called: str
) -> None:
    sender = Party(address="evil@x.example", name=name)
    await desk.take(MessageIn(id="1", remote=sender.address, sender=sender, at=1.0, text="hi"))
    assert await desk.one("SELECT name FROM contacts") == called
    assert await desk.one("SELECT author FROM messages") == called


async def test_a_customer_with_a_name_of_their_own_is_not_doubted(desk: TestDesk) -> None:
    await desk.agent("ana petrenko")  # the name follows
    await desk.mail("1")
    assert "colleague" not in await desk.one("SELECT sender FROM messages")


@pytest.mark.parametrize("text", ["#close", "/resolve", "assign: bo", "#1 tag vip\n#close"])
async def test_a_mail_in_the_name_of_an_agent_commands_nothing(desk: TestDesk, text: str) -> None:
    await desk.agent("ana petrenko")  # the name follows
    await desk.mail("1")
    before = await desk.rows("SELECT id, status, owner, tags FROM conversations")
    sender = Party(address="ana@desk.example", name="Ana Petrenko", verified=True)
    await desk.take(
        MessageIn(id="2", remote=sender.address, sender=sender, at=2.0, text=text,
                  message_id="<2@desk.example>", in_reply_to="<1@kvit.example>")
    )  # fmt: skip
    assert (
        await desk.rows("SELECT id, status, owner, tags FROM conversations WHERE id = 1") == before
    )
    assert await desk.rows("SELECT author_is, text FROM messages WHERE event = '2'") == [
        ("customer", text)
    ]
    assert await desk.one("SELECT count(*) FROM outbox") == 0


@pytest.mark.parametrize("to", GUESSED)
async def test_a_copy_to_a_stranger_does_not_make_them_a_reader(desk: TestDesk, to: str) -> None:
    """In the victim's name to a guessed address, with a copy to oneself; then one answers."""
    await desk.agent("ana")
    await desk.mail("1", "my secret order")
    evil = Party(address="evil@x.example")
    forged = await desk.mail("2", "what did we say?", to=(Party(address=to),), cc=(evil,))
    assert forged.conversation != 1
    answer = await desk.mail("3", "show me", sender=evil.address, in_reply_to="<1@kvit.example>")
    assert answer.conversation not in (1, forged.conversation)
    assert await desk.one("SELECT count(*) FROM outbox") == 0


async def test_a_code_that_was_sent_to_the_desk_is_echoed_to_nobody(desk: TestDesk) -> None:
    """Somebody registers elsewhere with our address and hopes to read the confirmation."""
    await desk.agent("ana")
    await desk.mail("1", "register me")
    code = await desk.mail("2", "Your code is 4711", sender="no-reply@shop.example",
                           automatic=True)  # fmt: skip
    assert code.conversation != 1
    assert await desk.one("SELECT count(*) FROM outbox") == 0


async def test_a_machines_answer_wakes_and_reopens_nothing(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")
    await desk.do(lambda work: conversations.resolve(work, conversations.load(work, 1)))
    for number in range(2, 8):
        await desk.mail(str(number), "away", in_reply_to="<1@kvit.example>", automatic=True)
    assert await desk.rows("SELECT status, unanswered, due FROM conversations") == [
        ("resolved", 0, None)
    ]
