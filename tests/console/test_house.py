"""Rules of the console's own house: outside text reaches widgets only as painted lines."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.architecture

CONSOLE = Path(__file__).parents[2] / "console"
SOURCES = sorted(CONSOLE.rglob("*.py"))
# Widgets that read markup in what they are given.
MARKUP = ("Static", "Label", "Button", "OptionList", "Option", "Select", "DataTable", "Tree",
          "Checkbox", "Markdown", "RichLog", "Log", "Collapsible", "TabPane")  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(CONSOLE)))
def test_no_widget_that_reads_markup_is_used(path: Path) -> None:
    tree = ast.parse(path.read_text())
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & set(MARKUP)


@pytest.mark.parametrize(
    "pattern",
    [r"\.notify\(", r"border_title\s*=", r"border_subtitle\s*=", r"\.tooltip\s*=", r"from_markup"],
)
def test_no_door_for_markup_is_open(pattern: str) -> None:
    found = [path.name for path in SOURCES if re.search(pattern, path.read_text())]
    assert found == []


def test_thinking_parts_do_not_know_the_screen() -> None:
    pure = [CONSOLE / name for name in ("view.py", "answering.py", "canned.py", "keys.py")]
    pure += sorted((CONSOLE / "paint").glob("*.py"))
    knowing = [
        path.name for path in pure if re.search(r"^(from|import) textual", path.read_text(), re.M)
    ]
    assert knowing == []
