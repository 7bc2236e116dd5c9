"""The service as the tests see it: a small messenger with an API, and customers who use curl.

python -m cordboard_example.counterpart --port 4040

curl -d 'Where is my parcel?' http://127.0.0.1:4040/customers/olena     a customer writes
curl http://127.0.0.1:4040/customers/olena                              and reads
"""

import argparse
import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.sdk.conformance.counterpart import Counterpart, Shown
from adapters.sdk.conformance.desk import Desk

HOST = "127.0.0.1"
TOKEN = "a-token"

Update = dict[str, Any]


class Messenger:
    """Keeps each update until it is confirmed, and each message of ours once by its key."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.updates: list[Update] = []
        self.confirmed: list[Update] = []
        # Customer → key → text, in the order in which they came.
        self.shown: dict[str, dict[str, str]] = {}
        self.busy_until = 0.0
        self._number = 0
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/me", self._me)
        app.router.add_get("/updates", self._updates)
        app.router.add_post("/messages", self._messages)
        app.router.add_post("/customers/{name}", self._customer_writes)
        app.router.add_get("/customers/{name}", self._customer_reads)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def tell(self, customer: str, text: str) -> None:
        self._number += 1
        await self.again(
            {"number": self._number, "from": customer, "text": text, "at": time.time()}
        )

    async def again(self, update: Update) -> None:
        self.updates.append(update)
        async with self._news:
            self._news.notify_all()

    # --- the API -----------------------------------------------------------------------------

    async def _me(self, request: web.Request) -> web.Response:
        return _refused(request) or web.json_response({"name": "Example"})

    async def _updates(self, request: web.Request) -> web.Response:
        if refused := _refused(request):
            return refused
        self._confirm(int(request.query["after"]))
        try:
            async with asyncio.timeout(float(request.query["wait"])), self._news:
                await self._news.wait_for(lambda: self.updates)
        except TimeoutError:
            return web.json_response([])
        return web.json_response(self.updates)

    def _confirm(self, after: int) -> None:
        self.confirmed += [each for each in self.updates if each["number"] <= after]
        self.updates = [each for each in self.updates if each["number"] > after]

    async def _messages(self, request: web.Request) -> web.Response:
        if refused := _refused(request):
            return refused
        if (wait := self.busy_until - time.monotonic()) > 0:
            return web.json_response({"error": "slowly", "retry_after": wait}, status=429)
        message = await request.json()
        self.shown.setdefault(message["to"], {}).setdefault(message["key"], message["text"])
        return web.json_response({"id": f"of {message['key']}"})

    # --- the customers' side -----------------------------------------------------------------

    async def _customer_writes(self, request: web.Request) -> web.Response:
        await self.tell(request.match_info["name"], await request.text())
        return web.Response(text="on its way\n")

    async def _customer_reads(self, request: web.Request) -> web.Response:
        read = self.shown.get(request.match_info["name"], {}).values()
        return web.Response(text="".join(f"{text}\n" for text in read))


def _refused(request: web.Request) -> web.Response | None:
    if request.headers.get("Authorization") == f"Bearer {TOKEN}":
        return None
    return web.json_response({"error": "who are you?"}, status=401)


class ExampleCounterpart(Counterpart):
    kind = "example"
    tells_how_long = True

    def __init__(self) -> None:
        self._there = Messenger()

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        (folder / "token").write_text("not-the-token" if wrong else TOKEN)
        return {
            "url": f"http://{HOST}:{self._there.port}", "token": {"file": "token"}, "wait": 5,
        }  # fmt: skip

    async def open(self) -> None:
        await self._there.open()

    async def kill(self) -> None:
        await self._there.close()

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        await self._there.tell(customer, text)

    async def again(self, desk: Desk) -> None:
        """The confirmation was lost, and the place that the desk keeps with it."""
        there = self._there
        last = (there.confirmed + there.updates)[-1]
        await desk.stop()
        desk.router.cursors.clear()
        if last in there.confirmed:
            await there.again(last)
        await desk.start()

    def taken(self, text: str) -> bool:
        return any(text in each["text"] for each in self._there.confirmed)

    async def shown(self, customer: str) -> list[Shown]:
        return [Shown(text) for text in self._there.shown.get(customer, {}).values()]

    async def slow_down(self, seconds: float) -> None:
        self._there.busy_until = time.monotonic() + seconds


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cordboard_example.counterpart")
    parser.add_argument("--port", type=int, default=4040)
    messenger = Messenger(parser.parse_args().port)
    await messenger.open()
    print(f"customers write to http://{HOST}:{messenger.port}/customers/NAME", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await messenger.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
