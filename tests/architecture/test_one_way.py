"""Work reaches an agent in one place of the code, and each caller of it writes down why."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import files, shown

pytestmark = pytest.mark.architecture

# What puts a conversation into somebody's hands in memory, and where that may stand: the one way,
# and the start that repeats what is committed.
HANDS = {"give", "offer", "wrap_up"}
ONE_WAY = {"router/handling/conversations.py", "router/memory.py"}
# They leave a decision's record, by the desk or by hand.
RECORDS = {"decided", "taken", "by_hand"}


def _calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(of what, which) of every call with a dot: ("conversations", "give")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            yield (of.id if isinstance(of, ast.Name) else getattr(of, "attr", "")), node.func.attr


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in files("router"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield shown(path), node


def test_only_one_place_puts_work_into_hands() -> None:
    places = {
        name
        for name, function in _functions()
        for of, which in _calls(function)
        if of in ("desk", "_desk") and which in HANDS and not name.startswith("router/core/")
    }
    assert places == ONE_WAY


def test_whoever_gives_writes_down_why() -> None:
    given = [
        (f"{name}:{function.name}", {which for _, which in _calls(function)})
        for name, function in _functions()
        if ("conversations", "give") in _calls(function)
    ]
    assert len(given) >= 6
    assert [place for place, calls in given if not calls & RECORDS] == []
