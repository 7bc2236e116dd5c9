"""Who got work has to begin with it: after a while it is taken back."""

from typing import Any

from router.handling import conversations, messages, presence
from router.lane import Work
from wire.messages.base import say


def acted(work: Work, agent: str, conversation: int) -> None:
    """They did something about it, whatever it was."""
    if work.desk.scheme.pace.first_reply and conversation:
        work.tx.run("drop_fresh", conversation=conversation, agent=agent)


def not_begun(work: Work, fresh: Any) -> None:
    """`fresh` is a row of that table whose time is over. To the queue, at the place of its age."""
    work.tx.run("drop_fresh", conversation=fresh.conversation, agent=fresh.agent)
    if (fresh.status, fresh.owner) != ("assigned", fresh.agent) or not fresh.unanswered:
        return
    row = conversations.load(work, fresh.conversation)
    rest = work.desk.scheme.pace.returning.retry_after
    row = conversations.wait_on(work, row, fresh.agent, rest)
    name = work.desk.agents[fresh.agent].name
    messages.add_line(work, row, say("{agent} did not begin in time; it is back in the queue",
                                     agent=name))  # fmt: skip
    there = work.desk.agents[fresh.agent].presence == "online"
    if there and not work.tx.value("did_anything", since=fresh.at, agent=fresh.agent):
        presence.change(work, fresh.agent, "not-responding")
