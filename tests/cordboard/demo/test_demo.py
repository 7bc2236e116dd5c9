"""The whole demo without a terminal: customers, doors, router, colleagues, answers, a reckoning."""

import json
import mailbox
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cordboard.demo.customers import ledger
from cordboard.demo.customers.ledger import Sent, Taken

pytestmark = pytest.mark.journey


def demo(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    options = ["--headless", "--json", "--data", str(folder / "demo"), *more]
    return subprocess.run(
        [sys.executable, "-m", "cordboard", "demo", *options],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_nothing_is_lost_nothing_is_shown_twice_and_customers_have_answers(tmp_path: Path) -> None:
    done = demo(tmp_path, "--seconds", "6", "--speed", "20", "--rate", "300")
    assert done.returncode == 0, done.stderr + done.stdout
    report: dict[str, Any] = json.loads(done.stdout)
    assert (report["lost"], report["shown_twice"], report["under_way"]) == (0, 0, 0)
    accepted = [each for each in ledger.read(Path(report["ledger"])) if isinstance(each, Taken)]
    assert report["in"] == len(accepted) >= 15
    assert report["in"] >= report["routed"] >= report["answered"] > 0
    assert report["sent"] >= report["delivered"] > 0
    mails = mailbox.Maildir(report["mailbox"])
    assert {mail["From"].partition("@")[2] for mail in mails} == {"kvit.example>"}
    assert set(report["waits"]) <= {"email", "webchat", "telegram"}
    wrote = [each for each in ledger.read(Path(report["ledger"])) if isinstance(each, Sent)]
    assert {each.channel for each in wrote} == {"email", "webchat", "telegram"}


def test_without_a_terminal_the_console_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cordboard", "demo", "--data", str(tmp_path / "demo")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--headless" in done.stderr
    assert "Traceback" not in done.stderr
