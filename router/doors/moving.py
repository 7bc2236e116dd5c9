"""Who has a conversation, and where it stands: take, hand over, resolve, snooze, tag."""

from dataclasses import replace
from typing import Any

from router.core.offering import NOT_AGAIN
from router.core.people import Agent
from router.core.targets.place import order_key
from router.doors import shown, sight
from router.doors.asker import Doing, Refused
from router.doors.words import written
from router.handling import conversations, dispatch, messages
from router.handling.contacts import replaced
from wire.messages.base import Said, say
from wire.messages.verbs import (
    Assign,
    Done,
    Prioritise,
    Release,
    Reopen,
    Resolve,
    Snooze,
    Tag,
    Take,
    Transfer,
)
from wire.text import clean_line

Row = Any
LONGEST_SNOOZE = 400 * 86_400.0
TAGS, TAG = 30, 40
LEVELS = range(1, 6)
OPEN = ("waiting", "assigned")


def take(doing: Doing, ask: Take) -> Done:
    row = sight.conversation(doing, ask.conversation)
    if _has(row, doing.asker.id):
        return done(row)
    if row.status == "assigned":
        raise Refused("conflict", say(
            "{agent} has it already. Assign it to yourself to have it anyway.",
            agent=_name(doing, row.owner)))  # fmt: skip
    return done(hold(doing, row, doing.asker.id, say("{agent} took it", agent=doing.asker.name)))


def assign(doing: Doing, ask: Assign) -> Done:
    row = sight.conversation(doing, ask.conversation)
    if ask.agent:
        return done(_give(doing, row, ask.agent))
    if ask.team:
        return done(_to_team(doing, row, ask.team))
    raise Refused("invalid", say("Say to whom: an agent or a team."))


def release(doing: Doing, ask: Release) -> Done:
    row = sight.conversation(doing, ask.conversation)
    if row.status == "waiting":
        return done(row)
    if row.status != "assigned":
        raise Refused("conflict", say("It is not open: reopen it first."))
    if row.owner != doing.asker.id and not doing.asker.leads:
        raise Refused("forbidden", say("{agent} has it; only they or a lead can give it back.",
                                       agent=_name(doing, row.owner)))  # fmt: skip
    said = say("{agent} gave it back", agent=doing.asker.name)
    return done(_back(doing, row, "released", said))


def transfer(doing: Doing, ask: Transfer) -> Done:
    """The word for the next owner comes first in the thread, as a comment."""
    row = sight.conversation(doing, ask.conversation)
    _check_transfer(doing, row, ask)
    if ask.note.strip():
        _, row = messages.add_comment(doing.work, row, doing.asker.id, doing.asker.name,
                                      written(ask.note))  # fmt: skip
    if ask.agent:
        return done(_give(doing, row, ask.agent))
    if ask.skill:
        return done(_to_skill(doing, row, ask.skill, ask.level, ask.team or row.team))
    return done(_to_team(doing, row, ask.team))


def resolve(doing: Doing, ask: Resolve) -> Done:
    row = sight.conversation(doing, ask.conversation)
    if row.status == "resolved":
        return done(row)
    row = conversations.resolve(doing.work, row, wraps=_has(row, doing.asker.id))
    _line(doing, row, say("{agent} resolved it", agent=doing.asker.name))
    dispatch.dispatch(doing.work, "resolve")
    return done(row)


def reopen(doing: Doing, ask: Reopen) -> Done:
    """Whoever opens it again has it."""
    row = sight.conversation(doing, ask.conversation)
    if row.status in OPEN:
        return done(row)
    return done(hold(doing, row, doing.asker.id, say("{agent} reopened it",
                                                     agent=doing.asker.name)))  # fmt: skip


def snooze(doing: Doing, ask: Snooze) -> Done:
    row = sight.conversation(doing, ask.conversation)
    if not doing.now < ask.until < doing.now + LONGEST_SNOOZE:
        raise Refused("invalid", say("Snooze it until some time within the next year."))
    if row.status == "resolved":
        raise Refused("conflict", say("It is resolved: reopen it first."))
    row = conversations.put_away(doing.work, row, "snoozed", status="snoozed",
                                 snoozed_until=ask.until)  # fmt: skip
    _line(doing, row, say("{agent} snoozed it", agent=doing.asker.name))
    dispatch.dispatch(doing.work, "snooze")
    return done(row)


def tag(doing: Doing, ask: Tag) -> Done:
    row = sight.conversation(doing, ask.conversation)
    before = _tags(row)
    gone = {clean_line(name, TAG) for name in ask.remove}
    added = [clean_line(name, TAG) for name in ask.add[: TAGS * 2]]
    tags = [name for name in dict.fromkeys((*before, *added)) if name and name not in gone]
    if len(tags) > TAGS:
        raise Refused("too_large", say("A conversation has at most {most} tags.", most=TAGS))
    if tags == before:
        return done(row)
    return done(conversations.save(doing.work, row, "tagged", tags=messages.as_json(tags)))


def prioritise(doing: Doing, ask: Prioritise) -> Done:
    """A higher priority is a head start in the queue, not a lane of its own."""
    row = sight.conversation(doing, ask.conversation)
    if ask.priority not in range(4):
        raise Refused("invalid", say("A priority is 0 (low) to 3 (urgent)."))
    since = row.order_key - order_key(0.0, row.priority)
    key = order_key(since, ask.priority)
    row = conversations.save(doing.work, row, "prioritised", priority=ask.priority, order_key=key)
    waiting = doing.desk.waiting.get(row.id)
    if waiting is not None:
        doing.desk.wait(replace(waiting, key=key))
        dispatch.dispatch(doing.work, "priority", row.id)
    return done(row)


# --- what they share ---------------------------------------------------------------------------


def hold(doing: Doing, row: Row, agent: str, said: Said, cause: str = "by hand") -> Row:
    """The agent has it because a person said so; capacity is not asked."""
    row = given(doing, row, agent, said, cause)
    dispatch.dispatch(doing.work, cause)  # who gave it away may have room now
    return row


def given(doing: Doing, row: Row, agent: str, said: Said, cause: str) -> Row:
    check_not_joined(row)
    row = conversations.give(doing.work, row, agent)
    _line(doing, row, said)
    dispatch.taken(doing.work, row, agent, said, cause)
    return row


def check_not_joined(row: Row) -> None:
    """Nobody works in a conversation whose words stand in another one."""
    if row.joined:
        raise Refused("conflict", say("#{number} was joined to #{conversation}.", number=row.id,
                                      conversation=row.joined), now=row.joined)  # fmt: skip


def _give(doing: Doing, row: Row, agent: str) -> Row:
    known = known_agent(doing, agent)
    if _has(row, agent):
        return row
    said = say("{agent} assigned it to {owner}", agent=doing.asker.name, owner=known.name)
    return hold(doing, row, agent, said)


def known_agent(doing: Doing, agent: str) -> Agent:
    known = doing.desk.agents.get(agent)
    if known is None or not known.enabled:
        raise Refused("gone", say("There is no agent {agent}.", agent=agent[:40]))
    return known


def known_team(doing: Doing, team: str) -> Row:
    known = doing.rows.one("team", id=team)
    if known is None:
        raise Refused("gone", say("There is no team {team}.", team=team[:40]))
    return known


def _to_team(doing: Doing, row: Row, team: str) -> Row:
    known = known_team(doing, team)
    said = say("{agent} handed it to {team}", agent=doing.asker.name, team=known.name)
    return _back(doing, row, "transferred", said, {}, team=team)


def _to_skill(doing: Doing, row: Row, skill: str, level: int, team: str) -> Row:
    said = say("{agent} asks for {skill} {level}", agent=doing.asker.name, skill=skill,
               level=level)  # fmt: skip
    return _back(doing, row, "transferred", said, {skill: level}, team=team)


def _back(doing: Doing, row: Row, what: str, said: Said, asked: dict[str, int] | None = None,
          **changes: Any) -> Row:  # fmt: skip
    """To the queue at the place of its age; whoever gave it back is not asked for it again.

    `asked`: skills that are asked besides until it is resolved or handed on; None leaves them.
    """
    row = returned(doing, row, what, said, asked, **changes)
    dispatch.dispatch(doing.work, what, row.id)
    return conversations.load(doing.work, row.id)


def returned(doing: Doing, row: Row, what: str, said: Said, asked: dict[str, int] | None = None,
             **changes: Any) -> Row:  # fmt: skip
    check_not_joined(row)
    work, demand = doing.work, conversations.demand(row)
    if row.status == "assigned":
        demand = conversations.rested(work, demand, row.owner, NOT_AGAIN)
    if asked is not None:
        demand = replaced(demand, asked=asked)
    row = conversations.queue(work, row, what, doing.policy, preferred="", preferred_until=0.0,
                              demand=conversations.demand_text(demand), **changes)  # fmt: skip
    _line(doing, row, said)
    return row


def _check_transfer(doing: Doing, row: Row, ask: Transfer) -> None:
    if not (ask.agent or ask.team or ask.skill):
        raise Refused("invalid", say("Say to whom: an agent, a team or a skill."))
    if ask.skill and doing.rows.one("skill", id=ask.skill) is None:
        raise Refused("gone", say("There is no skill {skill}.", skill=ask.skill))
    if ask.skill and ask.level not in LEVELS:
        raise Refused("invalid", say("A level is 1 to 5."))
    if ask.skill and ask.team and doing.rows.one("team", id=ask.team) is None:
        raise Refused("gone", say("There is no team {team}.", team=ask.team))
    if row.status not in OPEN:
        raise Refused("conflict", say("It is not open: reopen it first."))


def done(row: Row, **more: Any) -> Done:
    return Done(conversation=row.id, version=row.version, **more)


def _has(row: Row, agent: str) -> bool:
    return bool(row.status == "assigned" and row.owner == agent)


def _line(doing: Doing, row: Row, said: Said) -> None:
    messages.add_line(doing.work, row, said)


def _name(doing: Doing, agent: str) -> str:
    known = doing.desk.agents.get(agent)
    return known.name if known else agent


def _tags(row: Row) -> list[str]:
    return shown.parsed(row.tags, list[str], [])
