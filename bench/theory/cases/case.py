"""One model with what theory says of it, and whether that was met. Values."""

from dataclasses import dataclass
from typing import Literal

from bench.theory.measured import Estimate, Measured
from bench.theory.model import Model
from bench.theory.run import WARM, play

# Within the larger of so many standard errors and this share of the value.
ERRORS, SHARE = 3.0, 0.02
# An estimate less sure than this share of the value shows nothing.
BLUNT = 0.05

# "simulated" is a figure of a simulation that is not ours, for what has no formula.
Source = Literal["exact", "simulated", "at most"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure: the name of a measure in `Measured`, of whom, and its value by theory."""

    measure: str
    of: tuple[str, ...]
    value: float
    source: Source = "exact"
    # The mean queue by theory, where a wait is measured beside it (`Measured.wait_beside`).
    queue: float | None = None

    def measured(self, run: Measured) -> Estimate:
        if self.queue is not None:
            return run.wait_beside(self.queue, *self.of)
        estimate: Estimate = getattr(run, self.measure)(*self.of)
        return estimate

    def met(self, ours: Estimate) -> bool:
        beside = ours.value - self.value
        if self.source != "at most":
            beside = abs(beside)
        return beside <= max(ERRORS * ours.error, SHARE * abs(self.value))

    def sure(self, ours: Estimate, blunt: float = BLUNT) -> bool:
        return ours.error <= blunt * abs(self.value)


@dataclass(frozen=True, slots=True)
class Case:
    """`arrivals` are counted in the whole run, `quick` in the tests (0: it is not among these).

    Cases of the same `draws` meet the same customers and services.
    """

    family: str
    name: str
    model: Model
    arrivals: int
    expected: tuple[Expected, ...]
    quick: int = 0
    draws: str = ""

    def played(self, arrivals: int, warm: float = WARM) -> Measured:
        return play(self.model, arrivals=arrivals, seed=self.draws or self.name, warm=warm)
