"""What rules are asked about: a message that opens a conversation, and who wrote it. Pure."""

import datetime
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from wire.query.evaluating import domain, fold

# So much of a text is looked at for words.
LOOKED_AT = 4_000
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Customer:
    """A contact as rules and segments see it."""

    id: int = 0
    name: str = ""
    language: str = ""
    company: str = ""
    tags: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @cached_property
    def folded_tags(self) -> frozenset[str]:
        return frozenset(map(fold, self.tags))

    def texts(self, field: str) -> Collection[str]:
        match field:
            case "tag":
                return self.folded_tags
            case "company":
                return (fold(self.company),)
            case "language":
                return (fold(self.language),)
            case "sender":
                return [fold(address) for address in self.addresses]
            case "domain":
                return [domain(fold(address)) for address in self.addresses]
            case "name" | "words":
                return (fold(self.name),)
        return ()

    def number(self, field: str) -> float | None:
        return float(self.id) if field == "contact" else None


def _unknown(text: str) -> str:
    return ""


@dataclass(frozen=True)
class Opening:
    """A message that opens a conversation. What costs something is worked out when it is asked."""

    customer: Customer = Customer()
    channel: str = ""
    account: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    at: float = 0.0
    # Which language a text is in: two letters, "" for unknown.
    detect: Callable[[str], str] = _unknown
    # The segments that its customer is in.
    segmenting: Callable[[Customer], Collection[str]] = lambda customer: ()

    @cached_property
    def language(self) -> str:
        """The customer's as it is known, else that of the text."""
        known = fold(self.customer.language).partition("-")[0]
        return known or self.detect(f"{self.subject}\n{self.text}" if self.text else self.subject)

    @cached_property
    def segments(self) -> Collection[str]:
        return self.segmenting(self.customer)

    def at_wall(self, zone: datetime.tzinfo) -> tuple[int, int]:
        """The day of the week (0 is Monday) and the minute of the day when it came, there."""
        known = self._walls.get(zone)
        if known is None:
            there = datetime.datetime.fromtimestamp(self.at, zone)
            known = self._walls[zone] = there.weekday(), there.hour * 60 + there.minute
        return known

    @cached_property
    def _walls(self) -> dict[datetime.tzinfo, tuple[int, int]]:
        return {}

    @cached_property
    def address(self) -> str:
        return fold(self.sender)

    @cached_property
    def subject_words(self) -> str:
        return spaced(self.subject)

    @cached_property
    def all_words(self) -> str:
        return self.subject_words + spaced(self.text)

    def texts(self, field: str) -> Collection[str]:
        match field:
            case "channel":
                return (self.channel,)
            case "account":
                return (self.account,)
            case "language":
                return (self.language,)
            case "segment":
                return [fold(name) for name in self.segments]
            case "sender":
                return (self.address,)
            case "domain":
                return (domain(self.address),)
            case "subject":
                return (fold(self.subject),)
            case "words":
                return (fold(f"{self.subject}\n{self.text[:LOOKED_AT]}"),)
        return self.customer.texts(field)

    def number(self, field: str) -> float | None:
        return self.customer.number(field)


def spaced(text: str) -> str:
    """Its words, folded, each with one space on both sides."""
    return f" {_NOT_A_WORD.sub(' ', fold(text[:LOOKED_AT])).strip()} "
