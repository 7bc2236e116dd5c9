"""A console in a terminal with the twin of a desk inside: `python -m tests.console.twin_console`.

Arguments: the folder for drafts, the scene ("olga", "busy", "hostile" or a number of customers),
and the console's look.
"""

import asyncio
import logging
import sys
from pathlib import Path

import msgspec

from console import calls, link
from console.app import Console
from console.entry import keep_quiet
from console.strips import Look
from console.words import catalogue
from tests.console.desk import TwinDesk
from tests.console.hostile import ALL, hostile
from tests.console.scene import scene
from wire.memory_bus import MemoryBus
from wire.messages import news
from wire.messages.base import say


def main(folder: str, what: str, *options: str) -> None:
    desk = TwinDesk()
    if what == "olga":
        scene(desk)
    elif what == "busy":
        chat = scene(desk)
        desk.rows[chat.id] = msgspec.structs.replace(chat, related=112)
        crowd(desk, 20)
        desk.conversation("Past Customer", status="resolved")
    elif what == "hostile":
        hostile(desk)
        if "as it comes" in options:
            # Without the cleaning at the edge: the last filter stands alone.
            for module in (calls, link):
                setattr(module, "harmless", lambda value: value)  # noqa: B010  it is no export
    else:
        crowd(desk, int(what))
    keep_quiet(Path(folder) / "log")
    # What was done, bare: tests wait for it.
    done = logging.FileHandler(Path(folder) / "done")
    logging.getLogger("cordboard.console").addHandler(done)
    language = next((o.removeprefix("language=") for o in options if "language=" in o), "en")
    catalogue.use(language)

    async def connect() -> MemoryBus:
        if not getattr(desk, "opened", False):
            desk.opened = True  # type: ignore[attr-defined]
            await desk.open()
            if what == "hostile":
                asyncio.get_running_loop().call_later(1.0, notices_come, desk)
            if "work" in options:
                asyncio.get_running_loop().call_later(1.0, work_comes, desk)
        return await desk.connect()

    look = Look("ansi" if "ansi" in options else "dark", "ascii" in options)
    app = Console(
        connect,
        "ana",
        folder=Path(folder),
        look=look,
        now=lambda: desk.now,
        steady=lambda: desk.now,
    )
    app.run()


def notices_come(desk: TwinDesk) -> None:
    """A sentence with a customer's words in it, for the line of notices.

    Not an urgent one: for that the console rings, and here every bell is a customer's.
    """
    notice = news.Notice(said=say("Not delivered: {reason}", reason=ALL))
    desk.work = asyncio.ensure_future(desk.tell(notice))  # type: ignore[attr-defined]


def work_comes(desk: TwinDesk) -> None:
    row = desk.conversation("Late Comer")
    desk.work = asyncio.ensure_future(desk.writes(row, "Hello?"))  # type: ignore[attr-defined]


def crowd(desk: TwinDesk, count: int) -> None:
    for number in range(count):
        row = desk.conversation(
            f"Customer {number}", due=desk.now + 60 + number, unanswered=1,
            last_text=f"Hello, this is question number {number} of today", last_by="customer",
        )  # fmt: skip
        desk.message(row, f"Hello, this is question number {number} of today")


if __name__ == "__main__":
    main(*sys.argv[1:])
