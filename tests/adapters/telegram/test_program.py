"""The bot as the process that the desk starts: killed, it loses nothing and repeats nothing."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.router_twin import RouterTwin
from tests.adapters.telegram.conftest import until
from tests.adapters.telegram.fake import TOKEN, Fake, message
from wire import nats_bus

pytestmark = pytest.mark.program


@pytest.fixture
def config(tmp_path: Path, telegram: Fake) -> Path:
    (tmp_path / "bot.token").write_text(TOKEN)
    file = tmp_path / "cordboard.toml"
    file.write_text(
        '[adapters.bot]\nkind = "telegram"\ntoken = { file = "bot.token" }\n'
        f'base_url = "{telegram.url}"\n'
    )
    return file


def start(config: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "adapters.sdk", "bot", "--config", str(config), *arguments]
    surroundings = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.Popen(
        command,
        cwd=config.parent,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def test_killed_between_commit_and_confirmation_each_message_is_kept_once(
    config: Path, telegram: Fake, bus_port: int
) -> None:
    url = f"nats://127.0.0.1:{bus_port}"
    bus = await nats_bus.connect(url)
    router = RouterTwin(bus)
    await router.open()
    process = start(config, "--bus", url, "--log", "debug")
    try:
        await until(lambda: telegram.asked("getUpdates"), 20)
        router.gate.clear()
        for number in range(6):
            await telegram.tell(message=message(number, 101 + number % 2, text=f"n{number}"))
        await until(lambda: router.asked >= 2, 20)
        process.kill()  # its questions are with the router, their answers reach nobody
        log, _ = await asyncio.to_thread(process.communicate)
        router.gate.set()
        assert len(telegram.updates) == 6
        process = start(config, "--bus", url)
        await until(lambda: not telegram.updates, 20)
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)
        assert process.stdout
        process.stdout.close()
        await router.close()
        await bus.close()
    assert sorted(router.texts) == [f"n{number}" for number in range(6)]
    assert router.asked > 6
    assert TOKEN.partition(":")[2] not in log


async def test_the_account_is_checked_on_the_command_line(config: Path) -> None:
    process = start(config, "--check")
    said, _ = await asyncio.to_thread(process.communicate)
    assert (process.returncode, said) == (0, "Telegram knows this bot as @kvit_bot\n")
    (config.parent / "bot.token").write_text(re.sub(".$", "x", TOKEN))
    process = start(config, "--check")
    said, _ = await asyncio.to_thread(process.communicate, None, 10)
    assert process.returncode != 0
    assert "Telegram refuses the token" in said
    assert TOKEN[5:20] not in said
