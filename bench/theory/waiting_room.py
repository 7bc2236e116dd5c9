"""The two ends of the Wallace-Whitt model, in which only so many may wait. Exact.

All agents can do everything, or each team works apart and only the room is shared (a truncated
product form); who finds the room full is turned away, unless an agent is free for them.
"""

import math

from router.core.playing.erlang import Line


def limited(n: int, room: int, lam: float, mu: float = 1.0) -> Line:
    """No more than `room` in all; `p_lost` finds no place, the rest is of who found one."""
    weights = [1.0]
    for number in range(1, room + 1):
        weights.append(weights[-1] * lam / (min(number, n) * mu))
    whole = math.fsum(weights)
    lost = weights[room] / whole
    queue = math.fsum((k - n) * w for k, w in enumerate(weights) if k > n) / whole
    waited = math.fsum(weights[n:room]) / whole
    return Line(waited / (1 - lost), queue / (lam * (1 - lost)), queue, p_lost=lost)


def silos(teams: int, n: int, places: int, lam: float, mu: float = 1.0) -> Line:
    """Equal teams of `n`, each with `lam` arrivals; together at most `places` wait."""
    weights = [(lam / mu) ** k / math.factorial(k) for k in range(n + 1)]
    one = [math.fsum(weights), *(weights[n] * (lam / mu / n) ** q for q in range(1, places + 1))]
    others = [1.0] + [0.0] * places
    for _ in range(teams - 1):
        others = _together(others, one)
    together = _together(others, one)
    whole = math.fsum(together)
    free = math.fsum(weights[:n]) * math.fsum(others) / whole
    lost = _turned_away(weights[n], lam / mu / n, others) / whole
    queue = math.fsum(q * weight for q, weight in enumerate(together)) / whole
    came = teams * lam * (1 - lost)
    return Line(1 - free / (1 - lost), queue / came, queue, p_lost=lost)


def _turned_away(full: float, ratio: float, others: list[float]) -> float:
    """Nobody of the team is free and the room is full."""
    return math.fsum(full * ratio**q * others[len(others) - 1 - q] for q in range(len(others)))


def _together(left: list[float], right: list[float]) -> list[float]:
    """How many wait in both, at most as many as before."""
    return [math.fsum(left[k] * right[total - k] for k in range(total + 1))
            for total in range(len(left))]  # fmt: skip
