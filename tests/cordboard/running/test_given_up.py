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

# Its exit status → what is told of it.
STATES = [(2, "paused"), (1, "retrying")]
SAYS = "import sys; print('adapters.support.token: is missing'); sys.exit({status})"


@pytest.mark.parametrize(("status", "state"), STATES)
async def test_an_account_that_never_starts_says_why_in_the_status_of_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, state: str
) -> None:
    monkeypatch.setattr(parts, "FIRST_PAUSE", 0.001)
    log = LogFile(tmp_path / "adapter.log")
    command = [sys.executable, "-c", SAYS.format(status=status)]
    part = Part("adapter support", command, log, tell=lambda said: None)
    async with switchboard(tmp_path) as board:
        at = served.kept(board.folder)
        assert at is not None
        url = f"nats://127.0.0.1:{at.port}"
        speaking = asyncio.create_task(
            speak_for(part, "email", "support", board.folder, url, at.name, "")
        )
        running = asyncio.create_task(part.keep_running())

        async def told() -> Health | None:
            status: DeskStatus = await board.admin.call(Status())
            return status.health.get("email.support")

        health = await board.until(told, "word of it")
        assert health.state == state
        assert health.said.startswith("its program ended ")
        assert health.said.endswith(" times at once: adapters.support.token: is missing")
        part.end()
        await running
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    log.close()
