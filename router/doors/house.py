"""Keeping the house: agents, teams, skills, ready texts, invitations; and one's own presence."""

from typing import Any

from router.access import invitations
from router.access.passwords import unfit
from router.core.people import OwnLimits
from router.doors import shown
from router.doors.asker import Doing, Refused
from router.doors.moving import LEVELS
from router.doors.words import written
from router.handling import conversations, dispatch, messages, presence
from router.lane import Work
from router.memory import agent_of
from router.policy import Policy
from wire import subjects
from wire.messages.base import say
from wire.messages.verbs import (
    Done,
    Invitation,
    Invite,
    SetAgent,
    SetCanned,
    SetOwnLimits,
    SetPresence,
    SetSkill,
    SetTeam,
)
from wire.text import clean_line

Row = Any
HOURS = 24 * 60
CAPACITY = 1_000
# The longest reason; the longest own limits last (hours); the most of them.
REASON, DAY, LIMITS, KIND = 60, 24, 50, 40


def set_presence(doing: Doing, ask: SetPresence) -> Done:
    """Here, busy, on a break, away or gone; whoever comes back gets what waits at once."""
    if ask.presence == "not-responding":
        raise Refused("invalid", say("Only the desk says so, of who does not answer. Say away."))
    reason = clean_line(ask.reason, REASON)
    if presence.change(doing.work, doing.asker.id, ask.presence, reason):
        dispatch.dispatch(doing.work, "presence")
    return Done()


def set_own_limits(doing: Doing, ask: SetOwnLimits) -> Done:
    """Less for a while; nothing given takes it back. What they have stays theirs."""
    own = OwnLimits(capacity=ask.capacity, limits=ask.limits)
    row = doing.rows.one("agent", id=doing.asker.id)
    _check_lower(row, own)
    if not 0 < ask.hours <= DAY:
        raise Refused("invalid", say("It lasts up to {hours} hours.", hours=DAY))
    until = doing.now + ask.hours * 3_600.0 if own != OwnLimits() else 0.0
    presence.set_own_limits(doing.work, row.id, messages.as_json(own), until)
    dispatch.dispatch(doing.work, "agent")
    return Done()


def _check_lower(row: Row, own: OwnLimits) -> None:
    if any(most < 0 for most in (own.capacity or 0, *own.limits.values())):
        raise Refused("invalid", say("A limit is 0 or more."))
    limits = shown.parsed(row.limits, dict[str, int], {})
    higher = [kind for kind, most in own.limits.items() if most > limits.get(kind, most)]
    if higher or (own.capacity is not None and own.capacity > row.capacity):
        raise Refused("forbidden", say("You can take less than the house gave you, not more."))
    if len(own.limits) > LIMITS or any(len(kind) > KIND for kind in own.limits):
        raise Refused("too_large", say("These are too many limits."))


# --- agents ------------------------------------------------------------------------------------


def set_agent(doing: Doing, ask: SetAgent, password: str | None) -> Done:
    """Make or change one. `password` is the hash of the one that was given."""
    agent = _id(ask.agent)
    row = doing.rows.one("agent", id=agent)
    _check_new(agent, ask.new, there=row is not None)
    values = _agent_values(doing, ask, row)
    _check_last_admin(doing, agent, values)
    if password is not None:
        values["password"] = password
    doing.work.tx.run("save_agent", id=agent, now=doing.now, **values)
    if not values["enabled"]:
        _gone(doing, agent)
    doing.desk.put_agent(agent_of(doing.rows.one("agent", id=agent)))
    presence.refit(doing.work, agent)
    conversations.save_load(doing.work, agent)  # an imported past may have given them work
    dispatch.dispatch(doing.work, "agent")
    return Done()


def _check_new(agent: str, new: bool | None, *, there: bool) -> None:
    """A slip of the pen neither makes an agent nor changes another one."""
    if new and there:
        raise Refused("conflict", say("There is an agent {agent} already.", agent=agent))
    if new is False and not there:
        raise Refused("gone", say("There is no agent {agent}.", agent=agent))


def _agent_values(doing: Doing, ask: SetAgent, row: Row) -> dict[str, Any]:
    before: dict[str, Any] = row._asdict() if row is not None else _NEW
    teams = _known(doing, "team", ask.teams)
    secondary = _known(doing, "team", ask.secondary)
    skills = _known(doing, "skill", ask.skills)
    if ask.skills and any(level not in LEVELS for level in ask.skills.values()):
        raise Refused("invalid", say("A level is 1 to 5."))
    if ask.capacity is not None and not 0 <= ask.capacity <= CAPACITY:
        raise Refused("invalid", say("A capacity is 0 to {most} units.", most=CAPACITY))
    wanted = {
        "name": clean_line(ask.name, 100) if ask.name else None,
        "role": ask.role_is,
        "teams": messages.as_json(teams) if ask.teams is not None else None,
        "secondary": messages.as_json(secondary) if ask.secondary is not None else None,
        "skills": messages.as_json(skills) if ask.skills is not None else None,
        "capacity": ask.capacity,
        "limits": messages.as_json(ask.limits) if ask.limits is not None else None,
        "enabled": ask.enabled,
    }
    kept = {key: before[key] if value is None else value for key, value in wanted.items()}
    return kept | {"name": kept["name"] or ask.agent, "password": before["password"]}


_NEW: dict[str, Any] = {"name": "", "role": "agent", "teams": "[]", "secondary": "[]",
                        "skills": "{}", "capacity": 6, "limits": "{}", "enabled": True,
                        "password": ""}  # fmt: skip


def _known(doing: Doing, what: str, names: Any) -> Any:
    for name in names or ():
        if doing.rows.one(what, id=name) is None:
            raise Refused("gone", say("There is no {what} {name}.", what=what, name=str(name)[:40]))
    return names


def _check_last_admin(doing: Doing, agent: str, values: dict[str, Any]) -> None:
    admin = values["role"] == "admin" and values["enabled"]
    if not admin and not doing.rows.value("other_admins", but=agent):
        raise Refused("conflict", say("This is the last admin: make another one first."))


def _gone(doing: Doing, agent: str) -> None:
    """Switched off: no console of theirs is let in, and their work goes back to the queue."""
    doing.work.tx.run("drop_keys_of", agent=agent)
    if agent not in doing.desk.agents:
        return
    presence.change(doing.work, agent, "offline")
    for row in doing.rows.all("assigned_to", agent=agent):
        give_back(doing.work, row, doing.policy)


def give_back(work: Work, row: Row, policy: Policy) -> None:
    """Its owner cannot serve it: to the queue, at the place of its age, preferring nobody."""
    owner = work.desk.agents[row.owner].name
    row = conversations.queue(work, row, "returned", policy, preferred="", preferred_until=0.0)
    messages.add_line(work, row, say("{agent} is gone; it is back in the queue", agent=owner))


def invite(doing: Doing, ask: Invite, chance: bytes) -> Invitation:
    """A code for one login. Only its hash is kept."""
    row = doing.rows.one("agent", id=ask.agent)
    if row is None or not row.enabled:
        raise Refused("gone", say("There is no agent {agent}.", agent=ask.agent[:40]))
    if not 0 < ask.hours <= HOURS:
        raise Refused("invalid", say("An invitation lasts up to {hours} hours.", hours=HOURS))
    made = invitations.new_invitation(doing.now, chance, hours=ask.hours)
    doing.work.tx.run("add_invitation", hash=made.hash, agent=ask.agent, expires=made.expires)
    return Invitation(agent=ask.agent, code=made.code, expires=made.expires)


def check_password(ask: SetAgent) -> None:
    said = unfit(ask.password) if ask.password is not None else None
    if said is not None:
        raise Refused("invalid", said)


# --- teams, skills, texts ----------------------------------------------------------------------


def set_team(doing: Doing, ask: SetTeam) -> Done:
    team = _id(ask.team)
    doing.work.tx.run("save_team", id=team, name=clean_line(ask.name, 100) or team)
    doing.work.event("team", team=team)
    return Done()


def set_skill(doing: Doing, ask: SetSkill) -> Done:
    skill = _id(ask.skill)
    doing.work.tx.run("save_skill", id=skill, name=clean_line(ask.name, 100) or skill)
    doing.work.event("skill")
    return Done()


def set_canned(doing: Doing, ask: SetCanned) -> Done:
    """A ready text; with an empty one it is gone."""
    reply = ask.reply
    name = clean_line(reply.id, 60)
    if not name:
        raise Refused("invalid", say("A ready text needs a name."))
    if reply.text.strip():
        doing.work.tx.run(
            "save_canned", id=name, title=clean_line(reply.title, 100) or name,
            text=written(reply.text, most=20_000), language=clean_line(reply.language, 20),
        )  # fmt: skip
    else:
        doing.work.tx.run("forget_canned", id=name)
    doing.work.event("canned")
    return Done()


def _id(name: str) -> str:
    if subjects.ID.fullmatch(name) is None or name == subjects.DOOR:
        raise Refused("invalid", say("A name here has 1 to 32 of a-z, 0-9, '_' and '-'."))
    return name
