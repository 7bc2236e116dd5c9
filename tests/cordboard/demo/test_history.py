"""The demo's past: the same for the same seed, human in its numbers, and never in the future."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import pytest

from cordboard.demo import history, people
from cordboard.demo.history import MID_DAY, Contact, Conversation
from cordboard.demo.staff import BY_ID

pytestmark = pytest.mark.pure

NOW = 1_763_800_000.0


@cache
def past() -> tuple[Contact, ...]:
    return tuple(history.history(7, 1_200, NOW, visitor_of))


def visitor_of(login: str) -> str:
    return f"user-{login}"


def conversations() -> list[Conversation]:
    return [each for contact in past() for each in contact.conversations]


def test_the_same_seed_tells_the_same_past(tmp_path: Path) -> None:
    for name in ("one", "two"):
        history.write(tmp_path / name, seed=3, count=50, now=NOW, visitor_of=visitor_of)
    history.write(tmp_path / "other", seed=4, count=50, now=NOW, visitor_of=visitor_of)
    one, two, other = ((tmp_path / name).read_bytes() for name in ("one", "two", "other"))
    assert one == two
    assert one != other


def test_a_file_is_read_back_line_by_line(tmp_path: Path) -> None:
    history.write(tmp_path / "past", seed=7, count=1_200, now=NOW, visitor_of=visitor_of)
    lines = (tmp_path / "past").read_bytes().splitlines()
    assert tuple(msgspec.json.decode(line, type=Contact) for line in lines) == past()


def test_nobody_writes_in_the_future_or_before_it_began() -> None:
    for conversation in conversations():
        times = [message.at for message in conversation.messages]
        assert times == sorted(times)
        assert conversation.opened == times[0]
        assert times[-1] < NOW


def test_the_numbers_are_those_of_a_shop() -> None:
    assert 2.0 < len(conversations()) / len(past()) < 4.0
    assert max(len(contact.conversations) for contact in past()) >= 7
    assert any(not contact.conversations for contact in past())
    assert 0.28 < sum(contact.note != "" for contact in past()) / len(past()) < 0.4
    assert 0 < sum(bool(contact.warnings) for contact in past()) < 40
    languages = Counter(contact.language for contact in past())
    assert all(languages[each] > 200 for each in ("en", "ru", "uk"))


def test_an_address_belongs_to_one_contact() -> None:
    known = [(each.kind, each.address) for contact in past() for each in contact.identities]
    assert len(known) == len(set(known))


def test_a_conversation_came_from_one_of_its_contacts_identities() -> None:
    for contact in past():
        addresses = {(each.kind, each.address) for each in contact.identities}
        assert {(each.kind, each.remote) for each in contact.conversations} <= addresses


def test_the_desk_opens_mid_day() -> None:
    open_now = [each for each in conversations() if each.status != "resolved"]
    assert Counter(each.status for each in open_now) == Counter(each.status for each in MID_DAY)
    assert all(each.owner == "" for each in open_now if each.status == "waiting")
    assert all(each.team in BY_ID[each.owner].teams for each in open_now if each.owner)
    assert all(each.snoozed_until > NOW for each in open_now if each.status == "snoozed")


def test_texts_have_no_places_left_and_vary() -> None:
    texts = [message.text for each in conversations() for message in each.messages]
    assert [text for text in texts if re.search(r"[{}\[\]…]", text)] == []
    assert len(set(texts)) > 0.5 * len(texts)


def test_agents_answer_in_the_customers_alphabet() -> None:
    for contact in past():
        if contact.language == "en":
            continue
        for conversation in contact.conversations:
            said = [each.text for each in conversation.messages if each.by == "agent"]
            assert all(re.search("[а-яіїє]", text.lower()) for text in said)


def test_people_have_addresses_that_exist_nowhere() -> None:
    addresses = {people.person(7, number).email for number in range(3_000)}
    assert len(addresses) == 3_000
    assert all(re.fullmatch(r"[a-z.]+\d+@[a-z]+\.example", address) for address in addresses)
