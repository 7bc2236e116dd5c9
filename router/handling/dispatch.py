"""Give out what waits: each decision leaves a record of what it was made on."""

from router.core.desk import Match
from router.core.explaining import requirement
from router.handling import conversations, recording
from router.lane import Work
from wire.messages.base import Said


def dispatch(work: Work, cause: str, conversation: int = 0, *, burst: bool = False) -> str:
    """Match until nothing fits. Returns who got `conversation`, "" when it waits or is offered.

    `cause` names the trigger; a conversation that stays waiting gets a record of its own. `burst`
    is for a start with many on both sides: as many as possible find somebody at once.
    """
    owner = ""
    for match in work.desk.match(work.now, burst=burst):
        row = conversations.load(work, match.waiting.conversation)
        if row is None:
            continue
        if seconds := work.desk.scheme.pace.offered(row.kind):
            _offer(work, row, match, cause, seconds)
            continue
        recording.decided(work, row, match.waiting, cause, match.agent)
        conversations.give(work, row, match.agent)
        owner = match.agent if match.waiting.conversation == conversation else owner
    if conversation and not owner and conversation in work.desk.waiting:
        row = conversations.load(work, conversation)
        recording.decided(work, row, work.desk.waiting[conversation], cause)
    return owner


def _offer(
    work: Work, row: conversations.Row, match: Match, cause: str, seconds: float
) -> None:  # fmt: skip
    recording.decided(work, row, match.waiting, cause, match.agent, work.now + seconds)
    because = requirement(match.waiting.need, work.desk.scheme)
    conversations.offer(work, row, match.agent, seconds, because)


def taken(work: Work, row: conversations.Row, agent: str, because: Said, cause: str) -> None:
    """A person decided: the record says who and how."""
    recording.by_hand(work, row, agent, because, cause)
