"""An automatic answer goes out once, in our words, to a proved address; two machines stop."""

from dataclasses import replace

import pytest

from router.handling.conversations import load, resolve
from tests.router.desk import POLICY, TestDesk
from wire import codec
from wire.messages.channel import MessageIn, Outbound, Party
from wire.settings import Account

pytestmark = pytest.mark.contract

SAID = "Thank you, we have your letter."


@pytest.fixture
def polite(desk: TestDesk) -> TestDesk:
    account = Account(kind="email", team="support", title="Kvit", acknowledge=SAID)
    desk.policy = replace(POLICY, accounts={"support": account})
    return desk


async def write(desk: TestDesk, number: int, **facts: object) -> None:
    sender = Party(address="peer@kvit.example", name="Peer", verified=True)
    plain = {"id": f"m{number}", "remote": sender.address, "sender": sender, "at": desk.clock,
             "text": f"words {number}", "subject": f"topic {number}",
             "message_id": f"<{number}@kvit.example>", "body_hash": str(number)}  # fmt: skip
    await desk.take(MessageIn(**(plain | facts)))  # type: ignore[arg-type]


async def sent(desk: TestDesk) -> list[Outbound]:
    rows = await desk.rows("SELECT payload FROM outbox ORDER BY id")
    found = [codec.decode(payload.encode(), Outbound) for (payload,) in rows]
    return [one for one in found if isinstance(one, Outbound)]


async def test_who_opens_a_conversation_hears_that_it_came_in_our_words_only(
    polite: TestDesk,
) -> None:
    await write(polite, 1)
    [answer] = await sent(polite)
    assert (answer.text, answer.subject, answer.automatic) == (SAID, "Kvit", True)
    assert "words" not in codec.encode(answer).decode()
    # The customer still waits for a person, and their words stand in the queue.
    [row] = await polite.rows("SELECT last_text, last_by, unanswered FROM conversations")
    assert row == ("words 1", "customer", 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"automatic": True},
        {"sender": Party(address="peer@kvit.example")},
        {"sender": Party(address="peer@kvit.example", verified=True, doubt="Two From headers.")},
    ],
)
async def test_machines_and_addresses_that_are_not_proved_hear_nothing(
    polite: TestDesk, facts: dict[str, object]
) -> None:
    await write(polite, 1, **facts)
    assert await sent(polite) == []


async def test_an_answer_in_a_conversation_is_not_acknowledged(polite: TestDesk) -> None:
    await write(polite, 1)
    polite.clock += 7_200
    await write(polite, 2, in_reply_to="<1@kvit.example>")
    await polite.do(lambda work: resolve(work, load(work, 1)))
    await write(polite, 3, in_reply_to="<1@kvit.example>")
    assert len(await sent(polite)) == 1


async def test_a_thousand_forms_with_one_address_send_one_answer(polite: TestDesk) -> None:
    for number in range(1_000):
        await write(polite, number)
    assert len(await sent(polite)) == 1


@pytest.mark.parametrize("pause", [1.0, 4_000.0])
async def test_a_machine_that_ignores_all_headers_is_stopped_and_flagged(
    polite: TestDesk, pause: float
) -> None:
    """It answers each answer of ours with a new mail, as no standard allows, for two days."""
    number, heard = 0, -1
    began = polite.clock
    while polite.clock < began + 2 * 86_400 and number < 40:
        answers = len(await sent(polite))
        if answers > heard or pause < 10:
            number, heard = number + 1, answers
            await write(polite, number)
        polite.clock += pause
    assert 1 <= len(await sent(polite)) <= 10  # five a day
    tags = await polite.rows("SELECT tags FROM conversations WHERE tags <> '[]'")
    assert set(tags) == {('["loop"]',)}
    lines = await polite.rows("SELECT said FROM messages WHERE said LIKE '%a machine may be%'")
    assert lines


async def test_without_the_setting_nothing_is_sent_by_itself(desk: TestDesk) -> None:
    await write(desk, 1)
    assert await sent(desk) == []
