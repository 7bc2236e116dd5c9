"""Reply targets against a table that a person can read, through the pure functions."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from router.core.rulebook.book import read
from router.core.targets import clock as clocking
from router.core.targets.choosing import PRIORITIES, Asked, Targets, chosen, sentences
from router.core.targets.clock import Clock, Facts
from tests.router.core.targets.golden import Step, cases, rang, shown, steps, table

pytestmark = pytest.mark.pure


def targets(name: str) -> Targets:
    found = read(table()[name])
    assert found.book is not None, found.faults
    return found.book.targets


@dataclass
class Played:
    """A conversation by its messages: (when, who, channel, by a machine)."""

    facts: Facts
    targets: Targets
    clock: Clock = field(default_factory=Clock)
    written: list[tuple[float, str, str]] = field(default_factory=list)
    settled: int = 0
    elsewhere: list[tuple[float, str, str]] = field(default_factory=list)
    rang: list[str] = field(default_factory=list)

    def take(self, step: Step) -> None:
        if step.what == "look":
            told = clocking.rings(self.clock, self.targets, self.facts.asked, step.at)
            if self.facts.status not in clocking.OPEN or (self.clock.alarm or 9e9) > step.at:
                told = 0
            self.rang = rang(told)
            self.clock = changed(self.clock, told=self.clock.told | told)
        else:
            getattr(self, step.what)(step, *step.rest.split())
        self.clock = clocking.timed(self.clock, self.targets, self.facts, step.at)

    def _asked(self, **changes: Any) -> None:
        self.facts = replace(self.facts, asked=replace(self.facts.asked, **changes))

    def _status(self, status: str) -> None:
        self.facts = replace(self.facts, status=status)

    def wrote(self, step: Step, kind: str, *machine: str) -> None:
        self._asked(kind=kind)
        if machine:
            return
        self._status("waiting")
        self.written.append((step.at, "customer", kind))
        self.clock = clocking.wrote(self.clock, kind, step.at)

    def answered(self, step: Step) -> None:
        self._status("assigned")
        self.written.append((step.at, "agent", ""))
        self.clock = clocking.answered(self.clock)

    def undone(self, step: Step) -> None:
        place = max(n for n, (_, who, _) in enumerate(self.written) if who == "agent")
        del self.written[place]
        self._recount()

    def _recount(self) -> None:
        ours = [n for n, (_, who, _) in enumerate(self.written) if who == "agent"]
        clock = changed(clocking.put_down(self.clock), replied=bool(ours))
        for at, _, kind in self.written[max([*(n + 1 for n in ours), self.settled]) :]:
            clock = clocking.wrote(clock, kind, at)
        self.clock = clock

    def resolved(self, step: Step) -> None:
        self._status("resolved")
        self.settled = len(self.written)
        self.clock = clocking.put_down(self.clock)

    def snoozed(self, step: Step) -> None:
        self._status("snoozed")

    def woke(self, step: Step) -> None:
        self._status("waiting")

    def team(self, step: Step, team: str) -> None:
        self._asked(team=team)

    def switched(self, step: Step, kind: str) -> None:
        self._asked(kind=kind)

    def priority(self, step: Step, name: str) -> None:
        self._asked(priority=PRIORITIES.index(name))

    def segment(self, step: Step, *names: str) -> None:
        self._asked(segments=frozenset(names))

    merged = segment

    def reloaded(self, step: Step) -> None:
        self.targets = targets("reloaded")

    def elsewhere_wrote(self, step: Step, kind: str) -> None:
        self.elsewhere.append((step.at, "customer", kind))

    def moved(self, step: Step, way: str) -> None:
        if way == "in":
            self.written = sorted(self.written + self.elsewhere)
        else:
            del self.written[0]
        self._recount()

    def answer(self, step: Step, *moved_out: str) -> None:
        self.undone(step)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_what_follows_is_as_the_table_says(case: Any) -> None:
    asked = Asked("email", case.get("team", "support"))
    played = Played(Facts(asked, "waiting"), targets("routing"))
    for step in steps(case):
        if step.what == "elsewhere":
            played.elsewhere_wrote(step, step.rest)
        else:
            played.take(step)
    clock = played.clock
    found = {
        "due": shown(clock.due, case), "warn": shown(clock.warn, case),
        "resolve": shown(clock.resolve_due, case), "spent": clock.spent, "rang": played.rang,
    }  # fmt: skip
    assert {name: found[name] for name in found if name in case} == {
        name: case[name] for name in found if name in case
    }


@pytest.mark.parametrize("case", table()["fault"], ids=lambda case: case["name"])
def test_what_is_wrong_with_a_file_is_said(case: Any) -> None:
    found = read(case["text"])
    assert found.book is None
    [fault] = found.faults
    assert case["says"] in str(fault)
    assert fault.line > 0


def test_the_table_has_no_case_twice_and_enough_of_them() -> None:
    names = [case["name"] for case in cases()]
    assert len(set(names)) == len(names) >= 60
    assert len(cases(lane=True)) * 3 >= len(names)
    assert any(chosen(targets("routing"), Asked("email", "kyiv")).by.values())


def test_what_the_guide_shows_is_read_and_does_what_it_says() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "routing.md").read_text()
    shown = guide.split("## Reply targets", 1)[1].split("```toml\n", 1)[1].split("```", 1)[0]
    found = read(shown)
    assert found.book is not None, found.faults
    vip = Asked("webchat", "support", segments=frozenset({"vip"}))
    rule = chosen(found.book.targets, vip)
    assert (rule.first, rule.next, rule.resolution, rule.release) == (30, 28_800, 259_200, 60)
    said = str(sentences(found.book.targets, vip)[0])
    assert said in guide
