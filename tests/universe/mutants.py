"""What happens when a promise is broken on purpose: universes must notice each of these.

`python -m tests.universe.mutants NAME` lives universes with one of them until a fault is found.
"""

import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import adapters.sdk.inbox
import console.link
import router.core.need
import router.store.store
from router.store.sql import statements
from tests.universe.universe import Plan, live
from wire.bus import BusError
from wire.messages.channel import Accepted

STORMY = Plan(
    seconds=600, writes_every=60, router_dies=60, router_stops=120, adapter_dies=90,
    console_dies=150, weather=40, disk_full=200, wall_jumps=0, ends_at_fault=True,
)  # fmt: skip
TRIES = 8

Breaking = Callable[[ExitStack], None]


def _instead(place: Any, name: str, other: Any) -> Breaking:
    def breaking(stack: ExitStack) -> None:
        stack.enter_context(patch.object(place, name, other))

    return breaking


def _silent(*values: Any, **named: Any) -> None:
    return None


async def _silently(*values: Any, **named: Any) -> None:
    return None


def _statements(**changed: tuple[str, str]) -> Breaking:
    """Named statements with a part of them put otherwise."""

    def breaking(stack: ExitStack) -> None:
        broken = {}
        for name, (part, other) in changed.items():
            assert part in statements()[name], f"{name} has no {part!r} any more"
            broken[name] = statements()[name].replace(part, other, 1)
        stack.enter_context(patch.dict(statements(), broken))

    return breaking


def _hasty(stack: ExitStack) -> None:
    """A letter counts as taken although nobody answered."""
    asked = adapters.sdk.inbox.BusInbox._answer

    async def answer(self: Any, subject: str, payload: bytes, answers: Any) -> object:
        found = await asked(self, subject, payload, answers)
        lost = isinstance(found, BusError) and subject.startswith("intake")
        return Accepted() if lost else found

    stack.enter_context(patch.object(adapters.sdk.inbox.BusInbox, "_answer", answer))


class _NoOrder:
    def __init__(self, *values: Any) -> None: ...

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *values: Any) -> None: ...


# A broken promise → how it is broken.
MUTANTS: dict[str, Breaking] = {
    "a repeat is not known again": _statements(seen_event=("WHERE", "WHERE 0 AND")),
    "the lease is not looked at": _instead(router.store.store, "_check_lease", _silent),
    "a command's answer is not kept": _statements(
        answer_of=("WHERE", "WHERE 0 AND"), keep_answer=("INSERT", "INSERT OR IGNORE")
    ),
    "nobody asks for capacity": _instead(router.core.need, "has_room", lambda *values: True),
    "a letter is taken before it is safe": _hasty,
    "what a dead router was sending is forgotten": _statements(stranded=("WHERE", "WHERE 0 AND")),
    "messages of one conversation do not wait": _statements(
        sendable=("AND NOT EXISTS", "AND 1 OR EXISTS"), held_up=("WHERE", "WHERE 0 AND")
    ),
    "one customer's letters overtake each other": _instead(
        adapters.sdk.inbox.BusInbox, "_in_order", _NoOrder
    ),
    "a gap in the news is not filled": _instead(console.link.Link, "_fill", _silently),
    "a load is not written down": _statements(save_agent_load=("WHERE", "WHERE 0 AND")),
}


def found(name: str) -> str:
    """The first fault that a universe finds while this promise is broken, "" for none."""
    logging.disable(logging.CRITICAL)
    with ExitStack() as stack:
        MUTANTS[name](stack)
        for seed in range(1, TRIES + 1):
            report = live(seed, STORMY)
            if report.faults:
                return report.faults[0]
    return ""


def main(names: list[str]) -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":
        words = [sys.executable, "-m", "tests.universe.mutants", *names]
        os.execve(sys.executable, words, {**os.environ, "PYTHONHASHSEED": "0"})
    wanted = names or list(MUTANTS)
    with ProcessPoolExecutor() as pool:
        faults = dict(zip(wanted, pool.map(found, wanted), strict=True))
    for name, fault in faults.items():
        print(f"{name}: {fault or 'NOT FOUND'}", flush=True)
    return sum(not fault for fault in faults.values())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
