"""The routing file at the doors: shown, tried, loaded."""

from msgspec.structs import replace

from router.core.impossible import because, in_vain_for_ever
from router.core.rulebook.book import read as reading
from router.doors.asker import Doing, Reading, Refused
from router.handling import conversations
from router.memory import agent_of
from router.ruling import loading
from wire.messages.base import say
from wire.messages.rulebook import Problem
from wire.messages.verbs import (
    Problems,
    ReadProblems,
    RulebookLoad,
    RulebookLoaded,
    RulebookShow,
    RulebookText,
)

MOST = 50


def show(read: Reading, ask: RulebookShow) -> RulebookText:
    if ask.version:
        row = read.rows.one("rulebook", version=ask.version)
    else:
        row = read.rows.one("newest_rulebook")
    if row is None and ask.version:
        raise Refused("gone", say("There is no version {version} of the routing file.",
                                  version=ask.version))  # fmt: skip
    return RulebookText(**row._asdict()) if row is not None else RulebookText()


def load(doing: Doing, ask: RulebookLoad) -> RulebookLoaded:
    """Faults are an answer, not a refusal: all of them are told, and nothing changed."""
    found = reading(ask.text, known=loading.known(doing.rows, doing.policy))
    version = 0
    if found.book is not None and not ask.dry:
        version = loading.put_in_force(doing.work, ask.text, doing.asker.id)
    return RulebookLoaded(version=version, faults=found.faults, warnings=found.warnings)


def problems(read: Reading, ask: ReadProblems) -> Problems:
    """What waits in the asker's teams and could be taken by nobody, looked for among all."""
    agents = [agent_of(row) for row in read.rows.all("agents") if row.enabled]
    found: dict[tuple[str, str], Problem] = {}
    for row in read.rows.all("waiting_requirements"):
        waiting = conversations.waiting(row)
        asked = waiting.need
        if read.asker.works_for(row.team) and in_vain_for_ever(asked, waiting.steps, agents):
            _add(found, Problem(team=row.team, said=because(asked, agents), waiting=row.n,
                                conversation=row.id))  # fmt: skip
    most_first = sorted(found.values(), key=lambda problem: -problem.waiting)
    return Problems(rows=tuple(most_first[:MOST]))


def _add(found: dict[tuple[str, str], Problem], problem: Problem) -> None:
    """Requirements that differ in what is no matter here are one problem."""
    name = problem.team, str(problem.said)
    if before := found.get(name):
        problem = replace(problem, waiting=before.waiting + problem.waiting,
                          conversation=min(before.conversation, problem.conversation))  # fmt: skip
    found[name] = problem
