"""What one customer is going to do, decided before the first word. Pure, by seed and number."""

import random
from dataclasses import dataclass
from typing import Literal

from cordboard.demo import talk
from cordboard.demo.people import Person, person
from cordboard.demo.talk import Case, Talk

Channel = Literal["email", "webchat", "telegram"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A customer's story. Which words they choose comes from `chance_seed`."""

    number: int
    who: Person
    case: Case
    channel: Channel
    # Where a mail goes to: the team that the matter is for.
    desk: str
    follow_ups: int
    # Goes on by another channel after the first answer, or when none comes.
    switches: bool
    # Leaves the page after the first answer and comes back.
    leaves: bool
    # Asks for attention when no answer comes, before giving up.
    nudges: bool
    chance_seed: str

    @property
    def words(self) -> Talk:
        return talk.load(self.who.language)


def plan(
    seed: int, run: str, number: int, *, known: int, burst: bool = False, who: Person | None = None
) -> Plan:
    """Story `number` of a run. Six of ten customers were here before: they are among `known`."""
    chance = random.Random(f"{seed} {run} story {number}")  # noqa: S311
    before = known > 0 and chance.random() < 0.6
    who = who or person(seed, chance.randrange(known) if before else known + number)
    case = talk.case(talk.load(who.language), chance)
    return Plan(
        number=number,
        who=who,
        case=case,
        channel=_channel(chance.random(), burst=burst),
        desk="billing" if case.topic.skill == "billing" else "support",
        follow_ups=chance.choices((0, 1, 2), (4, 5, 2))[0],
        switches=chance.random() < 0.25,
        leaves=chance.random() < 0.3,
        nudges=chance.random() < 0.6,
        chance_seed=f"{seed} {run} words {number}",
    )


def _channel(drawn: float, *, burst: bool) -> Channel:
    """At the start mostly mails: a chat would be late before anybody has read it."""
    if drawn < (0.6 if burst else 0.4):
        return "email"
    return "telegram" if drawn > 0.8 else "webchat"
