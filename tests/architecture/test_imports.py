"""Who may import whom, file by file; import-linter adds the indirect ways (pyproject.toml)."""

import ast

import pytest

from tests.architecture.source import PACKAGES, ROOT, files, imports, module, shown, tree, within

pytestmark = pytest.mark.architecture

CHANNELS = sorted(
    folder.name
    for folder in (ROOT / "adapters").iterdir()
    if folder.is_dir() and folder.name not in ("sdk", "__pycache__")
)

# Rooms without a world around them.
PURE = ("router/core", "wire/query")
# A room → what of ours it may import besides itself. The innermost room that a file is in counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "wire": (),
    # The query language is as pure as the thinking that asks by it.
    # What may stand in a name is said once, by a pure function.
    "router/core": ("wire.messages", "wire.query", "wire.text"),
    "wire/query": ("wire.messages", "wire.words"),
    "router": ("wire", "agent_notes", "router"),
    "adapters/sdk": ("wire",),
    **{f"adapters/{channel}": ("adapters.sdk",) for channel in CHANNELS},
    "agent_notes": ("wire",),
    "console": ("wire", "agent_notes"),
}

# With these the thinking would see a clock, chance, the disk, the network or another thread.
IMPURE = (
    *("aiohttp", "apsw", "asyncio", "concurrent", "ctypes", "fcntl", "glob", "io", "logging"),
    *("mmap", "multiprocessing", "nats", "os", "pathlib", "queue", "random", "sched", "secrets"),
    *("select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys"),
    *("tempfile", "threading", "time", "urllib", "uuid", "uvloop", "warnings"),
)
IMPURE_CALLS = ("open", "print", "input", "exec", "eval", "now", "today", "utcnow")


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_the_design_lets_it(room: str) -> None:
    allowed = (room.replace("/", "."), *MAY_IMPORT[room])
    inner = [other for other in MAY_IMPORT if other.startswith(f"{room}/")]
    strangers = [
        f"{shown(path)} imports {name}"
        for path in files(room)
        if not any(shown(path).startswith(f"{other}/") for other in inner)
        for name in sorted(imports(path))
        if any(within(name, ours) for ours in PACKAGES)
        and not any(within(name, friend) for friend in allowed)
    ]
    assert strangers == []


def test_only_one_file_knows_nats() -> None:
    knowing = {
        shown(path)
        for package in PACKAGES
        for path in files(package)
        if any(within(name, "nats") for name in imports(path))
    }
    assert knowing == {"wire/nats_bus.py"}


def test_nobody_imports_the_front_door() -> None:
    guests = [
        f"{shown(path)} imports {name}"
        for package in PACKAGES
        if package != "cordboard"
        for path in files(package)
        for name in sorted(imports(path))
        if within(name, "cordboard")
    ]
    assert guests == []


def test_the_customers_of_the_demo_do_not_know_the_router() -> None:
    demo = ROOT / "cordboard/demo"
    customers = [path for path in files("cordboard/demo") if "customers" in module(path).split(".")]
    assert customers, f"no customers in {shown(demo)}"
    assert not [
        shown(path) for path in customers if any(within(name, "router") for name in imports(path))
    ]


def test_the_thinking_imports_nothing_impure() -> None:
    impure = [
        f"{shown(path)} imports {name}"
        for room in PURE
        for path in files(room)
        for name in sorted(imports(path))
        if any(within(name, module) for module in IMPURE)
    ]
    assert impure == []


def test_the_thinking_calls_no_clock_and_no_file() -> None:
    impure = [
        f"{shown(path)}:{node.lineno} calls {called(node)}"
        for room in PURE
        for path in files(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) in IMPURE_CALLS
    ]
    assert impure == []


def called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_packages_are_only_folders() -> None:
    """But for the SDK, which is one import for the author of a channel."""
    furnished = [
        shown(path)
        for package in PACKAGES
        for path in files(package)
        if path.name == "__init__.py"
        and path.read_text(encoding="utf-8").strip()
        and shown(path) != "adapters/sdk/__init__.py"
    ]
    assert furnished == []
