"""Every place in the code at which a process can be made to end, found in the source. Pure.

A point is a mark (`passing("store.committed")`) and, where one mark stands for several things, the
passage that is meant (`answer.publishing` of an intake, of a command, of a send).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("wire", "router", "adapters")

# Marks that several processes pass, or one process in several matters.
PASSAGES = {
    "answer.publishing": ("intake.", "rpc.ana.reply", "blob.put.", "send.email.", "send.webchat."),
    "answer.published": ("intake.", "rpc.ana.reply", "blob.put.", "send.email.", "send.telegram."),
    "command.deciding": ("reply",),
    "command.decided": ("reply",),
    "command.committed": ("reply",),
    "news.telling": ("news.agent.",),
    "news.told": ("news.agent.",),
    "cursor.moving": ("email",),
    "inbox.asking": ("intake.email.", "intake.webchat.", "intake.telegram."),
    "inbox.answered": ("intake.email.", "intake.webchat.", "intake.telegram."),
    "channel.sending": ("email", "webchat", "telegram"),
    "channel.sent": ("email", "webchat", "telegram"),
    "send.asking": ("email", "telegram"),
    "send.answered": ("email", "telegram"),
}
# Passed while a router starts, not in its daily work.
AT_START = ("lease.", "send.adopt")
# Passed when files are made, kept and brought back; tests of their own do that.
IN_NO_DAY = ("schema.", "copy.", "backup.", "restore.")
# Passed when people come and go.
WHEN_HIRING = ("file.", "bus.")
# Which process passes it: the first that fits, by mark and passage.
OWNERS = (
    ("answer.", "send.email.", "support"), ("answer.", "send.webchat.", "chat"),
    ("answer.", "send.telegram.", "bot"), ("inbox.", "intake.email.", "support"),
    ("inbox.", "intake.webchat.", "chat"), ("inbox.", "intake.telegram.", "bot"),
    ("channel.", "email", "support"), ("channel.", "webchat", "chat"),
    ("channel.", "telegram", "bot"), ("smtp.", "", "support"), ("imap.", "", "support"),
    ("mail.", "", "support"), ("telegram.", "", "bot"), ("chat.", "", "chat"), ("", "", "router"),
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    mark: str
    passage: str = ""

    @property
    def owner(self) -> str:
        """The part of the desk that passes here."""
        return next(
            part for mark, passage, part in OWNERS
            if self.mark.startswith(mark) and self.passage.startswith(passage)
        )  # fmt: skip

    def is_one_of(self, marks: tuple[str, ...]) -> bool:
        return self.mark.startswith(marks)

    def __str__(self) -> str:
        return f"{self.mark} {self.passage}".rstrip()


def marks() -> dict[str, str]:
    """Mark → `router/blobs.py:131`. Raises ValueError for one that stands twice."""
    found: dict[str, str] = {}
    for path, call in _calls():
        place = f"{path.relative_to(ROOT)}:{call.lineno}"
        name = call.args[0]
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            raise ValueError(f"{place}: a mark is named by a word that stands there")  # noqa: TRY004
        if name.value in found:
            raise ValueError(f"{place}: {name.value} stands in {found[name.value]} as well")
        found[name.value] = place
    return found


def points() -> list[Point]:
    """All of them, in the order of their names."""
    return [
        Point(mark, passage) for mark in sorted(marks()) for passage in PASSAGES.get(mark, ("",))
    ]


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for program in PROGRAMS:
        for path in sorted((ROOT / program).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _is_mark(node.func):
                    yield path, node


def _is_mark(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "passing"
