"""A batch of updates brought to the desk: chats side by side, each of them in order."""

import asyncio
import time
from collections.abc import Sequence

from msgspec.structs import replace

from adapters.sdk import Event, Inbox, MessageIn, Retry, Unavailable, UnreadableIn, Verdict
from adapters.telegram import parse, render
from adapters.telegram.bot import BLOCKED, Bot
from adapters.telegram.delivery import Delivery
from adapters.telegram.files import Files
from adapters.telegram.parse import Incoming

# Chats at once: each may hold a file of 20 MB.
LANES = 8

Read = tuple[Incoming, bytes]


class Intake:
    def __init__(
        self, bot: Bot, files: Files, inbox: Inbox, group_answer: str, delivery: Delivery
    ) -> None:
        self._bot, self._files, self._inbox, self._delivery = bot, files, inbox, delivery
        self._group_answer = group_answer
        self._room = asyncio.Semaphore(LANES)

    async def take(self, batch: Sequence[bytes]) -> int:
        """Return when all is committed: the number from which on there may be more."""
        now = time.time()
        read = [(found, raw) for raw in batch if (found := parse.incoming(raw, now))]
        if not read:
            raise Unavailable("what answers there does not speak as Telegram does")
        async with asyncio.TaskGroup() as group:
            for lane in _lanes(read):
                group.create_task(self._in_order(lane), name="telegram chat")
        return max(found.update for found, _ in read) + 1

    async def _in_order(self, lane: Sequence[Read]) -> None:
        async with self._room:
            for found, raw in lane:
                await self._one(found, raw)

    async def _one(self, found: Incoming, raw: bytes) -> None:
        chat = render.chat_of(found.lane)
        if chat is not None:
            if found.left:
                self._delivery.close(chat, BLOCKED)
            else:
                self._delivery.open(chat)
        for event in found.events:
            await self._inbox.receive(await self._whole(event, found, raw))
        if found.left:
            self._inbox.log.info("chat %s has blocked the bot", found.left)
            self._inbox.signal(found.left, online=False)
        if found.button:
            await self._politely("answerCallbackQuery", {"callback_query_id": found.button})
        if found.group:
            await self._leave(found.group)

    async def _whole(self, event: Event, found: Incoming, raw: bytes) -> Event:
        """The event with what belongs to it: its files, or the update that could not be read."""
        if isinstance(event, UnreadableIn):
            kept = await self._inbox.put(raw, "update.json", "application/json")
            return replace(event, raw=kept.sha256)
        if isinstance(event, MessageIn) and found.files:
            return await self._with_files(event, found)
        return event

    async def _with_files(self, event: MessageIn, found: Incoming) -> MessageIn:
        tried = [(file, await self._files.fetched(file, self._inbox)) for file in found.files]
        missing = [parse.not_fetched(file) for file, kept in tried if kept is None]
        return replace(
            event,
            attachments=tuple(kept for _, kept in tried if kept),
            text="\n".join(filter(None, [event.text, *missing])),
        )

    async def _leave(self, group: int) -> None:
        if self._group_answer:
            await self._politely("sendMessage", {"chat_id": group, "text": self._group_answer})
        await self._politely("leaveChat", {"chat_id": group})

    async def _politely(self, method: str, fields: dict[str, str | int]) -> None:
        """A nicety: the desk's messages do not wait for it."""
        try:
            await self._bot.call(method, object, fields)
        except Verdict as error:
            self._inbox.log.info("%s: %s", method, error.reason)


def _lanes(read: Sequence[Read]) -> list[list[Read]]:
    lanes: dict[str, list[Read]] = {}
    for each in read:
        lanes.setdefault(each[0].lane, []).append(each)
    return list(lanes.values())


async def rest(inbox: Inbox, pause: Retry) -> None:
    """The whole bot waits, and people see why."""
    inbox.trouble(pause.reason)
    await asyncio.sleep(pause.after)
