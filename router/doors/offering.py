"""What is offered to an agent: accept it, decline it; and being done with what was resolved."""

from typing import Any

from router.core.offering import Deed, after
from router.doors import moving, shown, sight
from router.doors.asker import Doing, Reading, Refused
from router.handling import conversations, dispatch, offering
from wire.messages.base import Said, say
from wire.messages.verbs import Accept, Decline, Done, Offers, OffersPage, Wrapped
from wire.text import clean_line

Row = Any
REASON = 60


def offers(read: Reading, ask: Offers) -> OffersPage:
    return OffersPage(rows=shown.offers(read.rows, read.asker.id))


def accept(doing: Doing, ask: Accept) -> Done:
    """Saying it twice is saying it once; whoever is late hears who has it."""
    offer = _own(doing, ask.offer)
    if _first(doing, offer, "accept"):
        offering.accepted(doing.work, offer)
    return moving.done(conversations.load(doing.work, offer.conversation))


def decline(doing: Doing, ask: Decline) -> Done:
    offer = _own(doing, ask.offer)
    if _first(doing, offer, "decline"):
        offering.declined(doing.work, offer, clean_line(ask.reason, REASON))
    return Done(conversation=offer.conversation)


def wrapped(doing: Doing, ask: Wrapped) -> Done:
    """What one is done with already is no fault."""
    if ask.conversation:
        sight.conversation(doing, ask.conversation)
    mine = doing.rows.all("wrap_ups_of", agent=doing.asker.id)
    ended = [row.conversation for row in mine if ask.conversation in (0, row.conversation)]
    for conversation in ended:
        conversations.free(doing.work, conversation)
    if ended:
        dispatch.dispatch(doing.work, "wrapped up")
    return Done(conversation=ask.conversation)


def _own(doing: Doing, number: int) -> Row:
    offer = doing.rows.one("offer", id=number)
    if offer is None:
        raise Refused("gone", say("There is no offer #{number}.", number=number))
    if offer.agent != doing.asker.id:
        sight.conversation(doing, offer.conversation)
        raise Refused("conflict", say("It was offered to {agent}.",
                                      agent=_name(doing, offer.agent)))  # fmt: skip
    return offer


def _first(doing: Doing, offer: Row, deed: Deed) -> bool:
    """Whether this ends it; False when the same did before. Raises Refused when it is too late."""
    state = after(offer.state, deed, in_time=doing.now < offer.until)
    if state is None:
        raise Refused("conflict", _too_late(doing, offer))
    return bool(state != offer.state)


def _too_late(doing: Doing, offer: Row) -> Said:
    if offer.state == "accepted":
        return say("You accepted it already. You can give it back or hand it over.")
    ago = round(doing.now - (offer.ended or offer.until))
    if offer.status == "assigned":
        return say("The offer ended {seconds} s ago; {agent} has it now.", seconds=ago,
                   agent=_name(doing, offer.owner))  # fmt: skip
    if offer.status == "waiting":
        return say("The offer ended {seconds} s ago; it is asked of others now.", seconds=ago)
    return say("The offer ended {seconds} s ago; it is not open any more.", seconds=ago)


def _name(doing: Doing, agent: str) -> str:
    known = doing.desk.agents.get(agent)
    return known.name if known else agent
