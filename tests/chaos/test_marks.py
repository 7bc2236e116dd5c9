"""A mark in the code ends whoever passes it, once, when it is armed; and no place lacks one."""

import ast
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaos import points
from tests.architecture.source import ROOT, files, shown, tree
from wire.marks import FOLDER

pytestmark = pytest.mark.architecture

PASSES = """
import sys
from wire.marks import passing
for where in sys.argv[1:]:
    passing("soup.eaten", where)
    print(where, flush=True)
"""

# Calls that make something last, or tell somebody, and after which there is no going back.
LASTING = ("fsync", "rename", "submit", "link")
# Functions that have such a call and no mark of their own, and why that is right.
UNMARKED = {
    "adapters/email/secret.py:_make": "before the account's first start; two of them agree",
    "router/access/audit.py:flush": "who has read what; each commit of the store is marked",
    "router/channel_doors.py:_announced": "says again who an adapter is; told every few seconds",
    "router/doors/doors.py:_reroute": "what is open decided anew; each commit is marked",
    "router/doors/doors.py:_why": "looks at what waits, in the lane, and writes nothing",
    "router/doors/entering.py:login": "nobody is in before; the same key may ask again",
    "router/doors/knowing.py:link": "links two contacts, in a command",
    "router/house.py:furnish": "what is there is left, at each start",
    "router/operating/archive.py:_named": "marked around it",
    "router/operating/archive.py:_pack": "a draft until its last rename",
    "router/operating/restoring.py:_put_aside": "marked around it",
    "router/operating/vitals.py:_proved": "a proof that writing works; its commit is marked",
    "router/operating/whole_files.py": "drafts until their last rename",
    "router/search/index.py:_discard": "derived: thrown away, made anew",
    "router/sending.py:_claim": "marked inside, where the row is claimed",
    "router/sending.py:_write_down": "marked around it",
    "router/sending.py:hurry": "only says that a pause is over",
    "router/store/sql.py:moment": "reading",
    "router/timers.py:run": "each commit of the store is marked; what is due stays due",
}


def test_every_mark_is_a_word_that_stands_in_one_place() -> None:
    assert len(points.marks()) >= 30


def test_every_point_belongs_to_a_part_that_can_be_watched() -> None:
    owners = {point.owner for point in points.points()}
    assert owners == {"router", "support", "chat", "bot"}


def test_no_passage_is_named_of_a_mark_that_is_gone() -> None:
    assert points.PASSAGES.keys() - points.marks().keys() == set()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def is_lasting(call: ast.Call) -> bool:
    """A commit, a file's new name, something that must be on the disk, a job for the lane."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr == "replace":  # a path's takes one argument, a text's takes two
        return len(call.args) == 1 and not call.keywords
    if call.func.attr == "submit":
        return "lane" in ast.unparse(call.func.value)
    commits = call.func.attr == "execute" and ast.unparse(call.args[0]) == "'COMMIT'"
    return commits or call.func.attr in LASTING


def unmarked() -> Iterator[str]:
    for folder in points.PROGRAMS:
        for path in files(folder):
            for function in functions(path):
                found = list(calls(function))
                marked = any(isinstance(c.func, ast.Name) and c.func.id == "passing" for c in found)
                if any(map(is_lasting, found)) and not marked:
                    yield f"{shown(path)}:{function.name}"


def test_whatever_lasts_has_a_mark_or_a_reason() -> None:
    found = list(unmarked())
    without = [place for place in found if not place.startswith(tuple(UNMARKED))]
    assert without == [], "name a point with wire.marks.passing, or say in UNMARKED why not"
    assert [name for name in UNMARKED if not any(map(starting(name), found))] == []


def starting(name: str) -> Callable[[str], bool]:
    return lambda place: place.startswith(name)


def passing(*places: str, marks: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PASSES, *places],
        cwd=ROOT, env={FOLDER: str(marks)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_an_armed_point_ends_the_first_who_passes_and_nobody_after(tmp_path: Path) -> None:
    assert passing("soup", marks=tmp_path).stdout == "soup\n"
    (tmp_path / "soup.eaten").write_text("fish")
    killed = passing("soup", "fish soup", "more", marks=tmp_path)
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "soup\n")
    assert passing("fish soup", marks=tmp_path).stdout == "fish soup\n"
