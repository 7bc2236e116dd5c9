"""Channels that each do one thing wrong, as authors do: the kit must not let one through."""

import asyncio
import uuid
from typing import ClassVar

from msgspec.structs import replace

from adapters.sdk import (
    AuthFailed,
    Capabilities,
    Inbox,
    MessageIn,
    Outbound,
    Rejected,
    Retry,
    Unavailable,
    Verdict,
)
from cordboard_example import parse, render
from cordboard_example.adapter import Example


class ForgetsNames(Example):
    """Names what comes by chance and not by the channel's own id."""

    async def run(self, inbox: Inbox) -> None:
        await super().run(_Renaming(inbox))  # type: ignore[arg-type]


class _Renaming:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def __getattr__(self, name: str) -> object:
        return getattr(self._inbox, name)

    async def receive(self, event: MessageIn, **more: object) -> object:
        named = replace(event, id=str(uuid.uuid4()))
        return await self._inbox.receive(named, **more)  # type: ignore[arg-type]


class SaysTakenAtOnce(Example):
    """Goes on in its list while the desk has not committed what it took."""

    async def run(self, inbox: Inbox) -> None:
        inbox.ready(await self._service.me())
        after = ""
        async with asyncio.TaskGroup() as group:
            while True:
                for raw in await self._service.updates(after):
                    after = str(parse.number(raw))
                    group.create_task(_received(inbox, parse.event(raw, 1.0)))


async def _received(inbox: Inbox, event: object) -> None:
    await inbox.receive(event)  # type: ignore[arg-type]


class SendsUnderAnyKey(Example):
    """Says that the channel knows a repeat, and gives it nothing to know it by."""

    async def send(self, message: Outbound) -> str:
        return await self._service.send(render.message(replace(message, id=str(uuid.uuid4()))))


class CutsText(Example):
    """Sends what fits and says nothing of the rest."""

    async def send(self, message: Outbound) -> str:
        return await self._service.send(render.message(replace(message, text=message.text[:100])))


class StopsAtControlCharacters(Example):
    """What it cannot read ends it, again and again."""

    async def run(self, inbox: Inbox) -> None:
        after = ""
        inbox.ready(await self._service.me())
        while True:
            for raw in await self._service.updates(after):
                event, after = parse.event(raw, 1.0), str(parse.number(raw))
                assert isinstance(event, MessageIn)
                assert event.text.isprintable()
                await inbox.receive(event)


class TakesWaitForNo(Example):
    """What has to wait is failed for its agent."""

    async def send(self, message: Outbound) -> str:
        try:
            return await super().send(message)
        except Retry as error:
            raise Rejected(error.reason) from error


class TakesRefusedForAway(Example):
    """A login that is refused is tried again and again, until the account is locked."""

    async def check(self) -> str:
        try:
            return await super().check()
        except AuthFailed as error:
            raise Unavailable(error.reason) from error


class HidesThatItIsAway(Example):
    """Goes on by itself and tells nobody."""

    async def run(self, inbox: Inbox) -> None:
        while True:
            try:
                await super().run(inbox)
            except Verdict:
                await asyncio.sleep(0.05)


class LosesFiles(Example):
    """Says that it carries files, and drops them."""

    capabilities: ClassVar[Capabilities] = replace(Example.capabilities, attachments=True)


class StaysBehind(Example):
    """Leaves a task that nobody ends."""

    async def run(self, inbox: Inbox) -> None:
        self.left = asyncio.create_task(asyncio.Event().wait(), name="left behind")
        await super().run(inbox)
