"""What cannot be meant in a routing file, and what will hardly be meant. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from router.core.need import Need, skills_of, unfit
from router.core.people import Agent
from router.core.rulebook.conditions import DAYS, channel, days_of, many, minute, phrases
from router.core.rulebook.deciding import THEIRS, priority_of
from router.core.rulebook.places import Path
from router.core.rulebook.shaping import Faults, unknown
from router.core.rulebook.written import Names, Rule, Rulebook, Time
from wire.messages.base import Said, say
from wire.query.nodes import QueryError
from wire.query.parsing import parse
from wire.text import clean_line

LEVELS, WISH = range(1, 6), 0
# The most rules, and the most units, minutes of head start and characters of an answer.
RULES, UNITS, MINUTES, REPLY = 500, 1_000, 7 * 1_440.0, 2_000
SECONDS = int(MINUTES * 60)
TIERS, SLOPES = 100, 1_000.0
# The most characters of a rule's name; the most tags of one, and of a tag.
NAME, TAGS, TAG = 100, 30, 40


@dataclass(frozen=True)
class Known:
    """The names that a desk has; None where they are not known, and anything goes."""

    teams: Collection[str] | None = None
    skills: Collection[str] | None = None
    channels: Collection[str] | None = None
    accounts: Collection[str] | None = None
    agents: Mapping[str, Agent] | None = None


Found = Iterator[tuple[Path, Said]]


def check(written: Rulebook, known: Known, faults: Faults, warnings: Faults, text: str) -> None:
    """Adds what is wrong to `faults`, what is odd to `warnings`."""
    for whole, said in _whole(written, known):
        faults.add(whole, said)
    for name, query in written.segments.items():
        _query(faults, ("segments", name), query, "contact", text)
    for number, rule in enumerate(written.rule):
        path: Path = ("rule", number)
        for more, said in _rule(written, rule, known):
            faults.add((*path, *more), said)
        if rule.if_.query:
            _query(faults, (*path, "if", "query"), rule.if_.query, "message", text)
        for more, said in _odd(written, rule, known):
            warnings.add((*path, *more), said)


def _query(faults: Faults, path: Path, query: str, scope: str, text: str) -> None:
    found = parse(query, scope)  # type: ignore[arg-type]
    if not isinstance(found, QueryError):
        return
    line, column = faults.place(path)
    of = text.split("\n")[line - 1] if line else ""
    begins = of.find(query, column - 1) if query else -1
    if begins >= 0:
        faults.add(path, found.said, line=line, column=begins + found.column)
    else:
        faults.add(path, say("in column {column}: {reason}", column=found.column,
                             reason=str(found.said)))  # fmt: skip


# --- the whole ---------------------------------------------------------------------------------


def _whole(written: Rulebook, known: Known) -> Found:
    if not 0.0 <= written.deadline_share <= 1.0:
        yield ("deadline_share",), say("It is from 0 to 1.")
    if len(written.rule) > RULES:
        yield ("rule",), say("A routing file has at most {most} rules.", most=RULES)
    yield from _capacity(written, known)
    for section in ("offers", "wrap_up", "grace", "first_reply"):
        for kind in getattr(written, section):
            yield from _names((section, kind), kind, known.channels)
    for team, of in written.teams.items():
        yield from _names(("teams", team), team or (), known.teams)
        if not 0.0 <= of.share <= 1.0:
            yield ("teams", team, "share"), say("It is from 0 to 1.")
    for place, target in enumerate(written.targets):
        yield from _names(("targets", place, "team"), target.team, known.teams)
        kinds = tuple(channel(name) for name in many(target.channel))
        yield from _names(("targets", place, "channel"), kinds, known.channels)
    seen: set[str] = set()
    for number, rule in enumerate(written.rule):
        if not rule.name.strip():
            yield ("rule", number, "name"), say("A rule needs a name.")
        elif rule.name != clean_line(rule.name, NAME):
            yield ("rule", number, "name"), say("A name is one line of at most {most} plain "
                                                "characters.", most=NAME)  # fmt: skip
        elif rule.name in seen:
            yield ("rule", number, "name"), say('There is a rule "{name}" already.', name=rule.name)
        seen.add(rule.name)


def _capacity(written: Rulebook, known: Known) -> Found:
    capacity = written.capacity
    for kind, units in capacity.weights.items():
        yield from _names(("capacity", "weights", kind), kind, known.channels)
        if not 0 <= units <= UNITS:
            yield ("capacity", "weights", kind), say("It is from 0 to {most}, not {value}.",
                                                     most=UNITS, value=units)  # fmt: skip
    for kind, others in capacity.admits.items():
        yield from _names(("capacity", "admits", kind), (kind, *others), known.channels)
    yield from _names(("capacity", "interruptible"), capacity.interruptible, known.channels)


# --- a rule ------------------------------------------------------------------------------------


def _rule(written: Rulebook, rule: Rule, known: Known) -> Found:
    asked, then = rule.if_, rule.then
    channels = tuple(channel(name) for name in many(asked.channel))
    yield from _names(("if", "channel"), channels, known.channels)
    yield from _names(("if", "account"), asked.account, known.accounts)
    yield from _names(("if", "segment"), asked.segment, written.segments)
    for where, names in (("open", asked.open), ("closed", asked.closed)):
        yield from _names(("if", where), names, written.calendars)
    for where, names in (("subject", asked.subject), ("words", asked.words)):
        if any(not phrases(name) for name in many(names)):
            yield ("if", where), say("There is no word in it.")
    if asked.time is not None:
        yield from _time(asked.time)
    yield from _names(("then", "team"), then.team, known.teams)
    for where, levels in (("skills", then.skills), *(("either", group) for group in then.either)):
        yield from _levels(("then", where), levels, known)
    yield from _names(("then", "prefer"), then.prefer, known.agents)
    yield from _names(("then", "exclude"), then.exclude, known.agents)
    for name in set(many(then.prefer)) & set(many(then.exclude)):
        yield ("then", "exclude"), say("{agent} is preferred and excluded.", agent=name)
    yield from _numbers(rule)
    yield from _steps(written, rule, known)


def _numbers(rule: Rule) -> Found:
    then = rule.then
    if then.priority is not None and priority_of(then.priority) is None:
        yield ("then", "priority"), say('"{typed}" is not one of low, normal, high, urgent.',
                                        typed=str(then.priority)[:40])  # fmt: skip
    yield from _tier(("then", "tier"), then.tier)
    if then.slope is not None and not 0.0 < then.slope <= SLOPES:
        yield ("then", "slope"), say("A slope is above 0 and at most {most}.", most=int(SLOPES))
    yield from _minutes(("then", "head_start"), then.head_start)
    if not 0.0 <= then.prefer_for <= SECONDS:
        yield ("then", "prefer_for"), say("It is from 0 to {most}, not {value}.",
                                          most=SECONDS, value=then.prefer_for)  # fmt: skip
    tags = many(then.tag)
    if len(tags) > TAGS or any(not tag or tag != clean_line(tag, TAG) for tag in tags):
        yield ("then", "tag"), say("Tags are at most {most}, each one line of at most {long} "
                                   "plain characters.", most=TAGS, long=TAG)  # fmt: skip
    if len(then.reply) > REPLY:
        yield ("then", "reply"), say("An answer has at most {most} characters.", most=REPLY)


def _tier(path: Path, tier: int | None) -> Found:
    if tier is not None and abs(tier) > TIERS:
        yield path, say("It is from {least} to {most}, not {value}.", least=-TIERS,
                        most=TIERS, value=tier)  # fmt: skip


def _minutes(path: Path, minutes: float | None) -> Found:
    if minutes is not None and not abs(minutes) <= MINUTES:  # so that nan is none either
        yield path, say("A head start is at most {most} minutes.", most=int(MINUTES))


def _levels(path: Path, levels: Mapping[str, int], known: Known) -> Found:
    for skill, level in levels.items():
        yield from _names((*path, skill), skill, known.skills)
        if level not in LEVELS and level != WISH:
            yield (*path, skill), say("A level is 1 to 5, or 0 for a wish.")


def _time(time: Time) -> Found:
    path: Path = ("if", "time")
    if days_of(time.days) is None:
        yield (*path, "days"), say("Days are {known}, or mon-fri.", known=", ".join(DAYS))
    for name, typed in (("from", time.from_), ("until", time.until)):
        if typed and minute(typed) is None:
            yield (*path, name), say('"{typed}" is no time such as 09:30.', typed=typed[:40])
    if not zone_known(time.zone):
        yield (*path, "zone"), unknown(time.zone, available_timezones())


def zone_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


# --- steps -------------------------------------------------------------------------------------


def _steps(written: Rulebook, rule: Rule, known: Known) -> Found:
    before = 0.0
    for number, step in enumerate(rule.then.steps):
        path: Path = ("then", "steps", number)
        if not before <= step.after <= SECONDS:
            yield path, say("This step comes after {after} seconds, the one before it after "
                            "{before}: they are in order of time.", after=step.after,
                            before=before)  # fmt: skip
        before = max(before, min(step.after, SECONDS))
        yield from _minutes((*path, "sooner"), step.sooner)
        yield from _tier((*path, "tier"), step.tier)
        yield from _names((*path, "widen"), step.widen, known.teams)
        yield from _names((*path, "prefer"), step.prefer, known.agents)
        yield from _levels((*path, "lower"), step.lower, known)
        if rule.then.team and rule.then.team in many(step.widen):
            yield (*path, "widen"), say("It is the work of {team} from the start: it cannot be "
                                        "widened to it.", team=rule.then.team)  # fmt: skip
        if written.order == "first":
            yield from ((path, said) for said in _contradicts(rule, step.drop, step.lower))


def _contradicts(rule: Rule, drop: Names, lower: Mapping[str, int]) -> Iterator[Said]:
    """What a step takes back that was never asked."""
    asked = _asked(rule)
    for skill in (*many(drop), *lower):
        if skill not in asked:
            yield say("It lets go of {skill}, which is not asked.", skill=skill)
    for skill, level in lower.items():
        if level >= asked.get(skill, 6):
            yield say("It lowers {skill} to {level}, and {asked} is asked.", skill=skill,
                      level=level, asked=asked[skill])  # fmt: skip


def _asked(rule: Rule) -> dict[str, int]:
    asked: dict[str, int] = {}
    for levels in (rule.then.skills, *rule.then.either):
        for skill, level in levels.items():
            asked[skill] = max(level, asked.get(skill, 0))
    return asked


# --- what is odd -------------------------------------------------------------------------------


def _odd(written: Rulebook, rule: Rule, known: Known) -> Found:
    if written.order == "all":  # another rule may ask for it
        for number, step in enumerate(rule.then.steps):
            for said in _contradicts(rule, step.drop, step.lower):
                yield ("then", "steps", number), said
    if known.agents is not None:
        yield from _impossible(rule, known.agents)


def _impossible(rule: Rule, agents: Mapping[str, Agent]) -> Found:
    """What nobody who is enabled could meet, however little they had to do."""
    then = rule.then
    language = "" if then.language == THEIRS else then.language
    need = Need(then.team, "", skills_of(then.skills), tuple(map(skills_of, then.either)), language)
    if not (need.skills or need.either or need.language):
        return
    enabled = [agent for agent in agents.values() if agent.enabled]
    for skill, level in need.skills:
        if not any(agent.skills.get(skill, 0) >= level for agent in enabled):
            yield ("then", "skills", skill), say("Nobody has {skill} {level}.", skill=skill,
                                                 level=level)  # fmt: skip
            return
    if not any(_meets(agent, need) for agent in enabled):
        yield ("then",), say("Nobody could take what this rule asks for.")


def _meets(agent: Agent, need: Need) -> bool:
    """Without a team of its own the rule goes by the account's, which is not known here."""
    return unfit(agent, need if need.team else Need(agent.teams[0] if agent.teams else "", "",
                 need.skills, need.either, need.language)) is None  # fmt: skip


def _names(path: Path, names: Names | None, known: Collection[str] | None) -> Found:
    if known is not None:
        for name in many(names):
            if name not in known:
                yield path, unknown(name, known)
