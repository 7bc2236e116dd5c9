"""Whether an agent takes work, and what follows from that for what they are asked."""

from dataclasses import replace
from typing import Any

from router.core.need import Waiting, unfit
from router.core.relaxing import due, loosened
from router.handling import conversations
from router.lane import Work
from router.memory import agent_of
from wire.messages.desk import Presence

Row = Any


def change(work: Work, agent: str, presence: Presence, reason: str = "") -> bool:
    """Whether it changed. Who was gone comes back as one who just became idle."""
    known = work.desk.agents[agent]
    if (known.presence, known.reason) == (presence, reason):
        return False
    idle_since = work.now if known.presence == "offline" else known.idle_since
    work.desk.put_agent(replace(known, presence=presence, reason=reason, idle_since=idle_since))
    work.tx.run("save_presence", id=agent, presence=presence, reason=reason, now=work.now)
    work.tx.run("save_agent_load", id=agent, load=work.desk.load_of(agent).units,
                idle_since=idle_since, turn=known.turn)  # fmt: skip
    work.event("presence", agent=agent)
    if known.presence == "online":
        _unasked(work, agent)
    elif presence == "online":
        _asked_again(work, agent)
    return True


def _unasked(work: Work, agent: str) -> None:
    """What is offered to them is offered to others."""
    for offer in work.tx.all("offers_of", agent=agent):
        conversations.withdraw(work, conversations.load(work, offer.conversation))


def refit(work: Work, agent: str) -> None:
    """Who left a team or lost a skill is not asked any more for what is not theirs to take."""
    for offer in work.tx.all("offers_of", agent=agent):
        row = conversations.load(work, offer.conversation)
        if unfit(work.desk.agents[agent], _loosened(work, row).need) is not None:
            conversations.withdraw(work, row)


def _loosened(work: Work, row: Row) -> Waiting:
    """What it asks by now: while it is offered the desk takes no step of it."""
    waiting = conversations.waiting(row)
    while due(waiting, work.now, work.desk.agents.values()):
        waiting = loosened(waiting)
    return waiting


def _asked_again(work: Work, agent: str) -> None:
    """What still waits and would rather have them waits for them again, as long as it may."""
    for row in work.tx.all("preferring", agent=agent, now=work.now):
        if row.id in work.desk.waiting:
            conversations.stand_in_line(work, row)


def set_own_limits(work: Work, agent: str, own: str, until: float) -> None:
    """They take less until then; "" and 0: as the house says."""
    work.tx.run("save_own_limits", id=agent, own=own, until=until)
    work.desk.put_agent(agent_of(work.tx.one("agent", id=agent)))
    work.event("agent", agent=agent)
