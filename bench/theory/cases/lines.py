"""One line and equal agents: Erlang C, and Erlang A where customers lose patience."""

from collections.abc import Iterator

from bench.theory.cases.case import Case, Expected
from bench.theory.idleness import idle_square
from bench.theory.model import Customers, Model, need, pool
from router.core.playing.erlang import Line, erlang_a, erlang_c

ONE = ("x",)
# n, lam, T; then how many arrivals in all and in the tests. mu is 1. Five are of the printed table.
PATIENT = (
    (1, 0.8, 1.0, 800_000, 0),
    (2, 1.5, 0.5, 1_000_000, 0),
    (5, 4.0, 0.5, 1_000_000, 0),
    (10, 9.0, 0.25, 2_000_000, 0),
    (30, 25.0, 0.2, 1_000_000, 0),
    (5, 3.0, 0.25, 400_000, 20_000),
    (10, 7.0, 0.25, 400_000, 20_000),
)
# n, lam, theta, T
IMPATIENT = (
    (1, 1.0, 1.0, 0.5, 400_000, 20_000),
    (5, 5.0, 0.5, 0.25, 400_000, 20_000),
    (10, 12.0, 0.5, 0.25, 400_000, 20_000),
    (50, 48.0, 0.5, 1 / 3, 500_000, 0),
    (100, 100.0, 1.0, 0.1, 500_000, 0),
    (100, 95.0, 2.0, 0.1, 500_000, 0),
)


def cases() -> Iterator[Case]:
    for n, lam, within, arrivals, quick in PATIENT:
        model = Model({"x": Customers(lam, need(), soon=within)}, pool("all", n))
        yield Case("Erlang C", f"n = {n}, λ = {lam:g}", model, arrivals,
                   (*_patient(erlang_c(n, lam, within=within)),
                    Expected("idle_square", (), idle_square(n, lam))), quick)  # fmt: skip
    for n, lam, theta, within, arrivals, quick in IMPATIENT:
        model = Model({"x": Customers(lam, need(), theta, soon=within)}, pool("all", n))
        yield Case("Erlang A", f"n = {n}, λ = {lam:g}, θ = {theta:g}", model, arrivals,
                   _impatient(erlang_a(n, lam, theta, within=within)), quick)  # fmt: skip


def _patient(line: Line) -> tuple[Expected, ...]:
    return (Expected("p_wait", ONE, line.p_wait), Expected("wait", ONE, line.mean_wait),
            Expected("queue", (), line.mean_queue), Expected("soon", ONE, line.soon))  # fmt: skip


def _impatient(line: Line) -> tuple[Expected, ...]:
    return (*_patient(line), Expected("lost", ONE, line.p_lost),
            Expected("wait_of_served", ONE, line.wait_of_served))  # fmt: skip
