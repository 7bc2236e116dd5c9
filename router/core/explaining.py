"""A recorded decision in sentences: what it asked and how that loosened, who could not and until
when, why this one of those who could, and what comes next. Pure; nothing is said but what was.
"""

from collections.abc import Iterator

from router.core.choosing import level
from router.core.need import Need, Skills, Step, Waiting, lacking, membership, unfit
from router.core.reasons import Candidate, Case, Record, Stand, meanings
from router.core.relaxing import loosened
from router.core.scheme import Scheme
from wire.messages.base import Said, say
from wire.messages.desk import Moment


def requirement(need: Need, scheme: Scheme) -> Said:
    """What the conversation asks of an agent."""
    teams = " / ".join((need.team, *need.widened))
    skills = ", ".join(filter(None, (listed(need.skills), either(need), need.language)))
    units = scheme.weight(need.kind)
    if skills:
        return say("team {team}, {skills}, units for {kind}: {units}",
                   team=teams, skills=skills, units=units, kind=need.kind)  # fmt: skip
    return say("team {team}, units for {kind}: {units}",
               team=teams, units=units, kind=need.kind)  # fmt: skip


def listed(skills: Skills) -> str:
    return ", ".join(f"{skill} {level}" for skill, level in skills)


def either(need: Need) -> str:
    return " / ".join(" + ".join(f"{s} {level}" for s, level in group) for group in need.either)


# --- how it loosens ------------------------------------------------------------------------------


def timeline(case: Case) -> Iterator[Moment]:
    """What it asked when it began to wait, and each step since and to come."""
    record = case.record
    now = record.first or record.waiting
    taken = len(now.steps) - len(record.waiting.steps)
    yield Moment(at=now.entered, said=requirement(now.need, case.scheme), taken=True)
    if now.need.only:
        yield Moment(at=now.entered, said=_only(now.need.only), taken=True)
    for number, step in enumerate(now.steps):
        due, after = now.entered + step.after, loosened(now)
        # What is taken before its time is so because nobody who was here could take it.
        early = number < taken and due > record.at
        for said in _effects(step, now, after):
            yield Moment(at=record.at if early else due, said=said, taken=number < taken,
                         early=early)  # fmt: skip
        now = after


def _effects(step: Step, before: Waiting, after: Waiting) -> Iterator[Said]:
    """What one step changes, each in a sentence."""
    for skill in step.drop:
        for name, least in before.need.skills:
            if name == skill:
                yield say("{skill} {level} is no longer asked", skill=skill, level=least)
    for name, least in step.lower:
        if dict(before.need.skills).get(name, 0) > least:
            yield say("{skill} {level} is enough", skill=name, level=least)
    if before.need.either != after.need.either:
        yield say("of the alternatives this is left: {skills}", skills=either(after.need))
    if step.any_language and before.need.language:
        yield say("{language} need not be spoken", language=before.need.language)
    for team in after.need.widened[len(before.need.widened) :]:
        yield say("team {team} may take it too", team=team)
    if before.need.only != after.need.only:
        yield _only(after.need.only) if after.need.only else say("anybody may take it")
    if step.sooner:
        yield say("it goes ahead by {minutes} min", minutes=_short(step.sooner))
    if after.tier != before.tier:
        yield say("it goes to tier {tier}", tier=after.tier)


def _only(agents: tuple[str, ...]) -> Said:
    return say("only {agents} is asked", agents=" / ".join(agents))


# --- who could not -------------------------------------------------------------------------------


def until(case: Case, said: Said, stand: Stand) -> Said:
    """The reason with the time at which it goes away by itself, if it does."""
    record, agent = case.record, stand.agent
    if unfit(agent, record.waiting.need) is not None:
        return _loosened(case, said, stand)
    again = dict(record.waiting.need.without).get(agent.id, 0.0)
    if said.text == "gave it back":
        return _let_go(record.let_go.get(agent.id, ""), again if again < record.at + _LONG else 0.0)
    if agent.id in record.frees and not said.text.startswith("is "):
        return say("at {load} of {capacity} units, one of them free at {at}", load=stand.load.units,
                   capacity=agent.capacity, at=record.frees[agent.id])  # fmt: skip
    return said


def _loosened(case: Case, said: Said, stand: Stand) -> Said:
    """Until the step from which on it is no longer their reason."""
    later, known = case.record.waiting, _UNTIL.get(said.text)
    while later.steps and known:
        due = max(case.record.at, later.entered + later.steps[0].after)
        later = loosened(later)
        if lacking(stand.agent, stand.load, later.need, case.scheme, due) != said:
            return say(known.text, **said.args, until=due)
    return said


def _let_go(how: str, until: float) -> Said:
    if not until:
        return _LET_GO.get(how, _LET_GO[""])[0]
    return say(_LET_GO.get(how, _LET_GO[""])[1].text, until=until)


# What lasts longer than this is not waited for.
_LONG = 30 * 86_400.0
# How an offer to them ended; "" is by hand.
_LET_GO = {
    "": (say("gave it back"), say("gave it back, is asked again from {until}")),
    "declined": (say("declined it"), say("declined it, is asked again from {until}")),
    "missed": (say("did not answer the offer"),
               say("did not answer the offer, is asked again from {until}")),
}  # fmt: skip
_UNTIL = {
    "lacks {skill} {level}": say("lacks {skill} {level} until {until}"),
    "has {skill} {have}, {level} is needed": say(
        "has {skill} {have}, {level} is needed until {until}"),
    "does not speak {language}": say("does not speak {language}, which is asked until {until}"),
    "is not in team {team}": say("is not in team {team}, which it is kept for until {until}"),
    "somebody else is preferred for a while": say("somebody else is preferred until {until}"),
}  # fmt: skip


# --- why this one --------------------------------------------------------------------------------


def because(case: Case) -> Said | None:
    """What decided between the winner and the next, in the words of the score."""
    record = case.record
    if not record.winner or record.because is not None:
        return record.because
    if record.winner in record.waiting.need.only and record.able == 1:
        served = record.winner == record.served
        return say("already serves this customer") if served else say("is preferred for it")
    if record.together:
        return say("so that as many as possible found somebody at once")
    first, *others = record.candidates
    if not others:
        return say("is the only one who can")
    places = zip(meanings(record.strategy), first.score, others[0].score, strict=True)
    what = next((name for name, mine, next_ in places if mine != next_), "id")
    return _WON[what](case, first, others[0])


def _team(case: Case, first: Candidate, other: Candidate) -> Said:
    return say("is in the team itself, {next} only helps it", next=_who(case, other))


def _ring(case: Case, first: Candidate, other: Candidate) -> Said:
    return say("meets more of what was asked at first than {next}", next=_who(case, other))


def _load(case: Case, first: Candidate, other: Candidate) -> Said:
    mine, theirs = case.stands[first.stand], case.stands[other.stand]
    return say("has the least to do: {units} of {capacity} units, next {next} with "
               "{others} of {most}", units=mine.load.units, capacity=mine.agent.capacity,
               next=_who(case, other), others=theirs.load.units,
               most=theirs.agent.capacity)  # fmt: skip


def _level(case: Case, first: Candidate, other: Candidate) -> Said:
    need = case.record.waiting.need
    mine, theirs = (level(case.stands[one.stand].agent, need) for one in (first, other))
    return say("has the best level: {level}, next {next} with {others}", level=_short(mine),
               next=_who(case, other), others=_short(theirs))  # fmt: skip


def _turn(case: Case, first: Candidate, other: Candidate) -> Said:
    return say("it is their turn, then {next}'s", next=_who(case, other))


def _idle(case: Case, first: Candidate, other: Candidate) -> Said:
    at = case.record.at
    if not first.idle_since:
        return say("had nothing yet, unlike {next}", next=_who(case, other))
    return say("is the longest idle of those who can: {idle_for}, next {next} with {next_for}",
               idle_for=at - first.idle_since, next=_who(case, other),
               next_for=at - other.idle_since)  # fmt: skip


def _name(case: Case, first: Candidate, other: Candidate) -> Said:
    return say("is as long idle as {next}, and the first by name", next=_who(case, other))


_WON = {"team": _team, "ring": _ring, "load": _load, "level": _level, "turn": _turn,
        "idle": _idle, "id": _name}  # fmt: skip


def _who(case: Case, one: Candidate) -> str:
    return case.stands[one.stand].agent.id


def standing(case: Case, one: Candidate) -> tuple[Said, ...]:
    """How a candidate stood: what scores are made of."""
    stand, need = case.stands[one.stand], case.record.waiting.need
    units = say("{units} of {capacity} units", units=stand.load.units,
                capacity=stand.agent.capacity)  # fmt: skip
    found = [units]
    if one.idle_since:
        found.insert(0, say("idle {idle_for}", idle_for=case.record.at - one.idle_since))
    if need.skills:
        found.append(say("level {level}", level=_short(level(stand.agent, need))))
    if membership(stand.agent, need) == 1:
        found.append(say("helps this team"))
    return tuple(found)


def _short(number: float) -> float:
    """Without a fraction where there is none."""
    return int(number) if number == int(number) else round(number, 1)


def despite(case: Case) -> Said | None:
    """Why the rules would not have given it to whom a person gave it."""
    record = case.record
    if record.because is None or not record.candidates:
        return None
    stand = case.stands[record.candidates[0].stand]
    return lacking(stand.agent, stand.load, record.waiting.need, case.scheme, record.at)


# --- what comes next -----------------------------------------------------------------------------


def following(case: Case) -> Said | None:
    """What is waited for; None when somebody has it."""
    record = case.record
    if record.winner or record.able:
        return None
    steps = record.waiting.steps
    at = record.waiting.entered + steps[0].after if steps else 0.0
    if steps and record.waiting.need.only and steps[0].prefer == ():
        return say("waits for {agents} until {until}, then for anybody",
                   agents=" / ".join(record.waiting.need.only), until=at)  # fmt: skip
    if _in_vain(case):
        if steps:
            return say("nobody of this desk has what it asks until {until}", until=at)
        return say("nobody of this desk has what it asks, even if all were here and free")
    if steps:
        return say("whoever becomes able first takes it; at {at} it asks something else",
                   at=at)  # fmt: skip
    return say("whoever becomes able first takes it")


def _in_vain(case: Case) -> bool:
    """Every reason is one that no coming, leaving or ending changes."""
    firsts = [case.stands[group.stands[0]].agent for group in case.refused if group.stands]
    need = case.record.waiting.need
    return bool(firsts) and all(unfit(agent, need) is not None for agent in firsts)


def decided(record: Record) -> Said:
    """The decision in a sentence."""
    return record.because or outcome(record.trigger, record.winner, asked=record.offered > 0)


def outcome(trigger: str, winner: str, *, asked: bool = False) -> Said:
    cause = TRIGGERS.get(trigger)
    reason = cause.text if cause else trigger
    if not winner:
        return say("{reason}: nobody could take it", reason=reason)
    if asked:
        return say("{reason}: {agent} was asked", reason=reason, agent=winner)
    return say("{reason}: {agent} was chosen", reason=reason, agent=winner)


# What set a decision off, as people say it.
TRIGGERS = {
    "message": say("the customer wrote"),
    "timer": say("time went by"),
    "presence": say("somebody came or left"),
    "agent": say("somebody's rights changed"),
    "resolve": say("another one was resolved"),
    "snooze": say("another one was snoozed"),
    "priority": say("its priority changed"),
    "released": say("it was given back"),
    "transferred": say("it was handed on"),
    "by hand": say("by hand"),
    "accepted": say("it was accepted"),
    "declined": say("it was declined"),
    "missed": say("the offer was not answered"),
    "handed over": say("it was handed over"),
    "woke": say("the snooze was over"),
    "start": say("the desk began"),
    "wrapped up": say("somebody finished another one"),
    "contact": say("the customer's card was changed"),
    "rulebook": say("other rules came into force"),
    "compose": say("it was written first"),
    "moved": say("messages were moved"),
    "moved back": say("messages were moved back"),
    "parted": say("messages of two customers were parted"),
}
