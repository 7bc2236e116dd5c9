"""Who the shop's customers are: number 417 of a seed is always the same person. Pure."""

import random
from dataclasses import dataclass

from cordboard.demo import talk

_LATIN = dict(zip("абвгґдеёжзийклмнопрстуфхцчшщыэюяіїє", (
    "a", "b", "v", "h", "g", "d", "e", "e", "zh", "z", "y", "i", "k", "l", "m", "n", "o", "p", "r",
    "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "y", "e", "iu", "ia", "i", "i", "ie",
), strict=True))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody. `called` is how one addresses them."""

    number: int
    language: str
    female: bool
    first: str
    last: str
    called: str
    email: str
    phone: str
    city: str
    zone: str
    company: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        """Their account on the shop's site, "" for who has none. The chat is told of it."""
        return f"kvit-{self.number}" if self.number % 10 < 7 else ""

    @property
    def telegram(self) -> int:
        """Their account on Telegram."""
        return 700_000_000 + self.number

    @property
    def known_by_telegram(self) -> bool:
        """The shop knows it of those who once opened the bot from the site."""
        return self.number % 4 == 1


def person(seed: int, number: int) -> Person:
    chance = random.Random(f"{seed} person {number}")  # noqa: S311
    words = talk.load(chance.choices(talk.LANGUAGES, (36, 33, 31))[0])
    female = chance.random() < 0.56
    first, _, called = chance.choice(words.women if female else words.men).partition("|")
    his, _, hers = chance.choice(words.surnames).partition("|")
    last = (hers if female else his) or his
    city, zone = chance.choice(words.cities)
    company = chance.choice(words.companies) if chance.random() < 0.12 else ""
    return Person(
        number=number,
        language=words.language,
        female=female,
        first=first,
        last=last,
        called=called or first,
        email=_address(first, last, number, chance.choice(words.domains)),
        phone=f"+{chance.choice(('380', '371', '49', '44'))}{chance.randrange(10**8, 10**9)}",
        city=city,
        zone=zone,
        company=company,
    )


def _address(first: str, last: str, number: int, domain: str) -> str:
    """Their mail address; the number in it makes it nobody else's."""
    shapes = (f"{first}.{last}", f"{first[0]}.{last}", f"{last}.{first[0]}", f"{first}{last[0]}")
    local = latin(shapes[number % len(shapes)])
    return f"{local}{number}@{domain}"


def latin(text: str) -> str:
    """In letters of a mail address."""
    spelled = (_LATIN.get(letter, letter) for letter in text.lower())
    return "".join(letter for letter in "".join(spelled) if letter in _ALLOWED)


_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.")
