"""Telegram's Bot API on loopback, with faults on demand; aiogram's models judge both sides."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiogram import methods, types
from aiohttp import web
from pydantic import BaseModel, ValidationError

from cordboard.demo.customers.telegram_server import BOT, Json, TelegramServer, refusal

TOKEN = "4242:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
ANNA = {"id": 101, "is_bot": False, "first_name": "Anna", "last_name": "Koval",
        "username": "anna", "language_code": "uk"}  # fmt: skip

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
class Fake(TelegramServer):
    """`calls` is all that we asked of it, `shown` what customers see."""

    token: str = TOKEN
    next_message: int = 8999
    calls: list[Call] = field(default_factory=list)
    # Method → what it does instead, once each. With `after`, when it has done its work already.
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    after: dict[str, deque[Fault]] = field(default_factory=dict)
    # Method → what its answer waits for.
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    # Until then the bot is told to wait, whatever it asks.
    busy_until: float = 0.0
    complaints: list[str] = field(default_factory=list)

    async def tell(self, **what: Json) -> int:
        """An update, as aiogram would read it too."""
        return await self.tell_raw(self._said("Update", {"update_id": self.next_update, **what}))

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, deque()).extend(faults)

    def fail_after(self, method: str, *faults: Fault) -> None:
        self.after.setdefault(method, deque()).extend(faults)

    def asked(self, method: str) -> list[Json]:
        return [call.params for call in self.calls if call.method == method]

    # --- its answers -------------------------------------------------------------------------

    async def _answered(
        self, method: str, params: Json, request: web.Request
    ) -> web.StreamResponse:
        try:
            checked(getattr(methods, method[0].upper() + method[1:]), params)
            self.calls.append(Call(method, params, time.monotonic()))
            return await self._with_faults(method, params, request)
        except AssertionError as error:
            self.complaints.append(str(error))
            return refusal(400, "Bad Request")

    async def _with_faults(
        self, method: str, params: Json, request: web.Request
    ) -> web.StreamResponse:
        if held := self.held.get(method):
            await held.wait()
        try:
            if (wait := self.busy_until - time.monotonic()) > 0:
                return too_many(math.ceil(wait))()
            if faults := self.faults.get(method):
                return faults.popleft()()
            answer = await super()._answered(method, params, request)
            assert answer.status != 404, f"{method} is not known here"
            if faults := self.after.get(method):
                return faults.popleft()()
        except Cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    def _said(self, kind: str, value: Json) -> Json:
        checked(getattr(types, kind), value)
        return value

    def _upload(self, name: str, data: bytes) -> Any:
        return types.BufferedInputFile(data, name)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        assert request.match_info["token"] == TOKEN
        if held := self.held.get("file"):
            await held.wait()
        if faults := self.faults.get("file"):
            return faults.popleft()()
        return await super()._file(request)
