"""A customer who is called like one of us: said beside the name, for mail may claim any."""

from functools import lru_cache

from router.core import likeness
from router.handling.contacts import replaced
from router.lane import Work
from wire.messages.base import say
from wire.messages.channel import MessageIn

DOUBT = say("A colleague has this name.").text


@lru_cache(maxsize=2)
def _outlines(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(likeness.outline, names))


def doubted(work: Work, event: MessageIn) -> MessageIn:
    """The message, with a doubt about its sender when a colleague's name stands there."""
    name = event.sender.name
    if not name or not likeness.is_full(name):
        return event
    colleagues = _outlines(tuple([agent.name for agent in work.desk.agents.values()]))
    if likeness.outline(name) not in colleagues:
        return event
    doubt = " ".join(filter(None, (event.sender.doubt, DOUBT)))
    return replaced(event, sender=replaced(event.sender, doubt=doubt))
