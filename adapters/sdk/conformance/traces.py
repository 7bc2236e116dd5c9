"""What a piece of work leaves behind in this process: tasks, open files and sockets, children."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Traces:
    tasks: frozenset["asyncio.Task[object]"]
    # Open descriptors by what they are, such as "3 → socket:[4711]".
    open_: frozenset[str]
    children: frozenset[str]

    @classmethod
    def now(cls) -> Self:
        return cls(frozenset(asyncio.all_tasks()), frozenset(_open()), frozenset(_children()))

    @classmethod
    async def are_gone(cls, before: "Traces") -> None:
        """Return once nothing is left that was not there before: a moment is allowed."""
        left = ["?"]
        try:
            async with asyncio.timeout(SECONDS):
                while left := cls.now()._beyond(before):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"it leaves behind: {', '.join(left)}") from None

    def _beyond(self, before: "Traces") -> list[str]:
        tasks = [task.get_name() for task in self.tasks - before.tasks if not task.done()]
        return [
            *(f"task {name}" for name in tasks),
            *(f"descriptor {each}" for each in self.open_ - before.open_),
            *(f"process {each}" for each in self.children - before.children),
        ]


def _open() -> list[str]:
    found = []
    for path in Path("/proc/self/fd").iterdir():
        try:
            found.append(f"{path.name} → {os.readlink(path)}")  # noqa: PTH115  a socket has no path
        except OSError:
            continue  # it was the one that lists
    return found


def _children() -> list[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [child for task in tasks for child in task.read_text().split()]
