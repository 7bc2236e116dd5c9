"""What a model's run showed beside theory. Values."""

from dataclasses import dataclass

from bench.theory.cases.case import Case, Expected
from bench.theory.measured import Estimate


@dataclass(frozen=True, slots=True)
class Found:
    """One figure: what theory says and what we measured."""

    expected: Expected
    ours: Estimate

    @property
    def met(self) -> bool:
        return self.expected.met(self.ours)

    @property
    def sure(self) -> bool:
        return self.expected.sure(self.ours)

    @property
    def off(self) -> float:
        """In standard errors."""
        return (self.ours.value - self.expected.value) / self.ours.error if self.ours.error else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    family: str
    name: str
    found: tuple[Found, ...]
    arrivals: int
    seconds: float

    @property
    def met(self) -> bool:
        return all(found.met for found in self.found)

    def line(self) -> str:
        """For who watches."""
        word = "met" if self.met else "NOT MET"
        worst = max((abs(found.off) for found in self.found if found.expected.source != "at most"),
                    default=0.0)  # fmt: skip
        return (f"{word:8}{self.family}: {self.name} — {len(self.found)} figures, at most "
                f"{worst:.1f} standard errors off, {self.arrivals:,} arrivals, "
                f"{self.seconds:.0f} s")  # fmt: skip


def outcome(case: Case, share: float) -> Outcome:
    run = case.played(max(4_000, int(case.arrivals * share)))
    found = tuple(Found(expected, expected.measured(run)) for expected in case.expected)
    return Outcome(case.family, case.name, found, run.arrivals, run.seconds)
