"""Our own source as the architecture tests look at it: files, module names, what they import."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("wire", "router", "adapters", "console", "agent_notes", "cordboard")


def files(folder: str) -> Iterator[Path]:
    """Every Python file below a folder of the repository."""
    return iter(sorted((ROOT / folder).rglob("*.py")))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """`router/core/desk.py` → `router.core.desk`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> set[str]:
    """Every module named in an import anywhere in the file, written out in full."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{source(path, node)}.{alias.name}" for alias in node.names}
    return found


def source(path: Path, node: ast.ImportFrom) -> str:
    """What stands after `from`, with the dots resolved."""
    if not node.level:
        return node.module or ""
    package = module(path).split(".")
    above = package if path.name == "__init__.py" else package[:-1]
    above = above[: len(above) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
