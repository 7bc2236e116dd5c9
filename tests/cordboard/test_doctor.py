"""The doctor on a desk: what it tries, what it says to do, and how it ends."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from adapters.webchat.adapter import Webchat
from cordboard.doctoring import accounts, backlog, desk, environment
from cordboard.doctoring.finding import Finding, Machine
from router.store.store import open_database
from tests.cordboard.conftest import Typed
from tests.cordboard.test_run import Running
from tests.router.store.released.opening import unpack
from wire.data_folder import DataFolder
from wire.messages.base import say
from wire.messages.rulebook import Problem
from wire.messages.verbs import Backlog

pytestmark = pytest.mark.program

QUIET = Backlog(
    outbox={}, outbox_since=None, waiting=0, waiting_since=None, quarantined=0, paused=None
)


def said(findings: Iterator[Finding]) -> list[tuple[str, str]]:
    return [(finding.verdict, str(finding.said)) for finding in findings]


@pytest.fixture
def running(tmp_path: Path, config: Path, surroundings: dict[str, str]) -> Iterator[Running]:
    made = Running(DataFolder(tmp_path / "desk"), surroundings, tmp_path)
    yield made
    if made.process.poll() is None:
        made.end()


def test_a_desk_that_runs_is_asked_and_its_account_tried(running: Running, typed: Typed) -> None:
    running.until("^ready in")
    done = typed("doctor", "--data", str(running.folder.root))
    assert done.returncode == 0, done.stdout + done.stderr
    for sentence in (
        "ok    The bus is the desk's own, and the router answers on it (epoch 1).",
        "ok    The database takes a write in ",
        "ok    webchat.shop: works.",
    ):
        assert sentence in done.stdout
    # Another server with our bus's port is none of ours.
    running.folder.nats_name.write_text("cordboard-other\n")
    done = typed("doctor", "--json", "--data", str(running.folder.root))
    assert done.returncode == 1
    (fault,) = [row for row in json.loads(done.stdout) if row["verdict"] == "fail"]
    assert "another server answers there" in fault["said"]["args"]["error"]
    assert fault["do"] is not None


def test_a_desk_at_rest_is_tried_by_a_real_write(tmp_path: Path) -> None:
    machine = Machine(unpack("schema_2", tmp_path / "desk"), tmp_path / "cordboard.toml")
    path = machine.data / "desk.db"
    # Of an earlier release: nothing is done to it.
    assert [verdict for verdict, _ in said(desk.desk(machine))] == ["warn"]
    assert apsw.Connection(str(path)).pragma("user_version") == 2
    open_database(str(path)).close()
    verdict, sentence = said(desk.desk(machine))[0]
    assert (verdict, sentence) == ("ok", "The database takes a write. No router runs.")
    path.write_bytes(b"this is no database " * 1_000)
    assert [verdict for verdict, _ in said(desk.desk(machine))] == ["fail"]


def test_a_newer_database_is_not_for_this_release(tmp_path: Path) -> None:
    machine = Machine(unpack("schema_2", tmp_path / "desk"), tmp_path / "cordboard.toml")
    connection = apsw.Connection(str(machine.data / "desk.db"))
    connection.pragma("user_version", 9_999)
    connection.close()
    ((verdict, sentence),) = said(desk.desk(machine))
    assert verdict == "fail"
    assert "newer release" in sentence


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"outbox": {"ambiguous": 2}, "outbox_since": 990.0}, "warn", "2 messages"),
        ({"outbox": {"ready": 1}, "outbox_since": 100.0}, "warn", "is 15 minutes old"),
        ({"quarantined": 3}, "warn", "3 items could not be read"),
        ({"paused": 900.0}, "warn", "Nothing is sent"),
        ({"waiting": 4, "waiting_since": -9_000.0}, "warn", "4 conversations wait"),
        ({"newest": 2_000.0}, "fail", "lies in the future"),
    ],
)
def test_what_does_not_get_further_by_itself_is_said(
    changes: dict[str, Any], verdict: str, words: str
) -> None:
    ((found, sentence),) = said(backlog.waiting(msgspec.structs.replace(QUIET, **changes), 1_000.0))
    assert found == verdict
    assert words in sentence
    assert said(backlog.waiting(QUIET, 1_000.0)) == []


def test_an_account_that_does_not_answer_is_given_up_in_time(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Webchat) -> str:
        await asyncio.sleep(60)
        return ""

    monkeypatch.setattr(Webchat, "check", never)
    monkeypatch.setattr(accounts, "WITHIN", 0.05)
    ((verdict, sentence),) = said(accounts.accounts(Machine(tmp_path, config)))
    assert verdict == "fail"
    assert sentence == "shop: no answer within 0 s"


def test_a_taken_port_is_told_from_our_own_gateway(config: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        config.write_text(config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        ((verdict, sentence),) = said(accounts.accounts(Machine(tmp_path, config)))
    assert verdict == "fail"
    assert "cannot listen on" in sentence


@pytest.mark.parametrize(("state", "verdict"), [(0, "ok"), (5, "warn")])
def test_a_clock_that_nobody_keeps_right_is_said(
    state: int, verdict: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "kernel_clock", lambda: state)
    ((found, _sentence),) = said(environment.clock(Machine(tmp_path, tmp_path)))
    assert found == verdict


def test_what_nobody_could_ever_take_is_a_warning() -> None:
    problems = [Problem(team="support", said=say("x"), waiting=3, conversation=7)]
    ((found, sentence),) = said(backlog.impossible(problems))
    assert (found, sentence) == ("warn", "3 conversations ask for what nobody has, #7 first.")
    assert said(backlog.impossible([])) == []
