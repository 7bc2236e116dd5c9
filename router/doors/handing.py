"""Everything open of an agent goes to somebody else at once: they leave, or are ill."""

from collections.abc import Callable
from typing import Any

from router.doors import moving
from router.doors.asker import Doing, Refused
from router.handling import conversations, dispatch, messages
from wire.messages.base import Said, say
from wire.messages.verbs import Done, HandOver

Row = Any


def hand_over(doing: Doing, ask: HandOver) -> Done:
    """The oldest first. What is snoozed stays so, and comes back to the new owner."""
    moving.known_agent(doing, ask.agent)
    _check(doing, ask)
    hand = _to_agent(doing, ask) if ask.owner else _to_queue(doing, ask)
    rows = doing.rows.all("open_of", agent=ask.agent)
    for row in rows:
        hand(row)
    dispatch.dispatch(doing.work, "handed over")
    return Done(said=say("Handed over: {count}.", count=len(rows)))


def _check(doing: Doing, ask: HandOver) -> None:
    if ask.agent != doing.asker.id and not doing.asker.leads:
        raise Refused("forbidden", say("Only {agent} or a lead can hand over what {agent} has.",
                                       agent=doing.desk.agents[ask.agent].name))  # fmt: skip
    if ask.owner and ask.team:
        raise Refused("invalid", say("Say either an agent or a team."))
    if ask.owner == ask.agent:
        raise Refused("invalid", say("They have it already."))
    if ask.team:
        moving.known_team(doing, ask.team)


def _to_agent(doing: Doing, ask: HandOver) -> Callable[[Row], None]:
    owner = moving.known_agent(doing, ask.owner)
    said = say("{agent} handed it over to {owner}", agent=doing.asker.name, owner=owner.name)

    def hand(row: Row) -> None:
        if row.status == "snoozed":
            _asleep(doing, row, said, owner=ask.owner)
        else:
            moving.given(doing, row, ask.owner, said, "handed over")

    return hand


def _to_queue(doing: Doing, ask: HandOver) -> Callable[[Row], None]:
    said = say("{agent} gave it back", agent=doing.asker.name)
    if ask.team:
        name = moving.known_team(doing, ask.team).name
        said = say("{agent} handed it to {team}", agent=doing.asker.name, team=name)

    def hand(row: Row) -> None:
        team = ask.team or row.team
        if row.status == "snoozed":
            _asleep(doing, row, said, owner="", team=team)
        else:
            moving.returned(doing, row, "transferred", said, team=team)

    return hand


def _asleep(doing: Doing, row: Row, said: Said, **changes: Any) -> None:
    row = conversations.save(doing.work, row, "assigned", **changes)
    messages.add_line(doing.work, row, said)
