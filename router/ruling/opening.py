"""A message that opens a conversation meets the rules: facts, the decision, and its columns."""

from dataclasses import dataclass, replace
from typing import Any

from router import languages
from router.core.demand import Demand
from router.core.rulebook.deciding import NOTHING, Outcome
from router.core.rulebook.facts import Customer, Opening
from router.core.targets.choosing import Asked, chosen
from router.core.targets.place import order_key
from router.handling import clocks
from router.handling.conversations import demand_text
from router.lane import Work
from router.ruling.customers import customer
from wire import codec
from wire.settings import Account

# With the whole of `deadline_share` what is due first goes first, up to a target of so long.
A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person decided after the rules did; empty where nobody has."""

    team: str = ""
    priority: int | None = None


KEPT = ByHand()


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a conversation is opened with: the account's defaults, and what rules add."""

    columns: dict[str, Any]
    asked: Asked
    demand: Demand
    reply: str = ""


def ruled(work: Work, opening: Opening, contact: int, account: Account) -> Ruled:
    """The rules in force asked about a message of this contact; without any it costs nothing."""
    outcome = decided(work, opening, contact)
    return made(work, outcome, opening.channel, contact, account)


def decided(work: Work, opening: Opening, contact: int) -> Outcome:
    if not work.book.rules:
        return NOTHING
    known = customer(work.tx, contact, addresses=bool(work.book.segments))
    return work.book.decide(_known(work, opening, known))


def made(
    work: Work, outcome: Outcome, kind: str, contact: int, account: Account, by_hand: ByHand = KEPT
) -> Ruled:
    """The columns that follow from what was decided, and from what a person changed since."""
    team = by_hand.team or outcome.team or account.team
    ruled = account.priority if outcome.priority is None else outcome.priority
    priority = ruled if by_hand.priority is None else by_hand.priority
    asked = Asked(kind, team, priority, clocks.segments(work, contact))
    demand = _demand(work, outcome, asked)
    skills = account.skills | outcome.skills
    columns = {
        "team": team, "priority": priority, "skills": codec.encode(skills).decode(),
        "tags": codec.encode(outcome.tags).decode(), "demand": demand_text(demand),
        "order_key": order_key(work.now, priority) - demand.head_start * 60.0,
    }  # fmt: skip
    return Ruled(columns, asked, demand, outcome.reply)


def _demand(work: Work, outcome: Outcome, asked: Asked) -> Demand:
    """What has no column of its own; minutes of head start are of the rules and of the target."""
    head_start = outcome.head_start
    share = work.book.written.deadline_share
    if share:
        first = chosen(work.shelf.targets, asked).first or A_DAY  # no target, no hurry
        head_start += share * (A_DAY - first) / 60.0
    if outcome is NOTHING and not head_start:
        return Demand()
    return Demand(
        either=outcome.either, language=outcome.language, excluded=outcome.excluded,
        preferred=outcome.preferred, prefer_for=outcome.prefer_for, tier=outcome.tier,
        slope=outcome.slope, head_start=head_start, steps=outcome.steps, rules=outcome.rules,
        team=outcome.team, priority=outcome.priority,
    )  # fmt: skip


# --- facts -------------------------------------------------------------------------------------


def _known(work: Work, opening: Opening, of: Customer) -> Opening:
    """With the customer, and with their language when rules ask for one and it is not known yet."""
    book = work.book
    opening = replace(opening, customer=of, segmenting=book.segments_of)
    if of.language or not book.languages:
        return opening
    found, sure = languages.detect(f"{opening.subject}\n{opening.text}".strip(), book.languages)
    if sure:
        work.tx.run("learn_language", id=of.id, language=found)
        work.event("contact", contact=of.id)
        return replace(opening, customer=replace(of, language=found))
    return replace(opening, detect=lambda text: found)
