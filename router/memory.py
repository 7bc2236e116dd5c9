"""The desk in memory, made again from what is committed."""

from typing import Any

from router.core.desk import Desk
from router.core.people import Agent
from router.handling import conversations
from router.store.sql import Rows
from wire import codec


def load(rows: Rows, desk: Desk) -> None:
    """Everybody, all that waits and all that is held."""
    desk.clear()
    for row in rows.all("agents"):
        desk.put_agent(agent_of(row))
    for row in rows.each("active_conversations"):
        if row.status == "assigned":
            desk.give(row.id, row.owner, row.kind, 0.0)
        else:
            desk.wait(conversations.waiting(row))
        desk.forget_marks()
    for row in rows.all("agents"):
        desk.put_agent(agent_of(row))  # giving moved `idle_since`; what is committed counts
    desk.forget_marks()


def agent_of(row: Any) -> Agent:
    """An agent as routing sees them, from a row of the table `agents`."""
    return Agent(
        id=row.id,
        name=row.name,
        teams=tuple(_list(row.teams)),
        secondary=tuple(_list(row.secondary)),
        skills=_levels(row.skills),
        capacity=row.capacity,
        limits=_levels(row.limits),
        presence=row.presence,
        reason=row.reason,
        turn=row.turn,
        idle_since=row.idle_since,
        enabled=bool(row.enabled),
    )


def _levels(text: str) -> dict[str, int]:
    levels = codec.decode(text.encode(), dict[str, int])
    return levels if isinstance(levels, dict) else {}


def _list(text: str) -> list[str]:
    names = codec.decode(text.encode(), list[str])
    return names if isinstance(names, list) else []
