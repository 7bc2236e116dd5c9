"""How long the desk takes to be ready, and the console to show a thousand that wait."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence

from bench.kit import empty_app, filling, process
from bench.kit.figure import Figure, Reach, alternating, median
from bench.kit.filling import ADMIN, Past
from bench.kit.program import PYTHON, ROOT, free_port, plain_nats, running, seconds
from bench.kit.real_desk import bus_and_router, configured, data_folder
from tests.servers.pty_console import PtyConsole
from wire.data_folder import DataFolder

RUNS = 5
PAST = Past(conversations=4_000, waiting=1_000, held=1_000)
# A desk with both channels, as somebody has it who follows the README.
CONFIG = """
[desk.teams]
support = {{ name = "Support" }}

[adapters.support]
kind = "email"
address = "support@desk.example"
smtp_listen = "127.0.0.1:{mail}"
deliver_to = "{root}/mailbox"
token_secret = {{ file = "{root}/secret" }}

[adapters.site]
kind = "webchat"
listen = "127.0.0.1:{chat}"
secret = {{ file = "{root}/secret" }}
"""
# Conversations in the list at that height; a row of each has its customer's name.
LISTED = 12
ENGLISH = {"LC_ALL": "C.UTF-8"}


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        yield await _ready(folder)
        yield await _first_paint(folder)


# --- the desk ----------------------------------------------------------------------------------


async def _ready(folder: DataFolder) -> Figure:
    config = configured(folder, _config(folder))
    where = ("--data", str(folder.root), "--config", str(config))
    command = [PYTHON, "-m", "cordboard", "run", *where]

    async def run() -> float:
        began = time.perf_counter()
        async with running(
            [*command, "--config", str(config)], ready="ready in", env={"LANG": "C"}
        ):
            return time.perf_counter() - began

    await run()  # the first one makes keys and compiles
    ours, theirs = await alternating(RUNS, run, _bare_start)
    return Figure(
        name="start.run", value=median(ours), unit="s", yardstick=median(theirs),
        said=f"`cordboard run` with e-mail and web chat on a desk with {PAST.messages:,} messages, "
        "from the start of the process to the line that says ready.",
        beside="an empty Python program, then a bare nats-server until it greets.",
        reach=Reach(value=2.5),
    )  # fmt: skip


async def _bare_start() -> float:
    began = time.perf_counter()
    await seconds([PYTHON, "-c", "pass"])
    async with plain_nats():
        return time.perf_counter() - began


def _config(folder: DataFolder) -> str:
    (folder.root / "secret").write_text("s" * 64, "ascii")
    return CONFIG.format(root=folder.root, mail=free_port(), chat=free_port())


# --- the console -------------------------------------------------------------------------------


async def _first_paint(folder: DataFolder) -> Figure:
    console = [PYTHON, "-m", "console", "--data", str(folder.root), "--agent", ADMIN]
    empty = [PYTHON, "-m", empty_app.__name__]

    async def ours() -> float:
        return await asyncio.to_thread(_painted, console, _full)

    async def theirs() -> float:
        return await asyncio.to_thread(_painted, empty, lambda text: empty_app.WORD in text)

    async with bus_and_router(folder):
        await ours()  # the first one compiles
        mine, bare = await alternating(RUNS, ours, theirs)
    return Figure(
        name="start.console", value=median(mine), unit="s of CPU", yardstick=median(bare),
        said="processor time of the console's process until its first full picture at 160×48: "
        f"numbers, list and thread, with {PAST.held:,} conversations that wait for its agent and "
        f"{PAST.waiting:,} that wait in the queue.",
        beside="a Textual app with one word on it.", reach=Reach(value=1.2),
    )  # fmt: skip


def _painted(command: Sequence[str], there: Callable[[str], bool]) -> float:
    """Processor seconds of a program in a terminal until its picture is there."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "XDG_STATE_HOME": home, **ENGLISH}
        with PtyConsole(command, columns=160, rows=48, env=env, cwd=ROOT) as terminal:
            terminal.wait_until(lambda: there(terminal.text()), "first picture", timeout=60)
            return process.spent(terminal.pid)


def _full(picture: str) -> bool:
    """The numbers are told and the list is full, to its last row."""
    rows = picture.splitlines()
    listed = sum("Customer" in row[:44] for row in rows)
    return f"waiting {PAST.waiting}" in rows[0] and listed >= LISTED
