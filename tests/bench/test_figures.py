"""Figures are judged, printed and written as they are; what is measured is found by itself."""

import json
from importlib import import_module

import pytest

from bench.__main__ import names
from bench.kit import page
from bench.kit.figure import Figure, Reach, quantile
from bench.kit.letters import letters
from bench.kit.talk import Talk

pytestmark = pytest.mark.pure


def figure(value: float, reach: Reach | None = None) -> Figure:
    return Figure(
        name="a.b", value=value, unit="ms", yardstick=2.0, said="what.", beside="that.", reach=reach
    )


@pytest.mark.parametrize(
    ("value", "reach", "ok"),
    [
        (100.0, None, True),
        (4.0, Reach(ratio=2.0), True),
        (4.1, Reach(ratio=2.0), False),
        (15.0, Reach(value=15.0), True),
        (15.1, Reach(ratio=9.0, value=15.0), False),
        (4.0, Reach(at_least=4.0, ratio_at_least=2.0), True),
        (3.9, Reach(at_least=4.0), False),
        (3.9, Reach(ratio_at_least=2.0), False),
    ],
)
def test_a_figure_is_ok_within_its_reach(value: float, reach: Reach | None, ok: bool) -> None:
    assert figure(value, reach).ok is ok


def test_without_a_yardstick_no_ratio_is_reached() -> None:
    assert not Reach(ratio=2.0).holds(1.0, None)


def test_a_figure_is_a_line_of_json() -> None:
    assert json.loads(figure(5.0, Reach(ratio=2.0)).line()) == {
        "name": "a.b",
        "value": 5.0,
        "unit": "ms",
        "yardstick": 2.0,
        "ratio": 2.5,
        "reach": "ratio <= 2",
        "ok": False,
    }


def test_a_quantile_is_not_exceeded_by_its_share() -> None:
    assert quantile([5, 1, 4, 2, 3], 0.5) == 3
    assert quantile([1, 2], 0.99) == 2


def test_every_measurement_has_figures() -> None:
    assert {"email", "latency", "mail", "paint", "routing", "search", "send", "start"} <= set(
        names()
    )
    assert [n for n in names() if not hasattr(import_module(f"bench.{n}"), "figures")] == []


def test_the_page_shows_a_figure_with_its_yardstick_and_meaning() -> None:
    text = page.text([figure(5.0, Reach(ratio=2.0))], date="2026-11-22", machine_is="A machine.")
    assert "| `a.b` | 5 ms | 2 ms | 2.5 | ratio <= 2 | **no** |" in text
    assert "- `a.b`: what. Beside it: that." in text
    assert "A machine." in text


def test_the_same_seed_makes_the_same_mails_and_words() -> None:
    assert letters(4) == letters(4)
    assert Talk(1).text("uk", 80) == Talk(1).text("uk", 80)
