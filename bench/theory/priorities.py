"""One pool, several classes of customers with equal services: who waits how long. Exact."""

from collections.abc import Sequence

from router.core.playing.erlang import erlang_c


def strict(n: int, mu: float, lams: Sequence[float]) -> list[float]:
    """The first class goes before the second, and so on; nobody is interrupted (Cobham 1954)."""
    p_wait = erlang_c(n, sum(lams), mu).p_wait
    waits, before = [], 0.0
    for lam in lams:
        upto = before + lam / (n * mu)
        waits.append(p_wait / (n * mu * (1 - before) * (1 - upto)))
        before = upto
    return waits


def accumulating(n: int, mu: float, lams: Sequence[float], slopes: Sequence[float]) -> list[float]:
    """The highest slope * age goes first (Kleinrock 1964). Solved from the flattest slope up."""
    fifo = erlang_c(n, sum(lams), mu).mean_wait
    loads = [lam / (n * mu) for lam in lams]
    waits = [0.0] * len(loads)
    for p in sorted(range(len(loads)), key=lambda p: slopes[p]):
        flatter = [i for i in range(len(loads)) if slopes[i] < slopes[p]]
        steeper = [i for i in range(len(loads)) if slopes[i] > slopes[p]]
        passed = sum(loads[i] * waits[i] * (1 - slopes[i] / slopes[p]) for i in flatter)
        waits[p] = (fifo - passed) / (
            1 - sum(loads[i] * (1 - slopes[p] / slopes[i]) for i in steeper))  # fmt: skip
    return waits
