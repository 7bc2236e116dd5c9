"""While nothing is sent everybody who looks sees it: each beat says so, and the console's head."""

import pytest

from console.advancing.advance import advance
from console.events import WritingIs
from console.paint.head import head_line
from console.view import View
from router.attendance import SILENCE
from tests.router.desk import inline
from tests.router.doors.office import opened
from wire import codec, subjects
from wire.memory_bus import MemoryBus
from wire.messages.news import Beat, News
from wire.messages.verbs import Hello, SetSending, Status

pytestmark = pytest.mark.contract


async def test_each_beat_and_each_hello_says_that_nothing_is_sent() -> None:
    async with inline() as desk, opened(desk) as office:
        await desk.agent("root", role="admin")
        office.attendance.heard("root", desk.clock + SILENCE)
        beats: list[Beat] = []

        def listening(_subject: str, payload: bytes) -> None:
            news = codec.decode(payload, News)
            if isinstance(news, News) and isinstance(news.body, Beat):
                beats.append(news.body)

        await MemoryBus(office.hub).listen(subjects.news_agent("root"), listening)
        for on in (False, True):
            done = await office.ask("root", SetSending(on=on))
            assert done.said is not None
            await office.announcer.beat()
            await office.tell()
            assert beats[-1].paused is not on
            assert (await office.ask("root", Hello())).paused is not on
            assert ((await office.ask("root", Status())).paused is None) is on


def test_the_head_of_the_console_says_it() -> None:
    def head(view: View) -> str:
        line = head_line(view, 120)
        return "".join(span.text for span in line.left)

    paused = advance(View(), WritingIs(None, paused=True))
    assert "nothing is sent" in head(paused)
    assert "nothing is sent" not in head(advance(paused, WritingIs(None)))
