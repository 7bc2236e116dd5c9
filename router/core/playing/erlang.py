"""One line, equal agents: Erlang B, C and A. Exact and pure.

`n` agents, `lam` arrivals and `mu` services in a unit of time, `theta` the rate of losing patience.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

# Terms smaller than this, beside what was summed before, are left out.
ENOUGH = 1e-15


@dataclass(frozen=True, slots=True)
class Line:
    """What customers of a line meet; `soon` is the share who are served within the time asked."""

    p_wait: float
    mean_wait: float
    mean_queue: float
    soon: float = 0.0
    p_lost: float = 0.0
    # Who left is not among these; the others are all who came.
    wait_of_served: float = 0.0
    p_longer: float = 0.0


def erlang_b(n: int, load: float) -> float:
    blocked = 1.0
    for k in range(1, n + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(n: int, lam: float, mu: float = 1.0, within: float = 0.0) -> Line:
    blocked = erlang_b(n, lam / mu)
    p_wait = blocked / (1 - lam / (n * mu) * (1 - blocked))
    spare = n * mu - lam
    longer = p_wait * math.exp(-spare * within)
    mean = p_wait / spare
    return Line(p_wait, mean, lam * mean, soon=1 - longer, wait_of_served=mean, p_longer=longer)


def erlang_a(n: int, lam: float, theta: float, mu: float = 1.0, within: float = 0.0) -> Line:
    """By the distribution of a patient customer's wait: exp(-theta * V) is Beta(c, k)."""
    c, at_most = n * mu / theta, math.exp(-theta * within)
    states = _erlang_a_states(n, lam, mu, theta)
    free, full = math.fsum(states[:n]), states[n:]
    queue = math.fsum(k * p for k, p in enumerate(full))
    served = list(_served(c, len(full)))
    by_then = 1 - sum(p * share * tail for p, share, tail in
                      zip(full, served, _beta(c + 1, at_most, len(full)), strict=True)) - (
        math.fsum(p * (1 - share) for p, share in zip(full, served, strict=True)))  # fmt: skip
    longer = at_most * math.fsum(
        p * tail for p, tail in zip(full, _beta(c, at_most, len(full)), strict=True))  # fmt: skip
    lost = theta * queue / lam
    # Of the k-th in line, who is served with probability c/(c+k), the mean wait when they are.
    waits = accumulate(1 / (c + 1 + j) for j in range(len(full)))
    total = math.fsum(p * share * w / theta for p, share, w in
                      zip(full, served, waits, strict=True))  # fmt: skip
    return Line(1 - free, queue / lam, queue, soon=by_then, p_lost=lost,
                wait_of_served=total / (1 - lost), p_longer=longer)  # fmt: skip


def _erlang_a_states(n: int, lam: float, mu: float, theta: float) -> list[float]:
    states, whole, number = [1.0], 1.0, 0
    while number <= n or states[-1] > ENOUGH * whole:
        number += 1
        leaving = min(number, n) * mu + max(number - n, 0) * theta
        states.append(states[-1] * lam / leaving)
        whole += states[-1]
    return [state / whole for state in states]


def _served(c: float, terms: int) -> Iterator[float]:
    """Of who finds n + k - 1 there (k from 1), how many are patient enough."""
    return (c / (c + k) for k in range(1, terms + 1))


def _beta(c: float, x: float, terms: int) -> Iterator[float]:
    """The regularised incomplete beta function of (c, k) at x, for k from 1."""
    value, step = 0.0, x**c
    for k in range(terms):
        value += step
        yield value
        step *= (c + k) * (1 - x) / (k + 1)
