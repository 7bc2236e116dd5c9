"""What was before the desk comes in: whole, once, and a bad line takes nothing with it."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from router.importing.command import Outcome, import_lines
from router.policy import Policy
from router.store.store import InlineStore, SqliteStore
from tests.router.desk import running
from tests.router.doors.office import Office, opened
from wire.messages.verbs import Contact, Queue, Timeline

pytestmark = pytest.mark.contract

OLGA: dict[str, Any] = {
    "name": "Olga",
    "language": "uk",
    "note": "Pays by card",
    "identities": [
        {"kind": "email", "address": "olga@kvit.example", "verified": True, "evidence": "dmarc"},
        {"kind": "webchat", "address": "v1"},
    ],
    "conversations": [
        {"kind": "email", "account": "support", "remote": "olga@kvit.example", "subject": "Order 7",
         "opened": 100.0, "status": "waiting", "tags": ["refund"], "messages": [
             {"by": "customer", "at": 100.0, "text": "Where is it?"},
             {"by": "comment", "at": 300.0, "agent": "bo", "text": "I asked"}]},
        {"kind": "webchat", "account": "site", "remote": "v1", "opened": 150.0,
         "status": "resolved", "messages": [
             {"by": "customer", "at": 150.0, "text": "Hi"},
             {"by": "agent", "at": 200.0, "agent": "bo", "text": "Hello"}]},
    ],
}  # fmt: skip


def _lines(*contacts: Any) -> list[bytes]:
    return [json.dumps(contact).encode() + b"\n" for contact in contacts]


async def _import(office: Office, *contacts: Any) -> Outcome:
    return await import_lines(_lines(*contacts), office.desk.store, Policy(), 1_000.0)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """A desk that starts after the import, as the demo's does."""
    store = InlineStore()
    outcome = await import_lines(_lines(OLGA), store, Policy(), 1_000.0)
    assert (outcome.contacts, outcome.messages, outcome.faults) == (1, 4, [])
    async with running(store, store.epoch) as desk, opened(desk) as made:
        await desk.agent("ana")
        yield made


async def test_a_past_is_a_thread_in_the_order_of_time(office: Office) -> None:
    thread = await office.ask("ana", Timeline(contact=1))
    assert [message.text for message in thread.messages[:4]] == [
        "Where is it?", "Hi", "Hello", "I asked"]  # fmt: skip
    assert [message.state for message in thread.messages[:4]] == ["", "", "sent", ""]
    card = await office.ask("ana", Contact(contact=1))
    assert (card.note.text, card.identities[0].evidence) == ("Pays by card", "dmarc")


async def test_what_waited_waits_here_with_its_clock(office: Office) -> None:
    page = await office.ask("ana", Queue(view="mine"))
    row = page.rows[0]
    assert (row.owner, row.unanswered, row.due) == ("ana", 1, 100.0 + 86_400.0)
    assert row.tags == ("refund",)


async def test_a_chat_goes_on_after_its_past(office: Office) -> None:
    taken = await office.desk.chat("c9", "Me again")
    assert (taken.conversation, taken.seq) == (2, 3)


async def test_the_same_again_changes_nothing(office: Office) -> None:
    outcome = await _import(office, OLGA)
    assert (outcome.contacts, outcome.known) == (0, 1)
    assert await office.desk.one("SELECT count(*) FROM contacts") == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "Nobody"},
        OLGA | {"identities": []},
        OLGA | {"conversations": [{"kind": "e.mail", "account": "a", "opened": 1,
                                   "status": "resolved", "messages": []}]},
        OLGA | {"conversations": [{"kind": "email", "account": "a", "opened": 1,
                                   "status": "assigned", "messages": []}]},
        ["no", "contact"],
    ],
)  # fmt: skip
async def test_a_bad_line_is_named_and_the_rest_stands(office: Office, fault: Any) -> None:
    jan = OLGA | {"name": "Jan", "identities": [{"kind": "email", "address": "jan@b.example"}]}
    outcome = await _import(office, fault, jan)
    assert [line for line, _ in outcome.faults] == [1]
    assert outcome.contacts == 1


def test_the_command_refuses_while_a_router_runs(tmp_path: Path) -> None:
    file = tmp_path / "past.jsonl"
    file.write_bytes(b"".join(_lines(OLGA)) + b"{broken\n")
    command = [
        sys.executable,
        "-m",
        "router.importing",
        str(file),
        "--data",
        str(tmp_path / "desk"),
    ]
    first = subprocess.run(command, capture_output=True, text=True)
    assert first.returncode == 1
    assert f"{file}:2: it cannot be read" in first.stderr
    assert "1 contacts with 4 messages" in first.stdout
    store = SqliteStore.open(tmp_path / "desk", now=1.0)
    try:
        second = subprocess.run(command, capture_output=True, text=True)
    finally:
        store._lock.close()
    assert second.returncode == 4
    assert "in use by pid" in second.stderr
