"""The desk in memory, made again from what is committed."""

from typing import Any

from router.core.desk import Desk
from router.core.people import Agent, OwnLimits, lowered
from router.handling import conversations
from router.ruling.shelf import Shelf, kept
from router.store.sql import Rows
from wire import codec


def load(rows: Rows, desk: Desk, shelf: Shelf) -> None:
    """The rules in force, everybody, all that waits and all that is held."""
    desk.clear()
    shelf.put(kept(rows))
    shelf.forget_marks()
    desk.set_scheme(shelf.book.scheme)
    for row in rows.all("agents"):
        desk.put_agent(agent_of(row))
    offered = {row.conversation: row for row in rows.all("open_offers")}
    for row in rows.each("active_conversations"):
        if row.status == "assigned":
            desk.give(row.id, row.owner, row.kind, 0.0)
        elif (offer := offered.get(row.id)) is not None:
            desk.offer(row.id, offer.agent, row.kind, offer.id, offer.until, 0.0)
        else:
            desk.wait(conversations.waiting(row))
        desk.forget_marks()
    for row in rows.all("wrap_ups"):
        desk.give(row.conversation, row.agent, row.kind, 0.0)
        desk.wrap_up(row.conversation, row.until)
    for row in rows.all("agents"):
        desk.put_agent(agent_of(row))  # giving moved `idle_since`; what is committed counts
    desk.forget_marks()


def agent_of(row: Any) -> Agent:
    """An agent as routing sees them, from a row of the table `agents`."""
    capacity, limits = room_of(row)
    return Agent(
        id=row.id,
        name=row.name,
        teams=tuple(_list(row.teams)),
        secondary=tuple(_list(row.secondary)),
        skills=_levels(row.skills),
        capacity=capacity,
        limits=limits,
        presence=row.presence,
        reason=row.reason,
        turn=row.turn,
        idle_since=row.idle_since,
        enabled=bool(row.enabled),
    )


def room_of(row: Any) -> tuple[int, dict[str, int]]:
    """Capacity and limits by kind: what the house gives, less what they take less of for now."""
    limits = _levels(row.limits)
    own = codec.decode(row.own_limits.encode(), OwnLimits) if row.own_until else None
    return lowered(row.capacity, limits, own if isinstance(own, OwnLimits) else OwnLimits())


def _levels(text: str) -> dict[str, int]:
    levels = codec.decode(text.encode(), dict[str, int])
    return levels if isinstance(levels, dict) else {}


def _list(text: str) -> list[str]:
    names = codec.decode(text.encode(), list[str])
    return names if isinstance(names, list) else []
