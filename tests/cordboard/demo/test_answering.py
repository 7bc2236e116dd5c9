"""What simulated colleagues do about what customers write."""

import random

import pytest

from cordboard.demo import talk
from cordboard.demo.answering import Step, called, next_step
from cordboard.demo.staff import BY_ID
from wire.messages.desk import ConversationRow, MessageRow

pytestmark = pytest.mark.pure

BO, DEE = BY_ID["bo"], BY_ID["dee"]


def row(kind: str = "webchat", name: str = "Olga Berg") -> ConversationRow:
    return ConversationRow(
        id=7, version=1, contact=3, contact_name=name, kind=kind, account="chat", subject="",
        status="assigned", team="support", unanswered=1,
    )  # fmt: skip


def customer(text: str, number: int = 1, conversation: int = 7) -> MessageRow:
    return MessageRow(id=number, version=1, conversation=conversation, contact=3, by="customer",
                      at=1.0, accepted=1.0, text=text)  # fmt: skip


def agent(text: str, number: int) -> MessageRow:
    return MessageRow(id=number, version=1, conversation=7, contact=3, by="agent", at=1.0,
                      accepted=1.0, text=text)  # fmt: skip


def steps(*messages: MessageRow, kind: str = "webchat", name: str = "Olga Berg") -> list[Step]:
    return [next_step(row(kind, name), messages, BO, random.Random(seed)) for seed in range(40)]


def test_a_question_gets_the_answer_that_fits_with_its_numbers() -> None:
    said = {step.say for step in steps(customer("Hi, can I cancel order 88120? (ref 7F3K-0001)"))}
    assert any("Order 88120 is cancelled." in each for each in said)
    topic = next(each for each in talk.load("en").topics if each.id == "change")
    assert said - {each for each in said if "88120" in each} <= set(topic.asks)


def test_answers_are_in_the_customers_language() -> None:
    for step in steps(customer("вітаю, чи можна скасувати замовлення 55001?", 1)):
        assert talk.hear(step.say, ("asks",)) or "скасовано" in step.say


def test_an_agent_speaks_in_their_own_gender() -> None:
    for member, form in ((BO, "поменял "), (DEE, "поменяла ")):
        asked = (
            agent("?", 1),
            customer("Можно поменять адрес в заказе 70782? Вроде ещё не отправили", 2),
        )
        assert form in next_step(row(), asked, member, random.Random(1)).say


def test_a_mail_is_greeted_signed_and_mostly_done_a_chat_goes_on() -> None:
    asked = (agent("?", 1), customer("Yes, the same card.", 2))
    mails, chats = steps(*asked, kind="email"), steps(*asked)
    assert all("Olga" in step.say and "Bo" in step.say for step in mails)
    assert 20 < sum(step.resolve for step in mails) < 40
    assert not any(step.resolve for step in chats)


def test_thanks_end_a_conversation_and_only_in_a_chat_with_a_word() -> None:
    thanks = (
        agent("Done.", 1),
        customer("OK, thanks. I'll keep an eye on it. (ref 7F3K-0001-2)", 2),
    )
    assert all(step.resolve and step.say for step in steps(*thanks))
    assert all(step.resolve and not step.say for step in steps(*thanks, kind="email"))


def test_what_nobody_understands_goes_to_the_human() -> None:
    step = steps(customer("Do you sell bicycles?"))[0]
    assert step.say in [
        talk.begun(talk.say(each, {"name": "Olga"}, female=False))
        for each in talk.load("en").agent_moments
    ]
    assert step.hand_over
    again = steps(agent("One moment", 1), customer("And trains?", 2))[0]
    assert (again.say, again.hand_over != "") == ("", True)


def test_only_this_conversation_and_only_what_is_unanswered_counts() -> None:
    elsewhere = customer("Hi, can I cancel order 88120?", 1, conversation=6)
    assert steps(elsewhere) == [Step()] * 40
    assert steps(customer("Hi, can I cancel order 88120?"), agent("Yes.", 2)) == [Step()] * 40


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Тарас Шевченко", "Тарасе"),
        ("Zebulon Smith", "Zebulon"),
        ("Visitor 81f2", ""),
        ("olga@x.example", ""),
        ("", ""),
    ],
)
def test_people_are_called_by_their_names_and_addresses_are_no_names(
    name: str, expected: str
) -> None:
    assert called(talk.load("uk"), name) == expected


def test_without_a_name_nobody_is_called_anything() -> None:
    thanks = (agent("Done.", 1), customer("Great, that answers it. Have a nice day!", 2))
    assert all(" ," not in step.say and ", !" not in step.say for step in steps(*thanks, name=""))
