"""What customers are going to do, and the marks by which it is found again."""

import random
from collections import Counter
from pathlib import Path

import pytest

from cordboard.demo.customers import ledger, letters, tokens
from cordboard.demo.customers.ledger import Entry, Got, Ledger, Sent, Taken
from cordboard.demo.customers.letters import Letter
from cordboard.demo.customers.plan import plan
from cordboard.demo.people import person

pytestmark = pytest.mark.pure

ANSWER = Letter(
    "<out-9@kvit.example>", ("o@x.example",), "Bo, Kvit", "Re: Hm", "Sure.\nBo", "Monday"
)


def test_the_same_seed_plans_the_same_stories() -> None:
    stories = [[plan(seed, "7F3K", n, known=4_500) for n in range(50)] for seed in (7, 7, 8)]
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def test_stories_are_of_all_kinds() -> None:
    stories = [plan(7, "7F3K", number, known=4_500) for number in range(600)]
    assert all(count > 90 for count in Counter(each.channel for each in stories).values())
    assert {each.who.language for each in stories} == {"en", "ru", "uk"}
    assert {each.desk for each in stories} == {"support", "billing"}
    assert all(any(getattr(each, way) for each in stories) for way in ("switches", "leaves"))
    assert 250 < sum(each.who.number < 4_500 for each in stories) < 450


def test_a_token_is_found_in_a_text_and_in_a_message_id() -> None:
    run = tokens.run(random.Random(1))
    first, third = tokens.token(run, 12, 1), tokens.token(run, 12, 3)
    assert tokens.found(f"Hello\n{tokens.marked('Where is it?', first)}\n\nOlga") == [first]
    assert tokens.of_message_id(letters.message_id(person(7, 3), third)) == third
    assert tokens.of_message_id("<out-9@kvit.example>") == ""


def test_tokens_in_quoted_lines_are_not_the_messages_own() -> None:
    assert tokens.found("Thanks (ref 7F3K-0012-2)\n\n> Where? (ref 7F3K-0012)") == ["7F3K-0012-2"]


def test_an_answer_by_mail_refers_to_what_it_answers_and_quotes_it() -> None:
    who = person(7, 3)
    mail = letters.write(who, "support@kvit.example", "Re: Hm", "Thanks!", token="7F3K-0012-2",
                         at=1_763_800_000.0, to=ANSWER)  # fmt: skip
    read = letters.parse(mail.as_bytes())
    assert read.in_reply_to == ANSWER.message_id
    assert read.text.replace("\r\n", "\n").rstrip() == (
        "Thanks!\n\nOn Monday, Bo, Kvit wrote:\n> Sure.\n> Bo"
    )
    assert letters.own_words(read.text).startswith("Thanks!")
    assert tokens.of_message_id(read.message_id) == "7F3K-0012-2"


def test_a_ledger_is_read_back_also_when_its_last_line_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    entries: list[Entry] = [
        Sent("7F3K-0001", "email", "o@x.example", 1.0),
        Taken("7F3K-0001", 2.0, 3),
        Got("out-1", "email", "o@x.example", 3.0, "7F3K-0001", "Привіт"),
    ]
    book = Ledger(path)
    for entry in entries:
        book.write(entry)
    book.close()
    with path.open("ab") as file:
        file.write(b'{"what":"sent","tok')
    assert list(ledger.read(path)) == entries


def test_a_ledger_that_nobody_wrote_is_empty(tmp_path: Path) -> None:
    assert list(ledger.read(tmp_path / "none")) == []
