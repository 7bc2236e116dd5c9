"""A Textual app that paints a line when it is told one over the bus: the toolkit and no desk.

`python -m bench.kit.told_app URL`.
"""

import sys

from nats.aio.client import Client
from nats.aio.msg import Msg
from textual.app import App, ComposeResult
from textual.widgets import Log

NEWS, READY = "bare.told", "listening"


class Told(App[None]):
    """Writes each line as it comes."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._client = Client()

    def compose(self) -> ComposeResult:
        yield Log()

    async def on_mount(self) -> None:
        await self._client.connect(self._url)
        await self._client.subscribe(NEWS, cb=self._hear)
        await self._client.flush()
        self.query_one(Log).write_line(READY)

    async def _hear(self, message: Msg) -> None:
        self.query_one(Log).write_line(message.data.decode())


if __name__ == "__main__":
    Told(sys.argv[1]).run()
