"""Telegram's Bot API on loopback, with faults on demand; aiogram's models judge both sides."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiogram import methods, types
from aiohttp import web
from pydantic import BaseModel, ValidationError

TOKEN = "4242:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
BOT = {"id": 4242, "is_bot": True, "first_name": "Kvit", "username": "kvit_bot"}
ANNA = {"id": 101, "is_bot": False, "first_name": "Anna", "last_name": "Koval",
        "username": "anna", "language_code": "uk"}  # fmt: skip

Json = dict[str, Any]
Fault = Callable[[], web.Response]


def unknown_fields(value: object, at: str = "") -> list[str]:
    """Fields that aiogram's models do not have, anywhere in it."""
    if isinstance(value, list | tuple):
        return [found for each in value for found in unknown_fields(each, at)]
    if not isinstance(value, BaseModel):
        return []
    found = [f"{at}.{name}" for name in value.model_extra or {}]
    for name in type(value).model_fields:
        found += unknown_fields(getattr(value, name), f"{at}.{name}")
    return found


def checked(model: type[BaseModel], value: Json) -> BaseModel:
    """Raises AssertionError for what Telegram would not say or not take."""
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        raise AssertionError(f"{model.__name__}: {error}") from error
    assert unknown_fields(read, model.__name__) == []
    return read


# --- what customers do ---------------------------------------------------------------------------


def user(id_: int) -> Json:
    if id_ == ANNA["id"]:
        return ANNA
    return {"id": id_, "is_bot": False, "first_name": f"Guest {id_}", "language_code": "en"}


def private(id_: int) -> Json:
    return {"id": id_, "type": "private", "first_name": user(id_)["first_name"]}


GROUP = {"id": -1005, "type": "supergroup", "title": "Tea"}


def message(number: int, chat: int = 101, **content: Any) -> Json:
    return {
        "message_id": number,
        "date": 1_700_000_000,
        "chat": private(chat),
        "from": user(chat),
        **content,
    }


def in_group(number: int, **content: Any) -> Json:
    return message(number, **content) | {"chat": GROUP}


def member(status: str, chat: Json) -> Json:
    """The bot's own rights in a chat, as my_chat_member tells them."""
    more: Json = {"until_date": 0} if status == "kicked" else {}
    return {
        "chat": chat,
        "from": ANNA,
        "date": 1_700_000_000,
        "old_chat_member": {"user": BOT, "status": "left"},
        "new_chat_member": {"user": BOT, "status": status, **more},
    }


def emoji(*shown: str) -> list[Json]:
    return [{"type": "emoji", "emoji": each} for each in shown]


def reaction(number: int, old: list[Json], new: list[Json]) -> Json:
    return {
        "chat": private(101),
        "message_id": number,
        "user": ANNA,
        "date": 1_700_000_100,
        "old_reaction": old,
        "new_reaction": new,
    }


# --- the server ----------------------------------------------------------------------------------


def refusal(code: int, said: str, **parameters: Any) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": said}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)


def too_many(seconds: int) -> Fault:
    said = f"Too Many Requests: retry after {seconds}"
    return lambda: refusal(429, said, retry_after=seconds)


def broken() -> web.Response:
    return web.Response(status=502, text="<html>Bad Gateway</html>")


class Cut(Exception):
    """The connection ends without an answer."""


def cut() -> web.Response:
    raise Cut


@dataclass
class Call:
    method: str
    params: Json
    at: float


@dataclass
class Fake:
    """`calls` is all that we asked of it, `shown` what customers see."""

    updates: deque[Json] = field(default_factory=deque)
    next_update: int = 700
    calls: list[Call] = field(default_factory=list)
    shown: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    # Method → what it does instead, once each. With `after`, when it has done its work already.
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    after: dict[str, deque[Fault]] = field(default_factory=dict)
    # Method → what its answer waits for.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    port: int = 0

    async def __aenter__(self) -> "Fake":
        app = web.Application(client_max_size=60_000_000)
        app.router.add_post("/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._runner.cleanup()

    async def tell(self, **what: Json) -> int:
        """An update, as aiogram would read it too."""
        update = {"update_id": self.next_update, **what}
        checked(types.Update, update)
        return await self.tell_raw(update)

    async def tell_raw(self, update: Json) -> int:
        self.next_update += 1
        self.updates.append(update)
        async with self.news:
            self.news.notify_all()
        return int(update["update_id"])

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, deque()).extend(faults)

    def fail_after(self, method: str, *faults: Fault) -> None:
        self.after.setdefault(method, deque()).extend(faults)

    def asked(self, method: str) -> list[Json]:
        return [call.params for call in self.calls if call.method == method]

    def texts(self, chat: int = 101) -> list[str]:
        return [each["text"] for each in self.shown if each["chat"]["id"] == chat]

    # --- its answers -------------------------------------------------------------------------

    async def _method(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return refusal(401, "Unauthorized")
        method = request.match_info["method"]
        params = await _params(request)
        try:
            self._judge(method, params)
            self.calls.append(Call(method, params, time.monotonic()))
            return await self._answered(method, params, request)
        except AssertionError as error:
            self.complaints.append(str(error))
            return refusal(400, "Bad Request")

    async def _answered(
        self, method: str, params: Json, request: web.Request
    ) -> web.StreamResponse:
        if held := self.held.get(method):
            await held.wait()
        try:
            if faults := self.faults.get(method):
                return faults.popleft()()
            result = await getattr(self, f"_{method}")(params)
            if faults := self.after.get(method):
                return faults.popleft()()
        except Cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(result, web.Response):
            return result
        return web.json_response({"ok": True, "result": result})

    def _judge(self, method: str, params: Json) -> None:
        model = getattr(methods, method[0].upper() + method[1:])
        assert hasattr(self, f"_{method}"), f"{method} is not known here"
        checked(model, params)

    async def _getMe(self, _params: Json) -> Json:
        checked(types.User, BOT)
        return BOT

    async def _getUpdates(self, params: Json) -> list[Json]:
        while self.updates and self.updates[0]["update_id"] < params.get("offset", 0):
            self.updates.popleft()
        try:
            async with asyncio.timeout(params.get("timeout", 0)), self.news:
                await self.news.wait_for(lambda: self.updates)
        except TimeoutError:
            return []
        return list(self.updates)[:100]

    async def _sendMessage(self, params: Json) -> Json | web.Response:
        if not 0 < len(params["text"]) <= 4096:
            return refusal(400, "Bad Request: message is too long")
        return self._show(params, text=params["text"])

    async def _sendPhoto(self, params: Json) -> Json | web.Response:
        size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return self._show(params, photo=[size], upload="photo")

    async def _sendDocument(self, params: Json) -> Json | web.Response:
        document = {"file_id": "d", "file_unique_id": "d"}
        return self._show(params, document=document, upload="document")

    def _show(self, params: Json, upload: str = "", **content: Any) -> Json | web.Response:
        chat = int(params["chat_id"])
        if chat in self.moved:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            return refusal(400, said, migrate_to_chat_id=self.moved[chat])
        if chat in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        sent = message(9000 + len(self.shown), chat, **content) | {"from": BOT}
        checked(types.Message, sent)
        file = params.get(upload)
        body = {"text": params.get("text", params.get("caption", ""))}
        if isinstance(file, types.BufferedInputFile):
            body |= {"file": file.data, "name": file.filename, "as": upload}
        self.shown.append(sent | body)
        return sent

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
        checked(types.File, told)
        return told

    async def _file(self, request: web.Request) -> web.StreamResponse:
        assert request.match_info["token"] == TOKEN
        if held := self.held.get("file"):
            await held.wait()
        if faults := self.faults.get("file"):
            return faults.popleft()()
        return web.Response(body=self.files[request.match_info["path"].removeprefix("documents/")])


async def _params(request: web.Request) -> Json:
    if request.content_type == "application/json":
        found: Json = json.loads(await request.read())
        return found
    return {
        name: types.BufferedInputFile(value.file.read(), value.filename)
        if isinstance(value, web.FileField)
        else value
        for name, value in (await request.post()).items()
    }
