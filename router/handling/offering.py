"""What ends an offer: its agent takes it, declines it, lets it pass, or is not there any more."""

from typing import Any

from router.handling import conversations, dispatch, messages, presence
from router.lane import Work
from wire.messages.base import say

Row = Any  # a conversation, or a row of the table `offers`


def accepted(work: Work, offer: Row) -> Row:
    """It is theirs; from here on like any other."""
    name = _name(work, offer.agent)
    conversations.end_offer(work, offer.id, offer.agent, "accepted")
    row = conversations.give(work, conversations.load(work, offer.conversation), offer.agent)
    said = say("{agent} accepted it", agent=name)
    messages.add_line(work, row, said)
    dispatch.taken(work, row, offer.agent, said, "accepted")
    return row


def declined(work: Work, offer: Row, reason: str) -> Row:
    """Somebody else is asked; nothing changes for who declined."""
    name = _name(work, offer.agent)
    conversations.end_offer(work, offer.id, offer.agent, "declined", reason)
    said = say("{agent} declined it", agent=name)
    if reason:
        said = say("{agent} declined it: {words}", agent=name, words=reason)
    return _goes_on(work, offer, said, "declined")


def missed(work: Work, offer: Row) -> None:
    """Nothing more comes to who missed it, until they say that they are there."""
    conversations.end_offer(work, offer.id, offer.agent, "missed")
    presence.change(work, offer.agent, "not-responding")
    said = say("{agent} did not answer the offer", agent=_name(work, offer.agent))
    _goes_on(work, offer, said, "missed")


def _goes_on(work: Work, offer: Row, said: Any, cause: str) -> Row:
    row = conversations.load(work, offer.conversation)
    rest = work.desk.scheme.pace.returning.retry_after
    row = conversations.wait_on(work, row, offer.agent, rest)
    messages.add_line(work, row, said)
    dispatch.dispatch(work, cause, row.id)
    return conversations.load(work, row.id)


def _name(work: Work, agent: str) -> str:
    known = work.desk.agents.get(agent)
    return known.name if known else agent
