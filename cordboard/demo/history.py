"""The shop's past: customers with identities, notes, and months of conversations. Deterministic.

Written as JSON lines for `python -m router import FILE --data DIR`, one contact a line:

    {"name": "…", "language": "uk", "zone": "Europe/Kyiv", "company": "", "tags": [],
     "warnings": [], "note": "", "identities": [{"kind": "email", "address": "…", "verified": true,
     "evidence": "…"}], "conversations": [{"kind": "email", "account": "support", "remote": "…",
     "team": "support", "subject": "…", "opened": 1763800000.0, "status": "resolved", "owner": "bo",
     "priority": 1, "tags": ["refund"], "messages": [{"by": "customer", "at": 1763800000.0,
     "text": "…"}, {"by": "agent", "agent": "bo", "author": "Bo …",
     "at": 1763801000.0, "text": "…"}]}]}

Times are epoch seconds. `by` is customer, agent or comment; `agent` (and `author`, their name)
stands with the latter two.
`owner` stands with what is assigned or snoozed, `snoozed_until` with what is snoozed; `remote` is
the address of the identity that the conversation came from. Fields with these values may be left
out: "", [], 0, false. Messages of one conversation are in order, conversations are not.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from cordboard.demo import talk
from cordboard.demo.people import Person, person
from cordboard.demo.staff import BY_ID, STAFF, YOU
from cordboard.demo.talk import Case, Talk

DAY = 86_400.0
MONTHS = 180 * DAY


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: str
    address: str
    verified: bool = False
    evidence: str = ""


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    by: Literal["customer", "agent", "comment"]
    at: float
    text: str
    agent: str = ""
    author: str = ""


class Conversation(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: str
    account: str
    remote: str
    team: str
    subject: str
    opened: float
    status: Literal["waiting", "assigned", "snoozed", "resolved"]
    messages: tuple[Message, ...]
    owner: str = ""
    snoozed_until: float = 0.0
    priority: int = 1
    tags: tuple[str, ...] = ()


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    language: str
    zone: str
    identities: tuple[Identity, ...]
    conversations: tuple[Conversation, ...]
    company: str = ""
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """What stands open when the desk opens: of whom, since how many seconds, with whom."""

    status: Literal["waiting", "assigned", "snoozed"]
    ago: float
    owner: str = ""
    answered: bool = False


def _mid_day() -> tuple[Open, ...]:
    """Contact 0 has the first, contact 1 the second, and so on."""
    minutes = (18, 47, 64, 95, 110, 150, 190, 260, 335, 410, 540, 700, 880, 1_150)
    waiting = [Open("waiting", 60.0 * ago) for ago in minutes]
    held = [
        Open("assigned", 60.0 * ago, owner, answered)
        for owner, ago, answered in (
            (YOU, 35, False), (YOU, 140, False), (YOU, 380, True), (YOU, 1_320, False),
            ("bo", 55, False), ("bo", 210, True), ("cy", 25, False), ("cy", 480, True),
            ("dee", 90, False), ("dee", 600, True),
        )
    ]  # fmt: skip
    later = [
        Open("snoozed", 60.0 * ago, owner, answered=True)
        for owner, ago in ((YOU, 900), (YOU, 2_200), ("bo", 1_500), ("cy", 3_000), ("dee", 4_100))
    ]
    return (*waiting, *held, *later)


MID_DAY = _mid_day()


# What the chat calls somebody who is logged in on the shop's site.
VisitorOf = Callable[[str], str]


def write(path: Path, *, seed: int, count: int, now: float, visitor_of: VisitorOf) -> None:
    """The history of `count` contacts as a file. Raises OSError."""
    encoder = msgspec.json.Encoder()
    with path.open("wb", buffering=1 << 20) as file:
        for contact in history(seed, count, now, visitor_of):
            file.write(encoder.encode(contact) + b"\n")


def history(seed: int, count: int, now: float, visitor_of: VisitorOf) -> Iterator[Contact]:
    """The contacts, one after another; number n is `people.person(seed, n)`."""
    for number in range(count):
        who = person(seed, number)
        visitor = visitor_of(who.login) if who.login else ""
        yield _Past(who, visitor, seed, now).contact()


# --- one contact -------------------------------------------------------------------------------

# How many conversations people have had, and how often.
_HOW_MANY = (0, 1, 2, 3, 4, 5, 6, 7, 8)
_HOW_OFTEN = (8, 19, 23, 19, 13, 8, 5, 3, 2)

_TAGS = ("vip", "wholesale", "newsletter", "gift cards", "studio", "pick-up", "first order")
_WARNINGS = (
    "Pays by invoice only, no exceptions",
    "Asked not to be phoned",
    "Chargeback in spring: check payments first",
    "Name is spelled wrong on the invoices, do not copy it",
    "Legal case open: lead only",
)


class _Past:
    """What was between one person and the shop."""

    def __init__(self, who: Person, visitor: str, seed: int, now: float) -> None:
        self._who = who
        self._now = now
        self._chance = random.Random(f"{seed} past {who.number}")  # noqa: S311
        self._words = talk.load(who.language)
        self._visitor = visitor or f"{self._chance.getrandbits(128):032x}"
        self._chatted = False

    def contact(self) -> Contact:
        conversations = tuple(self._conversations())
        who = self._who
        return Contact(
            name=who.name,
            language=who.language,
            zone=who.zone,
            company=who.company,
            tags=self._tags(),
            warnings=self._warnings(),
            note=self._note(conversations),
            identities=tuple(self._identities()),
            conversations=conversations,
        )

    def _identities(self) -> Iterator[Identity]:
        yield Identity("email", self._who.email, verified=True, evidence="dmarc pass")
        if self._who.login:
            yield Identity("webchat", self._visitor, verified=True, evidence="signed login")
        elif self._chatted:
            yield Identity("webchat", self._visitor, evidence="signed visitor token")
        if self._who.known_by_telegram:
            opened = "opened the bot from the site"
            yield Identity("telegram", str(self._who.telegram), verified=True, evidence=opened)
        if self._chance.random() < 0.3:
            yield Identity("phone", self._who.phone, evidence="stood in an order")

    def _tags(self) -> tuple[str, ...]:
        company = ("business",) if self._who.company else ()
        return company + ((self._chance.choice(_TAGS),) if self._chance.random() < 0.25 else ())

    def _warnings(self) -> tuple[str, ...]:
        if self._who.number % 97 != 5:
            return ()
        return (_WARNINGS[self._who.number // 97 % len(_WARNINGS)],)

    def _note(self, conversations: Sequence[Conversation]) -> str:
        if self._who.number % 3 != 1 and self._who.number >= len(MID_DAY):
            return ""
        count = 1 + self._chance.randrange(3)
        lines = self._chance.sample(_NOTES, count)
        return "\n".join(line.format(who=self._who, count=len(conversations)) for line in lines)

    def _conversations(self) -> Iterator[Conversation]:
        open_now = MID_DAY[self._who.number] if self._who.number < len(MID_DAY) else None
        count = self._chance.choices(_HOW_MANY, _HOW_OFTEN)[0]
        for _ in range(count):
            yield self._resolved()
        if open_now is not None:
            yield self._open(open_now)

    # --- one conversation ----------------------------------------------------------------------

    def _resolved(self) -> Conversation:
        chance = self._chance
        # More of it lately: the shop grows.
        ago = 2 * DAY + MONTHS * chance.random() ** 1.4
        opened = self._at_daytime(self._now - ago)
        matter = talk.case(self._words, chance)
        if chance.random() < 0.3:
            return self._chat(matter, opened)
        messages = tuple(self._mails(matter, opened))
        return self._mail_conversation(matter, opened, "resolved", messages)

    def _open(self, now_open: Open) -> Conversation:
        opened = self._now - now_open.ago
        matter = talk.case(self._words, self._chance)
        mails = [self._first_mail(matter, opened)]
        if now_open.answered:
            asked = self._chance.choice(matter.topic.asks)
            mails.append(self._agent_mail(matter, opened + 0.3 * now_open.ago, asked,
                                          now_open.owner))  # fmt: skip
        elif now_open.owner and self._chance.random() < 0.5:
            at = opened + 0.5 * now_open.ago
            words = self._chance.choice(_COMMENTS)
            author = BY_ID[now_open.owner].name
            mails.append(Message("comment", at, words, now_open.owner, author))
        until = self._now + DAY if now_open.status == "snoozed" else 0.0
        return self._mail_conversation(
            matter, opened, now_open.status, tuple(mails), owner=now_open.owner, until=until
        )

    def _mail_conversation(
        self,
        matter: Case,
        opened: float,
        status: Literal["waiting", "assigned", "snoozed", "resolved"],
        messages: tuple[Message, ...],
        *,
        owner: str = "",
        until: float = 0.0,
    ) -> Conversation:
        team = self._team(matter)
        if owner and team not in BY_ID[owner].teams:
            team = BY_ID[owner].teams[0]
        return Conversation(
            kind="email",
            account=team,
            remote=self._who.email,
            team=team,
            subject=self._say(matter.topic.subjects[matter.matter], matter),
            opened=opened,
            status=status,
            messages=messages,
            owner=owner,
            snoozed_until=until,
            priority=2 if self._chance.random() < 0.06 else 1,
            tags=(matter.topic.id,) if self._chance.random() < 0.6 else (),
        )

    def _chat(self, matter: Case, opened: float) -> Conversation:
        self._chatted = True
        return Conversation(
            kind="webchat",
            account="chat",
            remote=self._visitor,
            team="support",
            subject="",
            opened=opened,
            status="resolved",
            messages=tuple(self._chat_lines(matter, opened)),
            tags=(matter.topic.id,) if self._chance.random() < 0.4 else (),
        )

    def _team(self, matter: Case) -> str:
        return "billing" if matter.topic.skill == "billing" else "support"

    # --- who says what when --------------------------------------------------------------------

    def _mails(self, matter: Case, at: float) -> Iterator[Message]:
        chance, topic = self._chance, matter.topic
        agent = self._agent(self._team(matter))
        yield self._first_mail(matter, at)
        if chance.random() < 0.12:
            at = min(at + chance.uniform(200, 900), self._now - 600.0)
            yield Message("comment", at, chance.choice(_COMMENTS), agent, BY_ID[agent].name)
        if chance.random() < 0.35:
            number = chance.randrange(len(topic.asks))
            yield self._agent_mail(matter, at := self._later(at), topic.asks[number], agent)
            yield self._customer_mail(matter, at := self._later(at), topic.details[number])
        yield self._agent_mail(matter, at := self._later(at), topic.answers[matter.matter], agent)
        if chance.random() < 0.4:
            number = chance.randrange(len(topic.follow_ups))
            yield self._customer_mail(matter, at := self._later(at), topic.follow_ups[number])
            yield self._agent_mail(matter, at := self._later(at), topic.reassures[number], agent)
        if chance.random() < 0.45:
            thanks = chance.choice(self._words.thanks)
            yield self._customer_mail(matter, self._later(at), thanks, agent)

    def _chat_lines(self, matter: Case, at: float) -> Iterator[Message]:
        chance, topic, words = self._chance, matter.topic, self._words
        agent = self._agent("support")
        yield Message("customer", at, self._say(topic.chats[matter.matter], matter))
        at += chance.uniform(15, 90)
        yield self._line(chance.choice(words.agent_moments), matter, at, agent)
        at += chance.uniform(40, 200)
        yield self._line(topic.answers[matter.matter], matter, at, agent)
        if chance.random() < 0.6:
            number = chance.randrange(len(topic.follow_ups))
            at += chance.uniform(20, 120)
            yield Message("customer", at, self._say(topic.follow_ups[number], matter))
            at += chance.uniform(20, 90)
            yield self._line(topic.reassures[number], matter, at, agent)
        at += chance.uniform(10, 60)
        yield Message("customer", at, self._say(chance.choice(words.thanks), matter, agent))
        at += chance.uniform(5, 30)
        yield self._line(chance.choice(words.agent_goodbyes), matter, at, agent)

    def _first_mail(self, matter: Case, at: float) -> Message:
        opening = talk.begun(self._say(matter.topic.openings[matter.matter], matter))
        greeting = self._chance.choice(self._words.greetings)
        return Message("customer", at, f"{greeting}\n\n{opening}\n\n{self._signed()}")

    def _customer_mail(self, matter: Case, at: float, template: str, agent: str = "") -> Message:
        text = talk.begun(self._say(template, matter, agent))
        long = not agent and self._chance.random() < 0.5
        return Message("customer", at, f"{text}\n\n{self._signed() if long else self._who.first}")

    def _signed(self) -> str:
        return f"{self._chance.choice(self._words.signoffs)}\n{self._who.name}"

    def _agent_mail(self, matter: Case, at: float, template: str, agent: str) -> Message:
        said = agent_mail(self._words, matter, template, self._who.called, agent, self._chance)
        return Message("agent", at, said, agent, BY_ID[agent].name)

    def _line(self, template: str, matter: Case, at: float, agent: str) -> Message:
        places = {**matter.places, "name": self._who.called}
        said = talk.say(template, places, female=BY_ID[agent].female)
        return Message("agent", at, talk.begun(said), agent, BY_ID[agent].name)

    def _say(self, template: str, matter: Case, agent: str = "") -> str:
        places = matter.places
        if agent:
            places = {**places, "agent": BY_ID[agent].name.partition(" ")[0]}
        return talk.say(template, places, female=self._who.female)

    def _agent(self, team: str) -> str:
        return self._chance.choice(_OF_TEAM[team])

    def _later(self, at: float) -> float:
        """Some answers take minutes, some a night; nobody writes in the future."""
        return min(at + 240.0 * math.pow(150.0, self._chance.random()), self._now - 600.0)

    def _at_daytime(self, at: float) -> float:
        return at - at % DAY + (6.5 + 13.5 * self._chance.random()) * 3_600.0


def agent_mail(
    words: Talk, matter: Case, template: str, called: str, agent: str, chance: random.Random
) -> str:
    """A mail as an agent writes it: by name, to the point, signed."""
    member = BY_ID[agent]
    places = {**matter.places, "name": called, "agent": member.name.partition(" ")[0]}
    parts = (chance.choice(words.agent_greetings), template, chance.choice(words.agent_closings))
    said = (talk.begun(talk.say(part, places, female=member.female)) for part in parts)
    return "\n\n".join(said)


_OF_TEAM = {
    team: tuple(member.id for member in STAFF if team in member.teams)
    for team in ("support", "billing")
}

_COMMENTS = (
    "Asked the warehouse, they look for it until noon.",
    "Same parcel depot as last week. Third one this month.",
    "Refund is released, waiting for the bank file tonight.",
    "Склад отвечает после обеда, я слежу.",
    "Був такий самий випадок учора, див. замовлення поруч.",
    "Very friendly on the phone. If in doubt, be generous.",
    "Careful, two accounts with nearly the same address.",
    "Перевірила оплату: все гаразд, можна відправляти.",
    "Offered a voucher, declined politely.",
    "Needs the answer before Friday, the shop is closed then.",
)
_NOTES = (
    "Prefers to be written to in the evening.",
    "Buys for the office in {who.city}; the door code is on every order.",
    "Often sends things back, always unused. No reason to worry.",
    "Knows a lot about tea. Don't explain the basics.",
    "Нравится, когда отвечают коротко и по делу.",
    "Parcels to the neighbour on the second floor, agreed by phone.",
    "Wrote {count} times so far, was always polite.",
    "Просить дзвонити лише після 17:00.",
    "Interested in the spring collection: tell when it comes.",
    "Got a voucher after the broken teapot, do not offer a second one.",
    "Reads English as well, should nobody else be there.",
    "Moved to {who.city} lately, check the address before sending.",
    "Доставку предпочитает в пункт выдачи.",
    "Подарунки для колективу щогрудня, нагадати в листопаді.",
    "Collects the Forest series: has teapot, cups and tray.",
    "Their son sometimes writes from the same address.",
    "Pays late, but always pays.",
    "Was at our shop in person, sends greetings to Cyril.",
)
