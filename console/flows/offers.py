"""What is offered: have it, or leave it to somebody else; and be there again."""

from console.stage import Stage
from console.view import View, next_offer, wraps_up
from console.words.catalogue import _
from wire.messages.desk import OfferRow
from wire.messages.verbs import Accept, Decline, SetPresence, Wrapped


async def accept(stage: Stage, words: str = "") -> None:
    """What one is writing stays open; the new one is in the list."""
    offer = _meant(stage, words)
    if offer and await stage.desk.do(Accept(offer=offer.id)) is not None:
        stage.say(_("{name} is yours.", name=offer.contact_name))
        if not stage.view.thread:
            await stage.reading.open(offer.contact, offer.conversation)


async def decline(stage: Stage, words: str = "") -> None:
    number, _space, reason = words.partition(" ")
    if not number.isdigit():
        number, reason = "", words
    offer = _meant(stage, number)
    if offer and await stage.desk.do(Decline(offer=offer.id, reason=reason)) is not None:
        stage.say(_("Somebody else is asked."))


async def ready_again(stage: Stage, words: str = "") -> None:
    """Online, with nothing left to finish."""
    if wraps_up(stage.view):
        await stage.desk.do(Wrapped())
    if stage.view.me.presence == "online":
        stage.say(_("You take new work."))
    elif await stage.desk.do(SetPresence(presence="online")) is not None:
        stage.say(_("You are online: what waits comes to you."))


def _meant(stage: Stage, words: str) -> OfferRow | None:
    """The one that was named, or the one that ends next."""
    view: View = stage.view
    if words.strip().isdigit():
        named = next((one for one in view.offers if one.id == int(words)), None)
    else:
        named = next_offer(view)
    if named is None:
        stage.say(_("Nothing is offered to you."))
    return named
