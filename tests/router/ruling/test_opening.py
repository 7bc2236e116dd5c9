"""Rules in force: what opens a conversation, and what is open when its contact changes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from router.core.demand import Demand
from router.core.rulebook.book import read
from router.handling import conversations
from router.lane import Work
from router.policy import Policy
from router.ruling import loading, rerouting
from tests.router.desk import TestDesk, inline
from wire import codec
from wire.messages.channel import MessageIn, Party
from wire.settings import Account

pytestmark = pytest.mark.pure

RULES = """
order = "all"
[segments]
vip = "tag:vip OR company:acme"
[[rule]]
name = "French"
if.language = "fr"
then.skills = { french = 3 }
[[rule]]
name = "Money"
if.words = ["refund", "money back"]
then.team = "billing"
then.priority = "high"
then.tag = "refund"
then.steps = [{ after = 60, widen = "support" }]
then.reply = "We look into it."
[[rule]]
name = "VIP"
if.segment = "vip"
then.tier = -1
then.head_start = 20
then.prefer = "mia"
then.exclude = "tom"
"""
POLICY = Policy(accounts={"help": Account("email", "support", skills={"mail": 1})})


@pytest.fixture
async def desk() -> AsyncIterator[TestDesk]:
    async with inline() as made:
        made.policy = POLICY
        yield made


async def load(desk: TestDesk, text: str = RULES) -> None:
    assert read(text).book is not None, read(text).faults
    await desk.do(lambda work: loading.put_in_force(work, text, "lea"))


async def comes(desk: TestDesk, number: int, text: str, **facts: Any) -> Any:
    sender = Party(address=f"c{number}@x.example", verified=True)
    event = MessageIn(id=str(number), remote=f"r{number}", sender=sender, at=1.0, text=text,
                      message_id=f"m{number}", **facts)  # fmt: skip
    taken: Any = await desk.take(event, kind="email", account="help")
    return await row(desk, taken.conversation)


async def row(desk: TestDesk, number: int) -> Any:
    return await desk.do(lambda work: conversations.load(work, number))


def demand(row: Any) -> Demand:
    found = codec.decode(row.demand.encode(), Demand) if row.demand else Demand()
    assert isinstance(found, Demand)
    return found


async def test_without_rules_it_is_opened_as_the_account_says(desk: TestDesk) -> None:
    opened = await comes(desk, 1, "I want a refund")
    assert (opened.team, opened.demand, opened.tags, opened.order_key) == (
        "support", "", "[]", 1_000.0)  # fmt: skip


async def test_the_rules_fill_its_columns_and_its_requirement(desk: TestDesk) -> None:
    await load(desk)
    opened = await comes(desk, 1, "I want my money back, please")
    assert (opened.team, opened.priority, opened.tags) == ("billing", 2, '["refund"]')
    assert opened.skills == '{"mail":1}'
    assert opened.order_key == 1_000.0 - 30 * 60
    assert demand(opened).rules == ("Money",)
    waiting = desk.desk.waiting[opened.id]
    assert waiting.need.team == "billing"
    assert waiting.steps[0].widen == ("support",)


async def test_an_automatic_answer_goes_to_a_proved_address_once(desk: TestDesk) -> None:
    await load(desk)
    await comes(desk, 1, "refund")
    await comes(desk, 2, "hello there")
    await comes(desk, 3, "refund", automatic=True)
    sent = await desk.rows("SELECT conversation, payload FROM outbox")
    assert [number for number, _ in sent] == [1]
    assert "We look into it." in sent[0][1]


async def test_a_language_that_is_sure_becomes_the_contacts(desk: TestDesk) -> None:
    await load(desk)
    text = "Bonjour, je voudrais savoir où est ma commande, elle n'est toujours pas arrivée."
    opened = await comes(desk, 1, text)
    assert opened.skills == '{"mail":1,"french":3}'
    assert await desk.one("SELECT language FROM contacts WHERE id = 1") == "fr"
    short = await comes(desk, 2, "12 34")
    assert short.skills == '{"mail":1}'
    assert await desk.one("SELECT language FROM contacts WHERE id = 2") == ""


async def test_who_gets_into_a_segment_is_routed_otherwise_at_once(desk: TestDesk) -> None:
    await load(desk)
    await desk.agent("mia", skills='{"mail": 1}', capacity=0)
    before = await comes(desk, 1, "hello there")
    assert demand(before).rules == ()
    await desk.do(lambda work: work.tx.run("save_contact", id=1, name="Olga", language="", zone="",
                                           company="ACME", tags="[]", warnings="[]"))  # fmt: skip
    await desk.do(lambda work: rerouting.contact_changed(work, 1, POLICY))
    after = await row(desk, before.id)
    assert demand(after).rules == ("VIP",)
    assert after.order_key == before.order_key - 20 * 60
    waiting = desk.desk.waiting[before.id]
    assert (waiting.tier, waiting.need.only, waiting.entered) == (-1, ("mia",), before.entered)
    assert [name for name, _ in waiting.need.without] == ["tom"]
    await desk.do(lambda work: rerouting.contact_changed(work, 1, POLICY))
    assert (await row(desk, before.id)).version == after.version  # nothing was new


async def test_what_a_person_changed_is_not_changed_back(desk: TestDesk) -> None:
    await load(desk)
    opened = await comes(desk, 1, "refund please")

    def by_hand(work: Work) -> None:
        known = conversations.load(work, opened.id)
        asked = conversations.demand(known)
        asked = Demand(**{f: getattr(asked, f) for f in asked.__struct_fields__}
                       | {"resting": {"mia": 5_000.0}, "asked": {"gold": 2}})  # fmt: skip
        conversations.save(work, known, "transferred", team="sales", priority=3,
                           demand=conversations.demand_text(asked))  # fmt: skip
        rerouting.contact_changed(work, 1, POLICY)

    await desk.do(by_hand)
    await load(desk, RULES.replace('"billing"', '"other"'))
    await desk.do(rerouting.some([opened.id], POLICY))
    after = await row(desk, opened.id)
    assert (after.team, after.priority) == ("sales", 3)
    assert (demand(after).resting, demand(after).asked) == ({"mia": 5_000.0}, {"gold": 2})


async def test_other_rules_decide_anew_what_is_open(desk: TestDesk) -> None:
    await load(desk)
    opened = await comes(desk, 1, "refund please")
    await load(desk, RULES.replace('"billing"', '"other"').replace("high", "urgent"))
    assert await desk.do(rerouting.open_ones) == [opened.id]
    await desk.do(rerouting.some([opened.id], POLICY))
    after = await row(desk, opened.id)
    assert (after.team, after.priority) == ("other", 3)
    assert after.order_key == 1_000.0 - 240 * 60
    await load(desk, "")
    await desk.do(rerouting.some([opened.id], POLICY))
    after = await row(desk, opened.id)
    assert (after.team, after.priority, after.demand, after.order_key) == (
        "support", 1, "", 1_000.0)  # fmt: skip


async def test_with_the_whole_deadline_share_what_is_due_first_goes_first(desk: TestDesk) -> None:
    """A chat has 60 s and a mail a day: 23 h 59 min lie between two that come together."""
    await load(desk, "deadline_share = 1.0")
    mail = await comes(desk, 1, "hello there")
    chat: Any = await desk.chat("2", "hello")
    chat = await row(desk, chat.conversation)
    assert mail.order_key == 1_000.0
    assert chat.order_key == 1_000.0 - (86_400 - 60)
    assert mail.due - chat.due == mail.order_key - chat.order_key
