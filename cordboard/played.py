"""The past played again: as it went, under the present rules, and under what is to be tried."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from console.words.catalogue import _
from cordboard import route
from cordboard.failing import REFUSED, Failure
from cordboard.history import Gathered
from cordboard.past_asks import by_rules, due_by
from cordboard.progress import progress
from cordboard.roster import Roster, roster
from router.core.playing.replay import Due, Stay, Traffic, recorded, replayed, services
from router.core.rulebook.book import Book, read
from wire.messages.base import Said, say


class Playing:
    """The runs of one `route replay`. Raises Failure when there is nothing to play."""

    def __init__(self, past: Gathered, counted: float, rules: Path | None,
                 agents: Sequence[str], *, quiet: bool) -> None:  # fmt: skip
        self._past, self._counted, self._quiet = past, counted, quiet
        self._stints = past.stints
        if not any(stint.waited and stint.came >= counted for stint in self._stints):
            raise Failure(say("Nothing came in that time, or it came before this release kept "
                              "the history that is played again."))  # fmt: skip
        self._services = services(self._stints, past.kinds, past.until)
        self._present = read(past.rules).book or Book() if past.rules else Book()
        self._rules, self._agents = rules, agents
        self._new = _tried(rules) if rules else self._present

    def runs(self) -> dict[str, list[Stay]]:
        """By name, in the order in which they are shown."""
        usual = roster(self._past, ())
        found = {"recorded": recorded(self._traffic(usual)),
                 "present": self._run(usual, self._present, _("as it is"))}  # fmt: skip
        if self._rules or self._agents:
            wanted = roster(self._past, self._agents)
            found["new"] = self._run(wanted, self._new, _("as it would be"))
        return found

    def _run(self, who: Roster, book: Book, said: str) -> list[Stay]:
        begins = self._past.since
        with progress(said, self._past.until - begins, quiet=self._quiet) as done:
            return replayed(self._traffic(who), book.scheme, by_rules(self._past, book),
                            lambda at: done(at - begins))  # fmt: skip

    def due(self, run: str) -> Due:
        """When work is to be answered, by the rules of that run."""
        return due_by(self._past, self._new if run == "new" else self._present)

    def _traffic(self, who: Roster) -> Traffic:
        past = self._past
        return Traffic(self._stints, past.kinds, who.agents, who.shifts, self._counted,
                       past.until, self._services)  # fmt: skip

    def assumed(self) -> Iterator[Said]:
        """What is not in the past, and what was put in its place."""
        yield say("Handling takes as long as it took then, whoever has it. What was never begun "
                  "takes the usual time of its channel.")  # fmt: skip
        yield say("Skills, teams and capacities of agents are those of today; when they were "
                  "there is as recorded.")  # fmt: skip
        yield say("Work is given out at once: offers, declining and the agent whom a customer "
                  "knows are not played.")  # fmt: skip
        if not (self._present.rules or self._new.rules):
            return
        yield say("Rules decide about the first stint of a conversation; what a person handed "
                  "over stays so.")  # fmt: skip
        if not any(past.text for past in self._past.conversations.values()):
            yield say("The words of messages are told to admins only: rules saw none.")


def _tried(path: Path) -> Book:
    """The file as rules; all its faults are told."""
    found = read(route.text_of(path))
    route.tell(path, found.faults, found.warnings)
    if found.book is None:
        raise Failure(say("With these rules nothing can be played."), REFUSED)
    return found.book
