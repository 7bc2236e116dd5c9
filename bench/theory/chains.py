"""What has no closed form but few states: Markov chains, solved by repetition. Exact to six digits.

All services end at rate 1 (or as given) whoever is served, so a state needs only counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]

# As far as counts go; beyond is rarer than the digits shown.
FAR, SWEEPS, STILL = 90, 200_000, 1e-12


@dataclass(frozen=True, slots=True)
class Shared:
    """What types a and b meet, and how busy the first and the second pool are."""

    wait_a: float
    wait_b: float
    busy_1: float
    busy_2: float


def helping(first: int, second: int, lam_a: float, lam_b: float) -> Shared:
    """The N-model: pool 1 does a; pool 2 does b, and a when no b waits and pool 1 is full.

    x and y count pool 1 with the a that wait, and pool 2 with the b that wait.
    """
    x, y = np.meshgrid(np.arange(FAR), np.arange(FAR), indexing="ij")
    full_1, room_2 = x >= first, y < second
    helped = full_1 & room_2  # an a that comes now goes to pool 2
    moves = (
        ((1, 0), np.where(helped, 0.0, lam_a)),
        ((0, 1), np.where(helped, lam_a, 0.0) + lam_b),
        ((-1, 0), np.minimum(x, first) + np.where((y == second) & (x > first), second, 0.0)),
        ((0, -1), np.where((y == second) & (x > first), 0.0, np.minimum(y, second))),
    )
    possible = ~((x > first) & room_2)
    states = _steady(possible, moves)
    return Shared(
        float((states * np.maximum(x - first, 0)).sum()) / lam_a,
        float((states * np.maximum(y - second, 0)).sum()) / lam_b,
        float((states * np.minimum(x, first)).sum()) / first,
        float((states * np.minimum(y, second)).sum()) / second,
    )


def fastest_first(fast: int, slow: int, lam: float, mu_fast: float, mu_slow: float) -> float:
    """The inverted V: one line, a fast agent goes before a slow one. The mean wait."""
    x, y = np.meshgrid(np.arange(fast + 1), np.arange(slow + FAR), indexing="ij")
    full = x == fast
    moves = (
        ((1, 0), np.where(full, 0.0, lam)),
        ((0, 1), np.where(full, lam, 0.0)),
        ((-1, 0), np.where(y > slow, 0.0, x * mu_fast)),
        ((0, -1), np.where(y > slow, fast * mu_fast, 0.0) + np.minimum(y, slow) * mu_slow),
    )
    states = _steady((y <= slow) | full, moves)
    return float((states * np.maximum(y - slow, 0)).sum()) / lam


def _steady(possible: NDArray[np.bool_], moves: tuple[tuple[tuple[int, int], Grid], ...]) -> Grid:
    """Where the chain is in the long run: each step spreads what is there, until it stays."""
    inside = [(by, np.where(possible & _stays(possible, by), rate, 0.0)) for by, rate in moves]
    leaving = np.sum([rate for _, rate in inside], axis=0)
    fastest = float(leaving.max()) * 1.05
    states = possible / possible.sum()
    for sweep in range(SWEEPS):
        after = states * (1 - leaving / fastest)
        for (dx, dy), rate in inside:
            after += np.roll(states * rate / fastest, (dx, dy), (0, 1))
        if sweep % 100 == 0 and float(np.abs(after - states).max()) < STILL:
            break
        states = after
    steady: Grid = states / states.sum()
    return steady


def _stays(possible: NDArray[np.bool_], by: tuple[int, int]) -> NDArray[np.bool_]:
    """Where that move leads to a state that there is."""
    there = np.zeros_like(possible)
    dx, dy = by
    inner = possible[max(dx, 0):possible.shape[0] + min(dx, 0),
                     max(dy, 0):possible.shape[1] + min(dy, 0)]  # fmt: skip
    there[max(-dx, 0):possible.shape[0] + min(-dx, 0),
          max(-dy, 0):possible.shape[1] + min(-dy, 0)] = inner  # fmt: skip
    return there
