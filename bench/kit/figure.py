"""A figure: a measured value beside a yardstick that was measured in the same run."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec


class Reach(msgspec.Struct, frozen=True):
    """Where the figure must stay: its ratio and its value at most, or at least, so much."""

    ratio: float | None = None
    value: float | None = None
    ratio_at_least: float | None = None
    at_least: float | None = None

    def holds(self, value: float, ratio: float | None) -> bool:
        if ratio is None and (self.ratio is not None or self.ratio_at_least is not None):
            return False
        within = _within(value, self.at_least, self.value)
        return within and _within(ratio or 0.0, self.ratio_at_least, self.ratio)

    def __str__(self) -> str:
        parts = (
            ("ratio <=", self.ratio), ("<=", self.value),
            ("ratio >=", self.ratio_at_least), (">=", self.at_least),
        )  # fmt: skip
        return ", ".join(f"{sign} {bound:g}" for sign, bound in parts if bound is not None)


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`said` is what was measured and `beside` what the yardstick is, in words."""

    name: str
    value: float
    unit: str
    said: str
    yardstick: float | None = None
    beside: str = ""
    reach: Reach | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.yardstick if self.yardstick else None

    @property
    def ok(self) -> bool:
        return self.reach is None or self.reach.holds(self.value, self.ratio)

    def line(self) -> str:
        """As one line of JSON."""
        return msgspec.json.encode(
            {
                "name": self.name,
                "value": _round(self.value),
                "unit": self.unit,
                "yardstick": _round(self.yardstick),
                "ratio": _round(self.ratio),
                "reach": str(self.reach) if self.reach else None,
                "ok": self.ok,
            }
        ).decode()


# What a file of `bench/` has under the name `figures`.
Figures = Callable[[], AsyncIterator[Figure]]


def quantile(samples: Sequence[float], share: float) -> float:
    """The value that this share of the samples does not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(samples: Sequence[float]) -> float:
    return quantile(samples, 0.5)


async def alternating(
    rounds: int, ours: Callable[[], Awaitable[float]], theirs: Callable[[], Awaitable[float]]
) -> tuple[list[float], list[float]]:
    """A B A B …: what disturbs the machine disturbs both."""
    a, b = [], []
    for _ in range(rounds):
        a.append(await ours())
        b.append(await theirs())
    return a, b


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
