"""The formulas give the tables that were worked out once by other means, to the last digit."""

import math

import pytest

from bench.theory.chains import fastest_first, helping
from bench.theory.idleness import idle_square
from bench.theory.pools import Pools, product_form
from bench.theory.priorities import accumulating, strict
from bench.theory.waiting_room import limited, silos
from router.core.playing.erlang import erlang_a, erlang_b, erlang_c

pytestmark = pytest.mark.pure


def printed(value: float, digits: str) -> bool:
    """The value is what was printed, to its last digit."""
    places = len(digits.partition(".")[2])
    return abs(value - float(digits)) <= 0.5000001 * 10.0**-places


ERLANG_C = """
1 0.8 1 0.800000 4.000000 3.200000 0.345015
2 1.5 0.5 0.642857 1.285714 1.928571 0.499342
5 4 0.5 0.554113 0.554113 2.216450 0.663914
10 8 0.25 0.409180 0.204590 1.636721 0.751820
10 9 0.25 0.668732 0.668732 6.018584 0.479191
30 25 0.2 0.249893 0.049979 1.249466 0.908069
50 48 0.3333333333 0.694456 0.347228 16.666935 0.643455
100 95 0.1 0.506457 0.101291 9.622680 0.692818
200 190 0.1 0.365264 0.036526 6.940013 0.865627
1000 980 0.05 0.412200 0.020610 20.197814 0.848360
"""
ERLANG_A = """
1 1 1 1 0.5 0.632121 0.367879 0.367879 0.367879 0.508064 0.275826 0.260202
5 5 1 0.5 0.25 0.633151 0.146132 0.292263 1.461316 0.534449 0.401533 0.275123
10 10 1 1 0.25 0.542070 0.125110 0.125110 1.251100 0.711247 0.200499 0.114943
10 12 1 0.5 0.25 0.850385 0.195656 0.391312 4.695743 0.333582 0.577184 0.400834
13 3.3333333333 0.3333333333 0.2 0.3333333333 0.225797 0.024963 0.124817 0.416055 0.858178 0.130194 0.115233
50 48 1 0.5 0.3333333333 0.467774 0.030912 0.061824 2.967576 0.943019 0.027136 0.060265
50 55 1 0.5 0.3333333333 0.866234 0.102080 0.204160 11.228821 0.692264 0.218572 0.208034
100 100 1 1 0.1 0.513299 0.039861 0.039861 3.986100 0.813655 0.154779 0.038917
100 110 1 0.5 0.1 0.929116 0.094618 0.189237 20.816033 0.238078 0.720269 0.194568
100 95 1 2 0.1 0.268349 0.025392 0.012696 1.206116 0.947991 0.028360 0.011989
500 500 1 0.25 0.05 0.670604 0.011893 0.047573 23.786352 0.610269 0.383197 0.047471
"""  # noqa: E501


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


@pytest.mark.parametrize("row", rows(ERLANG_C))
def test_erlang_c_is_as_printed(row: list[str]) -> None:
    n, lam, within, *shown = row
    line = erlang_c(int(n), float(lam), within=float(within))
    ours = (line.p_wait, line.mean_wait, line.mean_queue, line.soon)
    assert all(map(printed, ours, shown)), ours


@pytest.mark.parametrize("row", rows(ERLANG_A))
def test_erlang_a_is_as_printed(row: list[str]) -> None:
    n, (lam, mu, theta, within), shown = int(row[0]), map(float, row[1:5]), row[5:]
    line = erlang_a(n, lam, theta, mu, within)
    ours = (line.p_wait, line.p_lost, line.mean_wait, line.mean_queue, line.soon, line.p_longer,
            line.wait_of_served)  # fmt: skip
    assert all(map(printed, ours, shown)), ours


def test_figures_that_others_published_are_met() -> None:
    """100 calls in half an hour, 3 minutes each, 14 agents; and a room of 50 at 48 a minute."""
    line = erlang_c(14, 100 / 30, 1 / 3, within=1 / 3)
    assert printed(line.soon, "0.888350")
    assert printed(line.p_wait, "0.174132")
    busy = erlang_c(50, 48.0)
    assert printed(busy.mean_wait * 60, "20.83")
    assert printed(erlang_c(50, 48.0, within=58.14 / 60).soon, "0.900")
    assert printed(erlang_a(50, 48.0, 0.5).mean_wait * 60, "3.709")
    assert printed(erlang_a(50, 48.0, 0.5).wait_of_served * 60, "3.616")
    assert printed(erlang_a(50, 48.0, 0.5, within=12.44 / 60).p_longer, "0.100")
    assert printed(erlang_b(17, 10.0), "0.012949")


@pytest.mark.parametrize(("n", "lam"), [(1, 1.0), (10, 10.0), (100, 100.0)])
def test_with_patience_as_long_as_a_service_the_room_is_poisson(n: int, lam: float) -> None:
    fewer = math.fsum(math.exp(-lam + k * math.log(lam) - math.lgamma(k + 1)) for k in range(n))
    assert erlang_a(n, lam, 1.0).p_wait == pytest.approx(1 - fewer, abs=1e-12)


PRIORITIES = [
    (1, 1.0, (0.3, 0.5), (2.0, 1.0), "1.142857 5.714286", "2.823529 4.705882"),
    (1, 1.0, (0.4, 0.4), (4.0, 1.0), "1.333333 6.666667", "2.285714 5.714286"),
    (5, 1.0, (1.5, 1.5, 1.5), (4.0, 2.0, 1.0),
     "0.217855 0.544638 3.812466", "0.771464 1.363517 2.439978"),
    (20, 0.5, (3.0, 3.0, 3.0), (5.0, 2.0, 1.0),
     "0.078681 0.196703 1.376923", "0.242902 0.506505 0.902900"),
    (10, 1.0, (4.0, 5.0), (3.0, 1.0), "0.111455 1.114553", "0.364763 0.911907"),
]  # fmt: skip


@pytest.mark.parametrize(("n", "mu", "lams", "slopes", "tiers", "sloped"), PRIORITIES)
def test_priorities_are_as_printed_and_take_from_one_what_they_give_another(
    n: int, mu: float, lams: tuple[float, ...], slopes: tuple[float, ...], tiers: str, sloped: str
) -> None:
    queue = erlang_c(n, sum(lams), mu).mean_queue
    for waits, shown in ((strict(n, mu, lams), tiers),
                         (accumulating(n, mu, lams, slopes), sloped)):  # fmt: skip
        assert all(map(printed, waits, shown.split())), waits
        assert math.fsum(lam * wait for lam, wait in zip(lams, waits, strict=True)) == (
            pytest.approx(queue)
        )


# Pools, what comes of a, b, c; waits and chances to wait by type; how busy each pool is.
SHAPES = [
    ("3 a, 3 b", (2.4, 2.4), "1.078652 1.078652", "0.647191 0.647191", "0.8 0.8"),
    ("6 ab", (2.4, 2.4), "0.431477 0.431477", "0.517772 0.517772", "0.8"),
    ("2 a, 2 ab, 2 b", (2.4, 2.4), "0.575475 0.575475", "0.583096 0.583096",
     "0.769570 0.860860 0.769570"),
    ("2 a, 2 ab, 2 b", (3.0, 1.8), "0.863982 0.434118", "0.685085 0.486522",
     "0.841092 0.876447 0.682461"),
    ("3 a, 3 ab", (2.4, 2.4), "0.360526 1.616525", "0.432631 0.825705", "0.688592 0.911408"),
    ("3 a, 3 ab", (2.0, 2.0), "0.10696 0.66848", "0.21391 0.61500", "0.54147 0.79187"),
    ("2 a, 3 ab", (2.6, 1.6), "0.755622 1.117822", "0.604498 0.755990", "0.789432 0.873712"),
    ("2 a, 2 ab", (1.6, 1.6), "0.648546 2.607695", "0.518837 0.870132", "0.684013 0.915987"),
    ("1 a, 1 ab", (0.7, 0.7), "0.84595 3.26295", "0.50757 0.84223", "0.55777 0.84223"),
    ("3 ab, 3 bc", (1.6, 1.6, 1.6), "0.672261 0.390595 0.672261", "0.628690 0.468714 0.628690",
     "0.8 0.8"),
    ("3 ab, 3 bc", (2.2, 1.4, 1.2), "1.132286 0.373909 0.494324", "0.744760 0.448691 0.527379",
     "0.8661 0.7339"),
    ("1 ab, 1 bc", (0.5, 0.5, 0.5), "2.1 1.2 2.1", "0.75 0.60 0.75", "0.75 0.75"),
]  # fmt: skip


@pytest.mark.parametrize(("pools", "lams", "waits", "delayed", "busy"), SHAPES)
def test_pools_are_as_printed(
    pools: str, lams: tuple[float, ...], waits: str, delayed: str, busy: str
) -> None:
    can = [types for part in pools.split(", ") for number, types in [part.split()]
           for _ in range(int(number))]  # fmt: skip
    met = product_form(Pools(dict(zip("abc", lams, strict=False)), list(map(frozenset, can)),
                             [1.0] * len(can)))  # fmt: skip
    by_pool = dict(zip(can, met.busy, strict=True))
    assert all(map(printed, met.mean_wait.values(), waits.split())), met
    assert all(map(printed, met.p_wait.values(), delayed.split())), met
    assert all(map(printed, by_pool.values(), busy.split())), met


def test_slower_agents_are_in_the_product_form_too() -> None:
    can = [frozenset("a")] * 2 + [frozenset("ab")] * 2
    met = product_form(Pools({"a": 1.5, "b": 1.0}, can, [1.0, 1.0, 0.8, 0.8]))
    shown = (*met.mean_wait.values(), *met.p_wait.values(), met.busy[0], met.busy[-1])
    assert all(
        map(
            printed, shown, ["0.342051", "1.414006", "0.376256", "0.730001", "0.591492", "0.823135"]
        )
    )


RING = ["4.0", "0.986000", "0.596415", "0.483260", "0.445399", "0.431477"]
RING_DELAYED = ["0.8", "0.674183", "0.595632", "0.550801", "0.528487", "0.517772"]


@pytest.mark.parametrize("k", range(1, 7))
def test_the_ring_is_as_printed(k: int) -> None:
    met = _ring(6, k, 0.8)
    assert printed(met[0], RING[k - 1])
    assert printed(met[1], RING_DELAYED[k - 1])


def test_the_chain_of_four_is_as_printed() -> None:
    wait, delayed = _ring(4, 2, 0.85)
    assert printed(wait, "1.52206")
    assert printed(delayed, "0.75386")


def _ring(size: int, k: int, lam: float) -> tuple[float, float]:
    types = "abcdef"[:size]
    can = [frozenset(types[(one + more) % size] for more in range(k)) for one in range(size)]
    met = product_form(Pools(dict.fromkeys(types, lam), can, [1.0] * size))
    return met.mean_wait["a"], met.p_wait["a"]


POOLING = [
    (1.29, "0.963 1.7036 0.4394", "0.0168 0.08277 0.1093"),
    (1.40, "3.858 2.4555 0.5552", "0.3643 0.45002 0.3797"),
    (1.50, "7.801 2.8324", "2.349 1.24296"),
]


@pytest.mark.parametrize(("lam", "apart", "together"), POOLING)
def test_the_ends_of_pooling_are_as_printed(lam: float, apart: str, together: str) -> None:
    for line, shown in ((silos(6, 15, 30, lam, 0.1), apart),
                        (limited(90, 120, 6 * lam, 0.1), together)):  # fmt: skip
        ours = (line.p_lost * 100, line.mean_wait, line.p_wait)
        assert all(map(printed, ours, shown.split())), ours


def test_teams_that_help_are_as_printed() -> None:
    shared = helping(3, 3, 2.4, 2.4)
    ours = (shared.wait_a, shared.wait_b, shared.busy_1, shared.busy_2)
    assert all(map(printed, ours, ["0.45649", "1.31358", "0.7135", "0.8865"])), ours


def test_fast_agents_first_is_as_printed() -> None:
    assert printed(fastest_first(3, 3, 4.8, 1.5, 0.5), "0.42632")
    slow_and_fast = product_form(Pools({"a": 4.8}, [frozenset("a")] * 6, [1.5] * 3 + [0.5] * 3))
    ours = (slow_and_fast.mean_wait["a"], slow_and_fast.p_wait["a"], *slow_and_fast.busy[2:4])
    assert all(map(printed, ours, ["0.45907", "0.55089", "0.7720", "0.8840"])), ours


def test_one_agent_alone_is_idle_until_the_next_comes() -> None:
    """The square of an exponential time is 2 / lam² on the average, and they are all of them."""
    assert idle_square(1, 0.5) == pytest.approx(8.0)
    both = (1.0 * 6.0 + 0.5 * 2.0) / 0.5**2 / 1.5  # two agents: left alone or beside the other
    assert idle_square(2, 0.5) == pytest.approx(both)
