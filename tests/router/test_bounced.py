"""A bounce marks the message that bounced, and only when it proves that it is about it."""

import pytest

from router.handling import conversations, messages
from router.lane import Work
from tests.router.desk import TestDesk
from wire.messages.channel import Accepted, BouncedIn, Outbound, Party

pytestmark = pytest.mark.contract

OURS = "<c.1.out-1.mac@desk.example>"


@pytest.fixture
async def answered(desk: TestDesk) -> TestDesk:
    """Olga wrote, and we answered her and Ihor."""
    await desk.agent("ana")
    await desk.mail("1")
    to = (Party(address="olga@kvit.example"), Party(address="Ihor@kvit.example"))

    def answer(work: Work) -> None:
        row = conversations.load(work, 1)
        sent = Outbound(id="out-1", epoch=1, remote="olga@kvit.example", text="yes", at=1.0, to=to)
        message, _ = messages.add_outbound(work, row, sent, "ana", 0.0)
        messages.change(work, work.tx.one("message", id=message), state="sent", message_id=OURS)

    await desk.do(answer)
    return desk


def bounce(**facts: object) -> BouncedIn:
    plain = {"id": "b", "remote": "mailer-daemon@x.example", "at": 1.0, "message_id": OURS,
             "reason": "5.1.1 no such user", "address": "olga@kvit.example"}  # fmt: skip
    return BouncedIn(**(plain | facts))  # type: ignore[arg-type]


async def state(desk: TestDesk) -> tuple[str, str]:
    [row] = await desk.rows("SELECT state, reason FROM messages WHERE author_is = 'agent'")
    return row


async def lines(desk: TestDesk) -> list[str]:
    return [said for (said,) in await desk.rows("SELECT said FROM messages WHERE said <> ''")]


@pytest.mark.parametrize(
    "facts",
    [{}, {"address": "IHOR@kvit.example"}, {"address": "forwarded@else.example", "proved": True}],
)
async def test_a_bounce_to_a_recipient_or_our_return_path_marks_it_failed(
    answered: TestDesk, facts: dict[str, object]
) -> None:
    taken = await answered.take(bounce(**facts))
    assert isinstance(taken, Accepted)
    assert (taken.conversation, await state(answered)) == (1, ("failed", "5.1.1 no such user"))
    assert "came back" in (await lines(answered))[-1]
    assert await answered.one("SELECT count(*) FROM conversations") == 1


@pytest.mark.parametrize("address", ["stranger@else.example", ""])
async def test_a_report_about_somebody_else_is_told_and_marks_nothing(
    answered: TestDesk, address: str
) -> None:
    await answered.take(bounce(address=address))
    assert (await state(answered))[0] == "sent"
    assert "to whom it was not sent" in (await lines(answered))[-1]


async def test_a_bounce_of_another_accounts_mail_marks_nothing(answered: TestDesk) -> None:
    await answered.take(bounce(proved=True), account="offers")
    assert (await state(answered))[0] == "sent"
    assert await answered.one("SELECT count(*) FROM conversations") == 2


async def test_a_bounce_never_reopens(answered: TestDesk) -> None:
    await answered.do(lambda work: conversations.resolve(work, conversations.load(work, 1)))
    await answered.take(bounce())
    assert await answered.one("SELECT status FROM conversations") == "resolved"
