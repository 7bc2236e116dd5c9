"""What is said in the demo can be said in each language, and is understood where it must be."""

import random
import re

import pytest

from cordboard.demo import talk
from cordboard.demo.talk import Talk, Topic

pytestmark = pytest.mark.pure

LISTS = ("subjects", "openings", "chats", "answers", "asks", "details", "follow_ups", "reassures")
PLACES = {
    "order", "product", "amount", "on_day", "day", "days", "hour", "city", "carrier", "track",
    "digits", "name", "agent",
}  # fmt: skip


def sentences(words: Talk) -> list[str]:
    of_topics = [each for topic in words.topics for name in LISTS for each in getattr(topic, name)]
    ways = (words.greetings, words.thanks, words.nudges, words.to_chat, words.to_mail, words.back)
    agents = (words.agent_greetings, words.agent_closings, words.agent_goodbyes)
    return [*of_topics, *(each for way in (*ways, *agents, words.agent_moments) for each in way)]


@pytest.mark.parametrize("language", talk.LANGUAGES)
def test_every_place_has_something_to_fill_it(language: str) -> None:
    words = talk.load(language)
    named = {place for said in sentences(words) for place in re.findall(r"{(\w+)}", said)}
    assert named <= PLACES


@pytest.mark.parametrize("language", talk.LANGUAGES)
@pytest.mark.parametrize("female", [True, False])
def test_nothing_of_a_template_is_left_when_it_is_said(language: str, female: bool) -> None:
    words, chance = talk.load(language), random.Random(1)
    places = {**talk.case(words, chance).places, "name": "N", "agent": "A"}
    said = [talk.say(each, places, female=female) for each in sentences(words)]
    assert [each for each in said if re.search(r"[\[\]{}…]", each)] == []


def test_all_languages_have_the_same_topics_and_matters() -> None:
    shapes = [
        [(topic.id, topic.skill, *(len(getattr(topic, name)) for name in LISTS[:4]))
         for topic in talk.load(language).topics]
        for language in talk.LANGUAGES
    ]  # fmt: skip
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize("language", talk.LANGUAGES)
def test_each_matter_has_its_subject_and_its_answer(language: str) -> None:
    uneven = [topic.id for topic in talk.load(language).topics if not even(topic)]
    assert uneven == []


def even(topic: Topic) -> bool:
    matters = {len(topic.subjects), len(topic.openings), len(topic.chats), len(topic.answers)}
    return (
        len(matters) == 1
        and len(topic.asks) == len(topic.details)
        and len(topic.follow_ups) == len(topic.reassures)
    )


@pytest.mark.parametrize("language", talk.LANGUAGES)
@pytest.mark.parametrize("what", ["openings", "chats"])
def test_an_agent_understands_what_a_customer_is_about(language: str, what: str) -> None:
    words, chance = talk.load(language), random.Random(2)
    for topic in words.topics:
        for matter, template in enumerate(getattr(topic, what)):
            case = talk.case(words, chance, topic)
            said = talk.say(template, case.places, female=chance.random() < 0.5)
            heard = talk.hear(f"{words.greetings[0]}\n\n{said} (ref ABCD-0001)\n\nX", (what,))
            assert heard is not None, said
            assert (heard.language, heard.topic, heard.matter) == (language, topic, matter)
            assert heard.answer == topic.answers[matter]


def test_places_are_understood_with_the_sentence() -> None:
    heard = talk.hear("Hi, can I cancel order 88120? (ref 7F3K-0012)", ("chats",))
    assert heard is not None
    assert heard.places == {"order": "88120"}


def test_what_people_say_freely_is_not_understood() -> None:
    assert talk.hear("Do you sell bicycles?", ("openings", "chats", "follow_ups")) is None
