"""An account that is given up is seen by everybody who looks at the desk."""

import asyncio
import sys
from pathlib import Path

import pytest

from cordboard.running import part as parts
from cordboard.running.given_up import speak_for
from cordboard.running.log_file import LogFile
from cordboard.running.part import Part
from router.nats import served
from tests.router.operating.switchboard import switchboard
from wire.messages.channel import Health
from wire.messages.verbs import DeskStatus, Status

pytestmark = pytest.mark.program

HOPELESS = "import sys; sys.exit('cordboard.toml: adapters.support.token: is missing')"


async def test_an_account_that_is_given_up_says_why_in_the_status_of_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "FIRST_PAUSE", 0.001)
    log = LogFile(tmp_path / "adapter.log")
    part = Part("adapter support", [sys.executable, "-c", HOPELESS], log, tell=lambda said: None)
    async with switchboard(tmp_path) as board:
        at = served.kept(board.folder)
        assert at is not None
        url = f"nats://127.0.0.1:{at.port}"
        speaking = asyncio.create_task(
            speak_for(part, "email", "support", board.folder, url, at.name, "")
        )
        await part.keep_running()

        async def told() -> Health | None:
            status: DeskStatus = await board.admin.call(Status())
            return status.health.get("email.support")

        health = await board.until(told, "word of it")
        assert health.state == "paused"
        assert health.said == (
            "its program ended 5 times at once: cordboard.toml: adapters.support.token: is missing"
        )
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    log.close()
