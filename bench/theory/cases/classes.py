"""One pool and several classes: tiers, slopes and head starts. What one gains another pays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.theory.cases.case import Case, Expected
from bench.theory.model import Customers, Model, need, pool
from bench.theory.priorities import accumulating, strict
from router.core.playing.erlang import erlang_c
from router.core.scheme import Scheme

# In all, and in the tests.
LONG, QUICK = 400_000, 20_000
# n, mu, lams, slopes; arrivals in all and in the tests. Five are of the printed table.
ROWS = (
    (1, 1.0, (0.3, 0.5), (2.0, 1.0), LONG, 0),
    (1, 1.0, (0.4, 0.4), (4.0, 1.0), LONG, 0),
    (5, 1.0, (1.5, 1.5, 1.5), (4.0, 2.0, 1.0), LONG, 0),
    (20, 0.5, (3.0, 3.0, 3.0), (5.0, 2.0, 1.0), LONG, 0),
    (10, 1.0, (4.0, 5.0), (3.0, 1.0), LONG, 0),
    (5, 1.0, (1.0, 1.0, 1.0), (4.0, 2.0, 1.0), LONG, QUICK),
)
# Of 40 million customers in a simulation that is not ours, to about 0.3 %: ahead, W_1, W_2.
AHEAD = (
    (0.25, 0.593, 0.729), (0.5, 0.530, 0.780), (1.0, 0.427, 0.862), (2.0, 0.293, 0.970),
    (4.0, 0.171, 1.067), (8.0, 0.118, 1.109),
)  # fmt: skip
# M/M/20, mu = 0.5, three classes of 3
AHEAD_OF_THREE = (
    ((2.0, 1.0, 0.0), (0.250, 0.517, 0.877)),
    ((4.0, 1.0, 0.0), (0.123, 0.581, 0.940)),
)
FOR_EVER = 1e6
# n, lams, the first team's share of the queue, and its wait and the other's; 30 million customers
# of a simulation that is not ours. There a tie goes to the first team, with us to who came first:
# so its customers are given a head start without end, which decides nothing but ties.
SHARES = (
    (20, (9.0, 10.0), 0.5, (0.781, 0.744)), (20, (9.0, 10.0), 0.3, (0.486, 1.010)),
    (20, (9.0, 10.0), 0.2, (0.329, 1.152)), (20, (9.0, 10.0), 0.1, (0.182, 1.284)),
    (100, (48.0, 49.0), 0.25, (0.116, 0.338)), (100, (48.0, 49.0), 0.1, (0.050, 0.402)),
)  # fmt: skip


def cases() -> Iterator[Case]:
    for n, mu, lams, slopes, arrivals, quick in ROWS:
        name = f"n = {n}, μ = {mu:g}, λ = {_list(lams)}"
        plain = _model(n, mu, lams)
        tiers = _changed(plain, [{"tier": tier} for tier in range(len(lams))])
        yield Case("Strict priority", name, tiers, arrivals,
                   _expected(n, mu, lams, strict(n, mu, lams)), quick, draws(n, lams))  # fmt: skip
        yield Case("Accumulating priority", f"{name}, slopes {_list(slopes)}",
                   _changed(plain, [{"slope": slope} for slope in slopes]), arrivals,
                   _expected(n, mu, lams, accumulating(n, mu, lams, slopes)), quick,
                   draws(n, lams))  # fmt: skip
    yield from _ahead_of_two()
    yield from _ahead_of_three()
    yield from _queue_ratios()


def _ahead_of_two() -> Iterator[Case]:
    n, lams = 10, (4.0, 5.0)
    fifo = erlang_c(n, sum(lams)).mean_wait
    yield _ahead(n, 1.0, lams, (0.0, 0.0), (fifo, fifo), simulated=False)
    for ahead, *waits in AHEAD:
        yield _ahead(n, 1.0, lams, (ahead, 0.0), waits, quick=QUICK if ahead == 1.0 else 0)
    yield _ahead(n, 1.0, lams, (FOR_EVER, 0.0), strict(n, 1.0, lams), simulated=False)


def _ahead_of_three() -> Iterator[Case]:
    for aheads, waits in AHEAD_OF_THREE:
        yield _ahead(20, 0.5, (3.0, 3.0, 3.0), aheads, waits)


def _queue_ratios() -> Iterator[Case]:
    for n, lams, share, waits in SHARES:
        teams = ("first", "second")
        heads = (FOR_EVER, 0.0)
        customers = {team: Customers(lam, need(team=team), ahead=ahead)
                     for team, lam, ahead in zip(teams, lams, heads, strict=True)}  # fmt: skip
        scheme = Scheme(shares={"first": share, "second": 1 - share})
        model = Model(customers, pool("all", n, teams=teams), scheme=scheme)
        ours = lams[0] * waits[0], lams[1] * waits[1]
        queue = erlang_c(n, sum(lams)).mean_queue
        expected = (*(Expected("wait", (team,), wait, "simulated", queue)
                      for team, wait in zip(teams, waits, strict=True)),
                    Expected("queue_share", ("first",), ours[0] / sum(ours), "simulated"),
                    Expected("queue", (), queue))  # fmt: skip
        quick = QUICK if (n, share) == (20, 0.3) else 0
        yield Case("Fixed queue ratio", f"n = {n}, λ = {_list(lams)}, share {share:g}", model,
                   LONG, expected, quick, draws(n, lams))  # fmt: skip


def _ahead(n: int, mu: float, lams: Sequence[float], aheads: Sequence[float],
           waits: Sequence[float], *, simulated: bool = True, quick: int = 0) -> Case:  # fmt: skip
    model = _changed(_model(n, mu, lams), [{"ahead": ahead} for ahead in aheads])
    said = "∞, 0" if aheads[0] == FOR_EVER else _list(aheads)
    classes = list(model.customers)
    queue = erlang_c(n, sum(lams), mu).mean_queue
    bounds = [Expected("wait", (later, sooner), before - after, "at most", queue)
              for sooner, later, before, after in
              zip(classes, classes[1:], aheads, aheads[1:], strict=False)
              if 0 < before - after < FOR_EVER]  # fmt: skip
    expected = _expected(n, mu, lams, waits)
    if simulated:
        expected = tuple(replace(one, source="simulated") if one.measure == "wait" else one
                         for one in expected)  # fmt: skip
    return Case("Head start", f"n = {n}, λ = {_list(lams)}, ahead by {said}", model, LONG,
                (*expected, *bounds), quick, draws(n, lams))  # fmt: skip


def _model(n: int, mu: float, lams: Sequence[float]) -> Model:
    customers = {str(number): Customers(lam, need()) for number, lam in enumerate(lams, 1)}
    return Model(customers, pool("all", n), {"all": mu})


def _changed(model: Model, changes: Sequence[dict[str, float]]) -> Model:
    return replace(model, customers={
        name: replace(customers, **change)  # type: ignore[arg-type]
        for (name, customers), change in zip(model.customers.items(), changes, strict=True)
    })  # fmt: skip


def _expected(n: int, mu: float, lams: Sequence[float], waits: Sequence[float]
              ) -> tuple[Expected, ...]:  # fmt: skip
    """Each wait, and the conservation law: together they wait as in any other order."""
    queue = erlang_c(n, sum(lams), mu).mean_queue
    each = [Expected("wait", (str(number),), wait, queue=queue)
            for number, wait in enumerate(waits, 1)]  # fmt: skip
    return (*each, Expected("queue", (), queue))


def draws(n: int, lams: Sequence[float]) -> str:
    """The same for all orders of one pool."""
    return f"{n} {_list(lams)}"


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
