"""`cordboard adapter test ACCOUNT`: the real service is tried, and nothing is taken from it."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.adapters.telegram.fake import TOKEN
from tests.servers.ports import free_ports, wait_for_port

pytestmark = pytest.mark.program

ANNA = {"id": 101, "is_bot": False, "first_name": "Anna"}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Telegram as the demo runs it."""
    (port,) = free_ports(1)
    (tmp_path / "served.token").write_text(TOKEN)
    module = "cordboard.demo.customers.telegram_server"
    file = str(tmp_path / "served.token")
    server = subprocess.Popen(
        [sys.executable, "-m", module, "--port", str(port), "--token-file", file]
    )
    wait_for_port(port, seconds=30)
    yield port
    server.terminate()
    server.wait(20)


def adapter(folder: Path, port: int, *words: str) -> "subprocess.CompletedProcess[str]":
    desk = folder / "desk"
    desk.mkdir(exist_ok=True)
    (desk / "cordboard.toml").write_text(
        '[adapters.bot]\nkind = "telegram"\ntoken = { file = "../bot.token" }\n'
        f'base_url = "http://127.0.0.1:{port}"\npoll_seconds = 1\n'
    )
    return subprocess.run(
        [sys.executable, "-m", "cordboard", "adapter", *words, "--data", str(desk)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
    )


async def write(port: int, text: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"http://127.0.0.1:{port}/customers") as socket,
    ):
        await socket.send_json({"write": "1", "user": ANNA, "text": text})


def waiting(port: int) -> list[dict[str, Any]]:
    """What the bot has not confirmed."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/bot{TOKEN}/getUpdates",
        data=b"{}",
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())["result"]
    return found


def test_an_account_that_works_is_told_so_and_keeps_what_came(tmp_path: Path, port: int) -> None:
    (tmp_path / "bot.token").write_text(TOKEN)
    asyncio.run(write(port, "hello"))
    tried = adapter(tmp_path, port, "test", "bot", "--json")
    assert tried.returncode == 0, tried.stderr
    assert [(each["case"], each["well"]) for each in json.loads(tried.stdout)] == [
        ("credentials", True),
        ("starts and stops", True),
    ]
    assert "@kvit_bot" in tried.stdout
    assert [each["message"]["text"] for each in waiting(port)] == ["hello"]


def test_one_that_does_not_is_told_why(tmp_path: Path, port: int) -> None:
    (tmp_path / "bot.token").write_text(TOKEN[:-2] + "xx")
    tried = adapter(tmp_path, port, "test", "bot")
    assert tried.returncode == 1
    lines = [line for line in tried.stdout.splitlines() if line.startswith("BAD")]
    assert [line.split("  ")[-1].strip() for line in lines] == ["Telegram refuses the token"] * 2
    assert TOKEN[5:20] not in tried.stdout + tried.stderr


@pytest.mark.parametrize("words", [("nobody",), ("run", "nobody")])
def test_an_accounts_name_alone_runs_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "bot.token").write_text(TOKEN)
    tried = adapter(tmp_path, 1, *words)
    assert tried.returncode == 2
    assert "adapters.nobody: there is no such account." in tried.stderr


def test_what_is_neither_account_nor_channel_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.token").write_text(TOKEN)
    tried = adapter(tmp_path, 1, "test", "nothing")
    assert tried.returncode == 2
    assert "nothing is neither an account" in tried.stderr
