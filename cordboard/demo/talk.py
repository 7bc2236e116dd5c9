"""What the people of a small web shop say, in three languages, in their own gender. Pure.

The words stand in `talk.<language>.toml`. Lists of one topic are aligned: the third answer answers
the third opening, the second reassurance the second follow-up, the first detail the first question.
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

LANGUAGES = ("uk", "en", "ru")

_GENDERED = re.compile(r"\[([^\]|]*)\|([^\]|]*)\]")


class Topic(msgspec.Struct, frozen=True):
    """What customers write about, as matters: subject, opening, chat and answer of one index."""

    id: str
    skill: str
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    chats: tuple[str, ...]
    answers: tuple[str, ...]
    asks: tuple[str, ...]
    details: tuple[str, ...]
    follow_ups: tuple[str, ...]
    reassures: tuple[str, ...]
    # Only these things can break, say; empty for all of the shop.
    products: tuple[str, ...] = ()


class Talk(msgspec.Struct, frozen=True):
    """All that is said in one language, and who says it there."""

    language: str
    greetings: tuple[str, ...]
    signoffs: tuple[str, ...]
    thanks: tuple[str, ...]
    nudges: tuple[str, ...]
    to_chat: tuple[str, ...]
    to_mail: tuple[str, ...]
    back: tuple[str, ...]
    agent_greetings: tuple[str, ...]
    agent_closings: tuple[str, ...]
    agent_goodbyes: tuple[str, ...]
    agent_moments: tuple[str, ...]
    # City and time zone.
    cities: tuple[tuple[str, str], ...]
    # "on Monday|Monday": languages bend the name of a day.
    days: tuple[str, ...]
    carriers: tuple[str, ...]
    amount: str
    domains: tuple[str, ...]
    companies: tuple[str, ...]
    products: tuple[str, ...]
    # "name" or "name|how one calls them"; surnames "his|hers".
    men: tuple[str, ...]
    women: tuple[str, ...]
    surnames: tuple[str, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One matter of one customer; its places are the same from the first word to the last."""

    topic: Topic
    matter: int
    places: Mapping[str, str]


@cache
def load(language: str) -> Talk:
    """The talk of one of LANGUAGES."""
    path = Path(__file__).with_name(f"talk.{language}.toml")
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Talk)


def case(talk: Talk, chance: random.Random, topic: Topic | None = None) -> Case:
    """Something that happened to somebody."""
    topic = topic or chance.choice(talk.topics)
    matter = chance.randrange(len(topic.openings))
    return Case(topic, matter, _places(talk, topic, chance))


def _places(talk: Talk, topic: Topic, chance: random.Random) -> dict[str, str]:
    on_day, _, day = chance.choice(talk.days).partition("|")
    number = chance.getrandbits(60)  # one draw for all digits: histories are long
    return {
        "order": str(10_000 + number % 90_000),
        "product": chance.choice(topic.products or talk.products),
        "amount": _amount(talk, number),
        "on_day": on_day,
        "day": day,
        "days": str(5 + number % 5),
        "hour": f"{12 + number % 7}:00",
        "city": chance.choice(talk.cities)[0],
        "carrier": chance.choice(talk.carriers),
        "track": f"59{number % 10**10:010}",
        "digits": f"{number % 9_973:04}",
    }


def _amount(talk: Talk, number: int) -> str:
    cents = ("00", "50", "90", "99")[number % 4]
    return talk.amount.format(
        whole=9 + number // 7 % 140, cents=cents, hryvnias=240 + number // 7 % 560 * 10
    )


@cache
def gendered(template: str, female: bool) -> str:
    """The template as he or as she says it."""
    return _GENDERED.sub(lambda found: found[2 if female else 1], template)


def say(template: str, places: Mapping[str, str], *, female: bool) -> str:
    """The template with its places filled; a place that nobody named stays readable."""
    return gendered(template, female).format_map(_Named(places))


def begun(text: str) -> str:
    """As a sentence begins. In a chat people don't care."""
    return text[:1].upper() + text[1:]


class _Named(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


# --- hearing -----------------------------------------------------------------------------------

# Where in a topic a sentence stands, and what is said to it.
_ANSWERED_BY = {
    "openings": "answers",
    "chats": "answers",
    "follow_ups": "reassures",
    "asks": "details",
    "details": "reassures",
}
_WAYS = ("thanks", "nudges", "back", "to_chat", "to_mail")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of a text. `what` is a list of a topic or of the talk."""

    language: str
    what: str
    topic: Topic | None = None
    matter: int = 0
    places: Mapping[str, str] | None = None

    @property
    def answer(self) -> str:
        """What fits to be said to it, "" when nothing is prepared."""
        if self.topic is None:
            return ""
        prepared: Sequence[str] = getattr(self.topic, _ANSWERED_BY[self.what])
        return prepared[self.matter % len(prepared)]


def hear(text: str, whats: Sequence[str]) -> Heard | None:
    """Recognise one of our own sentences in a text; None for what people say freely."""
    flat = " ".join(text.split()).lower()
    heard = (_heard(flat, language, whats) for language in LANGUAGES)
    return next((one for one in heard if one is not None), None)


def _heard(flat: str, language: str, whats: Sequence[str]) -> Heard | None:
    for pattern, what, topic, matter in _patterns(language):
        found = pattern.search(flat) if what in whats else None
        if found is not None:
            return Heard(language, what, topic, matter, found.groupdict())
    return None


_Pattern = tuple[re.Pattern[str], str, Topic | None, int]


@cache
def _patterns(language: str) -> tuple[_Pattern, ...]:
    """Long sentences first: they say most. Short ones of a general kind come last."""
    talk = load(language)
    of_topics = [
        (sentence, what, topic, number)
        for topic in talk.topics
        for what in _ANSWERED_BY
        for number, sentence in enumerate(getattr(topic, what))
    ]
    of_talk = [(sentence, what, None, 0) for what in _WAYS for sentence in getattr(talk, what)]
    of_topics.sort(key=lambda each: -len(each[0]))
    return tuple(
        (_pattern(sentence), what, topic, number)
        for sentence, what, topic, number in [*of_topics, *of_talk]
    )


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces: list[str] = []
    named: set[str] = set()
    for part in re.split(r"(\{\w+\}|\[[^\]]*\])", sentence.lower()):
        pieces.append(_piece(part, named))
    return re.compile("".join(pieces))


def _piece(part: str, named: set[str]) -> str:
    if part.startswith("[") and part.endswith("]"):
        return "(?:" + "|".join(map(re.escape, part[1:-1].split("|"))) + ")"
    if not part.startswith("{"):
        return re.escape(part)
    name = part[1:-1]
    if name in named:
        return f"(?P={name})"
    named.add(name)
    return f"(?P<{name}>.{{1,60}}?)"
