"""Agents of several kinds: product forms where the longest idle goes first, chains where not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.theory.cases.case import Case, Expected
from bench.theory.chains import fastest_first, helping
from bench.theory.model import Customers, Model, need, pool
from bench.theory.pools import Pools, product_form
from router.core.scheme import Scheme

ARRIVALS = 600_000
QUICK = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Pools by the types that they can do, with their sizes; how many customers of each come."""

    name: str
    pools: Mapping[str, int]
    lam: Mapping[str, float]
    mu: Mapping[str, float]
    quick: int = 0
    arrivals: int = ARRIVALS


def _shape(name: str, pools: str, lam: Sequence[float], quick: int = 0, arrivals: int = ARRIVALS,
           **mu: float) -> Shape:  # fmt: skip
    """Pools are written "2 a, 2 ab, 2 b"."""
    sizes = {types: int(number) for number, types in
             (part.split() for part in pools.split(", "))}  # fmt: skip
    return Shape(
        f"{name}: {pools}", sizes, dict(zip("abc", lam, strict=False)), mu, quick, arrivals
    )


SHAPES = (
    _shape("I", "3 a, 3 b", (2.4, 2.4)),
    _shape("X", "6 ab", (2.4, 2.4)),
    _shape("M", "2 a, 2 ab, 2 b", (2.4, 2.4)),
    _shape("M", "2 a, 2 ab, 2 b", (3.0, 1.8)),
    _shape("N", "3 a, 3 ab", (2.4, 2.4), 0, 2 * ARRIVALS),
    _shape("N", "3 a, 3 ab", (2.0, 2.0), QUICK),
    _shape("N", "2 a, 3 ab", (2.6, 1.6)),
    _shape("N", "2 a, 2 ab", (1.6, 1.6), 0, 2 * ARRIVALS),
    _shape("N", "1 a, 1 ab", (0.7, 0.7)),
    _shape("N", "2 a, 2 ab", (1.5, 1.0), ab=0.8),
    _shape("W", "3 ab, 3 bc", (1.6, 1.6, 1.6)),
    _shape("W", "3 ab, 3 bc", (2.2, 1.4, 1.2)),
    _shape("W", "1 ab, 1 bc", (0.5, 0.5, 0.5)),
    _shape("M", "2 a, 2 ab, 2 b", (2.2, 1.6), QUICK),
    _shape("W", "3 ab, 3 bc", (1.4, 1.2, 1.0), QUICK),
)
# So many types and agents in a ring, k types in a row for each agent, what comes of each type.
RINGS = (*((6, k, 0.8) for k in range(1, 7)), (4, 2, 0.85), *((6, k, 0.6) for k in range(1, 7)))


def cases() -> Iterator[Case]:
    for shape in SHAPES:
        yield Case("Product form", f"{shape.name}; λ = {_list(shape.lam)}", _model(shape),
                   shape.arrivals, _expected(shape), shape.quick)  # fmt: skip
    for size, k, lam in RINGS:
        yield _ring(size, k, lam)
    for n, lam in ((3, 2.4), (5, 4.0), (3, 2.0)):
        yield _helping(n, lam)
    for fast, slow, lam in ((3, 3, 4.8), (10, 10, 17.0)):
        yield _fastest(fast, slow, lam)
    yield _idlest(3, 3, 4.8)


def _model(shape: Shape) -> Model:
    customers = {one: Customers(lam, need(one)) for one, lam in shape.lam.items()}
    agents = [agent for types, size in shape.pools.items() for agent in pool(types, size, *types)]
    return Model(customers, tuple(agents), shape.mu)


def _expected(shape: Shape) -> tuple[Expected, ...]:
    names = [types for types, size in shape.pools.items() for _ in range(size)]
    met = product_form(Pools(shape.lam, [frozenset(types) for types in names],
                             [shape.mu.get(types, 1.0) for types in names]))  # fmt: skip
    busy = dict(zip(names, met.busy, strict=True))
    return (*(Expected("wait", (one,), wait) for one, wait in met.mean_wait.items()),
            *(Expected("p_wait", (one,), p_wait) for one, p_wait in met.p_wait.items()),
            *(Expected("busy_share", (name,), share) for name, share in busy.items()))  # fmt: skip


def _ring(size: int, k: int, lam: float) -> Case:
    types = "abcdef"[:size]
    can = ["".join(types[(first + more) % size] for more in range(k)) for first in range(size)]
    met = product_form(Pools(dict.fromkeys(types, lam), [frozenset(one) for one in can],
                             [1.0] * size))  # fmt: skip
    model = Model({one: Customers(lam, need(one)) for one in types},
                  tuple(agent for number, one in enumerate(can)
                        for agent in pool(f"{number}", 1, *one)))  # fmt: skip
    expected = (Expected("wait", (), met.mean_wait["a"]), Expected("p_wait", (), met.p_wait["a"]))
    arrivals = 2 * ARRIVALS if k == 1 else ARRIVALS
    return Case("Ring of skills", f"{size} types, {k} for each agent, λ = {lam:g}", model,
                arrivals, expected, QUICK if lam == 0.6 else 0)  # fmt: skip


def _helping(n: int, lam: float) -> Case:
    """Pool 2 is of team b and helps team a: its own first, then what a's have no room for."""
    shared = helping(n, n, lam, lam)
    agents = (*pool("1", n, teams=("a",)), *pool("2", n, teams=("b",), secondary=("a",)))
    model = Model({one: Customers(lam, need(team=one)) for one in "ab"}, agents)
    expected = (Expected("wait", ("a",), shared.wait_a), Expected("wait", ("b",), shared.wait_b),
                Expected("busy_share", ("1",), shared.busy_1),
                Expected("busy_share", ("2",), shared.busy_2))  # fmt: skip
    return Case("A team that helps another", f"{n} of a, {n} of b that help a, λ = {lam:g}",
                model, ARRIVALS, expected, QUICK if lam == 2.0 else 0)  # fmt: skip


def _fastest(fast: int, slow: int, lam: float) -> Case:
    wait = fastest_first(fast, slow, lam, 1.5, 0.5)
    return Case("Fast and slow agents", f"{fast} fast, {slow} slow, best level first, λ = {lam:g}",
                _fast_and_slow(fast, slow, lam, Scheme(strategies={"": "best_level"})),
                ARRIVALS, (Expected("wait", ("a",), wait),))  # fmt: skip


def _idlest(fast: int, slow: int, lam: float) -> Case:
    met = product_form(Pools({"a": lam}, [frozenset("a")] * (fast + slow),
                             [1.5] * fast + [0.5] * slow))  # fmt: skip
    return Case("Fast and slow agents", f"{fast} fast, {slow} slow, longest idle, λ = {lam:g}",
                _fast_and_slow(fast, slow, lam, Scheme()), ARRIVALS,
                (Expected("wait", ("a",), met.mean_wait["a"]),
                 Expected("busy_share", ("fast",), met.busy[0]),
                 Expected("busy_share", ("slow",), met.busy[-1])))  # fmt: skip


def _fast_and_slow(fast: int, slow: int, lam: float, scheme: Scheme) -> Model:
    agents = (*pool("fast", fast, "a", level=5), *pool("slow", slow, "a", level=1))
    return Model({"a": Customers(lam, need("a"))}, agents, {"fast": 1.5, "slow": 0.5}, scheme)


def _list(values: Mapping[str, float]) -> str:
    return ", ".join(f"{value:g}" for value in values.values())
