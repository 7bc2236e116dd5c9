"""How long an agent is idle where the longest idle goes first. Exact."""

import math


def idle_square(n: int, lam: float, mu: float = 1.0) -> float:
    """The mean square of an agent's idle time in M/M/n, the longest idle first.

    Who becomes idle beside i others is taken by the (i + 1)-th that comes: Erlang(i + 1, lam).
    """
    left = [1.0]
    for k in range(1, n):
        left.append(left[-1] * lam / (k * mu))
    squares = math.fsum(p * (n - k) * (n - k + 1) for k, p in enumerate(left))
    return squares / lam**2 / math.fsum(left)
