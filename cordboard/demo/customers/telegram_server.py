"""A Telegram of the demo's own on loopback: the Bot API for the desk, a socket for the customers.

    python -m cordboard.demo.customers.telegram_server --port 8091 --token-file FILE

A message that a customer writes is an update until the bot has confirmed it; only then are they
told that it was taken. The tests' fake is this server with aiogram's models judging both sides.
"""

import argparse
import asyncio
import json
import signal
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

HOST = "127.0.0.1"
BOT = {"id": 4242, "is_bot": True, "first_name": "Kvit", "username": "kvit_bot"}
LARGEST_UPLOAD = 60_000_000
TEXT_LIMIT = 4096
BATCH = 100
# Numbers begin anew with each process and are never used twice: so many a second, since 2025.
NUMBERS_A_SECOND, YEAR_2025 = 10, 1_735_689_600

Json = dict[str, Any]


def first_number() -> int:
    return int((time.time() - YEAR_2025) * NUMBERS_A_SECOND)


def refusal(code: int, said: str, **parameters: Any) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": said}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)


def private(user: Json) -> Json:
    return {"id": user["id"], "type": "private", "first_name": user["first_name"]}


@dataclass
class Uploaded:
    """A file that the bot sent."""

    name: str
    data: bytes


@dataclass
class TelegramServer:
    """`shown` is what customers see. As a context manager it listens on `port`."""

    token: str
    port: int = 0
    # What the bot has not confirmed, oldest first, and the number of the next.
    updates: deque[Json] = field(default_factory=deque)
    next_update: int = 700
    next_message: int = field(default_factory=first_number)
    shown: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    # Chats that have blocked the bot, groups that have another id, chats seen so far.
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    people: dict[int, Json] = field(default_factory=dict)
    url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    # Update → who is told once it is taken, and under which name.
    _waiting: dict[int, tuple["web.WebSocketResponse", str]] = field(default_factory=dict)
    _pages: set["web.WebSocketResponse"] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        app.router.add_post("/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_get("/customers", self._customers)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://{HOST}:{self.port}"
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._runner.cleanup()

    # --- what customers do -------------------------------------------------------------------

    async def write(self, user: Json, **content: Any) -> int:
        """A customer's message as an update; its number."""
        self.people[user["id"]] = user
        self.next_message += 1
        message = {
            "message_id": self.next_message,
            "date": int(time.time()),
            "chat": private(user),
            "from": user,
            **content,
        }
        update = self._said("Update", {"update_id": self.next_update, "message": message})
        return await self.tell_raw(update)

    async def tell_raw(self, update: Json) -> int:
        self.next_update += 1
        self.updates.append(update)
        async with self.news:
            self.news.notify_all()
        return int(update["update_id"])

    def texts(self, chat: int = 101) -> list[str]:
        return [each["text"] for each in self.shown if each["chat"]["id"] == chat]

    async def _customers(self, request: web.Request) -> web.WebSocketResponse:
        """`{"write": name, "user": {…}, "text": "…"}` in; `taken` and `shown` out."""
        socket = web.WebSocketResponse(heartbeat=20.0)
        await socket.prepare(request)
        self._pages.add(socket)
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    said = json.loads(frame.data)
                    # Nothing is awaited between the update and the name of who waits for it.
                    self._waiting[self.next_update] = (socket, said["write"])
                    await self.write(said["user"], text=said["text"])
        finally:
            self._pages.discard(socket)
        return socket

    # --- the Bot API -------------------------------------------------------------------------

    async def _method(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return refusal(401, "Unauthorized")
        params = await self._params(request)
        return await self._answered(request.match_info["method"], params, request)

    async def _answered(
        self, method: str, params: Json, request: web.Request
    ) -> web.StreamResponse:
        answer = getattr(self, f"_{method}", None)
        if answer is None:
            return refusal(404, "Not Found: method not found")
        result = await answer(params)
        if isinstance(result, web.Response):
            return result
        return web.json_response({"ok": True, "result": result})

    async def _params(self, request: web.Request) -> Json:
        if request.content_type == "application/json":
            found: Json = json.loads(await request.read())
            return found
        return {
            name: self._upload(value.filename, value.file.read())
            if isinstance(value, web.FileField)
            else value
            for name, value in (await request.post()).items()
        }

    def _upload(self, name: str, data: bytes) -> Any:
        return Uploaded(name, data)

    def _said(self, kind: str, value: Json) -> Json:
        """What is told to the bot, before it is told; tests check that Telegram could say it."""
        return value

    async def _getMe(self, _params: Json) -> Json:
        return self._said("User", BOT)

    async def _getUpdates(self, params: Json) -> list[Json]:
        while self.updates and self.updates[0]["update_id"] < params.get("offset", 0):
            await self._confirmed(self.updates.popleft()["update_id"])
        try:
            async with asyncio.timeout(params.get("timeout", 0)), self.news:
                await self.news.wait_for(lambda: self.updates)
        except TimeoutError:
            return []
        return list(self.updates)[:BATCH]

    async def _confirmed(self, update: int) -> None:
        socket, name = self._waiting.pop(update, (None, ""))
        if socket is not None:
            await _tell(socket, {"taken": name})

    async def _sendMessage(self, params: Json) -> Json | web.Response:
        if not 0 < len(params["text"]) <= TEXT_LIMIT:
            return refusal(400, "Bad Request: message is too long")
        return await self._show(params, text=params["text"])

    async def _sendPhoto(self, params: Json) -> Json | web.Response:
        size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return await self._show(params, photo=[size], upload="photo")

    async def _sendDocument(self, params: Json) -> Json | web.Response:
        document = {"file_id": "d", "file_unique_id": "d"}
        return await self._show(params, document=document, upload="document")

    async def _show(self, params: Json, upload: str = "", **content: Any) -> Json | web.Response:
        chat = int(params["chat_id"])
        if chat in self.moved:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            return refusal(400, said, migrate_to_chat_id=self.moved[chat])
        if chat in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        sent = self._said("Message", self._of_bot(chat, content))
        self.shown.append(sent | self._seen(params, upload))
        for page in list(self._pages):
            await _tell(page, {"shown": {"chat": chat, "id": sent["message_id"],
                                         "text": self.shown[-1]["text"]}})  # fmt: skip
        return sent

    def _of_bot(self, chat: int, content: Json) -> Json:
        self.next_message += 1
        user = self.people.get(chat, {"id": chat, "first_name": f"Guest {chat}"})
        return {
            "message_id": self.next_message,
            "date": int(time.time()),
            "chat": private(user),
            "from": BOT,
            **content,
        }

    def _seen(self, params: Json, upload: str) -> Json:
        """What the customer sees of it."""
        body = {"text": params.get("text", params.get("caption", ""))}
        file = params.get(upload)
        if file is None:
            return body
        name = file.name if isinstance(file, Uploaded) else file.filename
        return body | {"file": file.data, "name": name, "as": upload}

    async def _sendChatAction(self, _params: Json) -> bool:
        return True

    async def _answerCallbackQuery(self, _params: Json) -> bool:
        return True

    async def _leaveChat(self, _params: Json) -> bool:
        return True

    async def _getFile(self, params: Json) -> Json | web.Response:
        id_ = params["file_id"]
        if id_ not in self.files:
            return refusal(400, "Bad Request: file is too big")
        told = {"file_id": id_, "file_unique_id": id_, "file_path": f"documents/{id_}"}
        return self._said("File", told)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return refusal(401, "Unauthorized")
        return web.Response(body=self.files[request.match_info["path"].removeprefix("documents/")])


async def _tell(socket: web.WebSocketResponse, frame: Json) -> None:
    try:
        await socket.send_json(frame)
    except ConnectionError:
        return  # whoever has left is not told


async def main(asked: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with TelegramServer(asked.token_file.read_text("ascii").strip(), asked.port):
        await stop.wait()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cordboard.demo.customers.telegram_server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token-file", type=Path, required=True, metavar="FILE",
                        help="the bot's token")  # fmt: skip
    return parser


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
