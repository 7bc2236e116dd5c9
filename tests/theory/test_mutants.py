"""A core that is broken does not do as theory says: each fault is found by one of the models."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.theory.cases.case import Case
from bench.theory.cases.every import every
from router.core.desk import Desk

pytestmark = pytest.mark.pure

CASES = {case.family: case for case in every() if case.quick}
Method = Callable[..., Any]


def _with(**changes: Any) -> Callable[[Method], Method]:
    """What is put into the queue or among the agents is another than was asked."""

    def broken(method: Method) -> Method:
        return lambda desk, value: method(desk, replace(value, **changes))

    return broken


def _newest(wait: Method) -> Method:
    return lambda desk, waiting: wait(desk, replace(waiting, key=-waiting.key))


def _as_they_come(wait: Method) -> Method:
    """Their numbers are in the order in which they came: the head start is lost."""
    return lambda desk, waiting: wait(desk, replace(waiting, key=float(waiting.conversation)))


def _shortest_idle(end: Method) -> Method:
    return lambda desk, number, now=None: end(desk, number, None if now is None else -now)


def _second_as_own(put: Method) -> Method:
    return lambda desk, agent: put(
        desk, replace(agent, teams=agent.teams + agent.secondary, secondary=()))  # fmt: skip


BROKEN = [
    ("Erlang C", "wait", _newest),
    ("Erlang A", "wait", _newest),
    ("Erlang C", "end", _shortest_idle),
    ("Strict priority", "wait", _with(tier=0)),
    ("Accumulating priority", "wait", _with(slope=1.0)),
    ("Head start", "wait", _as_they_come),
    ("Fixed queue ratio", "set_scheme", _with(shares={})),
    ("Product form", "put_agent", _with(skills={"a": 1, "b": 1, "c": 1})),
    ("A team that helps another", "put_agent", _second_as_own),
]


@pytest.mark.parametrize(("family", "method", "fault"), BROKEN)
def test_a_fault_is_found(
    family: str, method: str, fault: Callable[[Method], Method], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _met(CASES[family])
    monkeypatch.setattr(Desk, method, fault(getattr(Desk, method)))
    assert not _met(CASES[family])


def _met(case: Case) -> bool:
    run = case.played(12_000, 50)
    found = [(expected, expected.measured(run)) for expected in case.expected]
    return all(expected.met(ours) for expected, ours in found)
