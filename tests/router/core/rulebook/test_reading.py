"""A routing file is read whole, and what is wrong with it is told with its place."""

import time

import pytest

from router.core.rulebook.book import read

pytestmark = pytest.mark.pure

WRONG = """\
order = "frist"
[capacity]
weights = { webchat = 3 }
[[rule]]
name = "a"
if.langage = "fr"
then.steps = [ { after = 10, drop = "x" }, { after = "y" } ]

[[rule]]
name = "b"
[rule.then]
teem = "x"
"""


def test_all_faults_are_told_at_once_each_with_its_line_and_the_nearest_name() -> None:
    found = read(WRONG)
    assert found.book is None
    told = [str(fault) for fault in found.faults]
    assert [line.split(":")[0] for line in told] == ["1", "6", "7", "12"]
    assert 'rule 1: if.langage: "langage" is unknown. Did you mean "language"?' in told[1]
    assert "rule 1: then.steps 2: after" in told[2]
    assert 'Did you mean "team"?' in told[3]


@pytest.mark.parametrize(
    "text", ["[", "a = ", "\x00", "[[rule]]", "x" * 100_001, "a=" + "[" * 5_000]
)
def test_what_is_no_routing_file_is_said_and_never_raises(text: str) -> None:
    assert read(text).faults


@pytest.mark.parametrize("text", [
    f"a = [\n[{' ' * 50_000}\n]]", ".".join("a" * 40_000) + " = 1",
    ".".join(['"a b"'] * 9_000) + " = 1", f"[{'.'.join('a' * 40_000)}]", "a = " + "9" * 5_000,
])  # fmt: skip
def test_what_takes_long_to_read_is_refused_at_once(text: str) -> None:
    begun = time.process_time()
    assert read(text).faults
    assert time.process_time() - begun < 2.0  # it took from 15 seconds to an hour


def test_what_is_no_toml_is_told_with_its_place() -> None:
    (fault,) = read('order = "all"\n[capacity\n').faults
    assert (fault.line, fault.column) == (2, 10)


def test_no_text_at_all_is_a_desk_without_rules() -> None:
    found = read("").book
    assert found is not None
    assert found.scheme.weight("webchat") == 2
