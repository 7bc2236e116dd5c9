"""Imports what was before this desk: one contact a line, as `router/importing/past.py` says.

Takes the desk for itself and refuses while a router runs. The same file again changes nothing.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from router.importing import past
from router.importing.contact import ImportContact, Imported
from router.policy import Policy, policy
from router.store.store import CannotWrite, Locked, SqliteStore, Store
from wire import settings
from wire.config import BadConfig
from wire.data_folder import DataFolder
from wire.messages.base import Said, say

# Contacts of one transaction.
BATCH = 1_000


@dataclass
class Outcome:
    contacts: int = 0
    messages: int = 0
    known: int = 0
    # (line, why) of each that did not come in.
    faults: list[tuple[int, str]] = field(default_factory=list)


async def import_lines(lines: Iterable[bytes], store: Store, rules: Policy, now: float) -> Outcome:
    """Every good line, whatever the others are. Raises CannotWrite."""
    outcome = Outcome()
    batch: list[tuple[int, ImportContact]] = []
    for number, contact in _contacts(lines, outcome):
        batch.append((number, ImportContact(contact, rules)))
        if len(batch) == BATCH:
            await _commit(batch, store, now, outcome)
            batch = []
    await _commit(batch, store, now, outcome)
    return outcome


def _contacts(lines: Iterable[bytes], outcome: Outcome) -> Iterator[tuple[int, past.Contact]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        contact = past.read(line)
        if isinstance(contact, Said):
            outcome.faults.append((number, str(contact)))
        else:
            yield number, contact


async def _commit(
    batch: list[tuple[int, ImportContact]], store: Store, now: float, outcome: Outcome
) -> None:
    if not batch:
        return
    results = await store.apply([item for _, item in batch], now)
    for (number, _), result in zip(batch, results, strict=True):
        if isinstance(result, Imported):
            outcome.contacts += result.contacts
            outcome.messages += result.messages
            outcome.known += not result.contacts
        else:
            outcome.faults.append((number, str(result)))


# --- the command -------------------------------------------------------------------------------

FAULTY, NO_FILE, NO_STORE = 1, 2, 4


def main(arguments: Sequence[str]) -> int:
    """The exit status: 1 when lines were left out, 2 for a bad file, 4 for no desk."""
    options = _options(arguments)
    try:
        rules = policy(settings.load(options.config)) if options.config else Policy()
        folder = DataFolder(options.data)
        folder.make()
        with options.file.open("rb") as file:
            outcome = asyncio.run(_import(file, folder, rules))
    except (BadConfig, OSError) as error:
        return _ended(str(error), NO_FILE)
    except (Locked, CannotWrite) as error:
        return _ended(str(error), NO_STORE)
    for number, why in outcome.faults:
        print(f"{options.file}:{number}: {why}", file=sys.stderr)  # noqa: T201
    print(_summary(outcome))  # noqa: T201  this is the answer to who started it
    return FAULTY if outcome.faults else 0


async def _import(file: IO[bytes], folder: DataFolder, rules: Policy) -> Outcome:
    now = time.time()
    store = SqliteStore.open(folder.root, now=now)
    try:
        return await import_lines(file, store, rules, now)
    finally:
        await store.close()


def _summary(outcome: Outcome) -> Said:
    return say(
        "{contacts} contacts with {messages} messages came in, {known} were known, "
        "{faults} lines were left out",
        contacts=outcome.contacts, messages=outcome.messages, known=outcome.known,
        faults=len(outcome.faults),
    )  # fmt: skip


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m router import", description=__doc__)
    parser.add_argument("file", type=Path, help="JSON lines, one contact a line")
    parser.add_argument("--data", type=Path, required=True, help="the desk's data folder")
    parser.add_argument("--config", type=Path, help="cordboard.toml, for its reply targets")
    return parser.parse_args(arguments)


def _ended(why: str, status: int) -> int:
    print(why, file=sys.stderr)  # noqa: T201  this is the answer to who started it
    return status
