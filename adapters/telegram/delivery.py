"""Messages of ours into their chats: each part once, also when a later one has to wait."""

from collections import OrderedDict

from adapters.sdk import Attachment, Inbox, Outbound, Rejected
from adapters.sdk.marks import passing
from adapters.telegram import render
from adapters.telegram.bot import Bot, SentMessage, Upload
from adapters.telegram.parse import message_name
from adapters.telegram.render import Part
from adapters.telegram.turns import Turns

# Messages of several parts that stopped in between; the router repeats them within minutes.
REMEMBERED = 1000
# Chats remembered as closed; of one that is forgotten Telegram says it again.
CLOSED = 10_000
FORBIDDEN = "403"


class Delivery:
    def __init__(self, bot: Bot, turns: Turns) -> None:
        self._bot, self._turns = bot, turns
        # Message → names of its parts that are in the chat.
        self._there: OrderedDict[str, list[str]] = OrderedDict()
        # Chats that Telegram lets us write to no more, and why.
        self._closed: OrderedDict[int, str] = OrderedDict()

    def close(self, chat: int, reason: str) -> None:
        """Nothing more is sent there until the customer is heard of again."""
        self._closed[chat] = reason
        if len(self._closed) > CLOSED:
            self._closed.popitem(last=False)

    def open(self, chat: int) -> None:
        self._closed.pop(chat, None)

    async def deliver(self, message: Outbound, inbox: Inbox) -> str:
        """The files first: nothing has been sent when one of them does not come."""
        chat = render.chat_of(message.remote)
        if chat is None:
            raise Rejected(f"{message.remote} is no chat of Telegram's")
        if chat in self._closed:
            raise Rejected(self._closed[chat], code=FORBIDDEN)
        parts = render.parts(message, chat)
        if not parts:
            raise Rejected("there is nothing in this message")
        files = {file.sha256: await inbox.get(file) for file in message.attachments}
        there = self._so_far(message.id)
        try:
            await self._rest(chat, parts, there, files)
        except Rejected as error:
            if error.code == FORBIDDEN:
                self.close(chat, error.reason)
            raise
        self._there.pop(message.id, None)
        return there[-1]

    async def _rest(
        self, chat: int, parts: tuple[Part, ...], there: list[str], files: dict[str, bytes]
    ) -> None:
        for part in parts[len(there) :]:
            await self._turns.wait(chat)
            try:
                there.append(await self._part(chat, part, files))
            except Rejected as error:
                if not there:
                    raise
                said = f"only {len(there)} of {len(parts)} parts were delivered: {error.reason}"
                raise Rejected(said, error.code) from error

    async def _part(self, chat: int, part: Part, files: dict[str, bytes]) -> str:
        try:
            return await self._sent(chat, part, files)
        except Rejected as error:
            if part.method != "sendPhoto" or error.code != "400":
                raise
        return await self._sent(chat, render.as_document(part), files)

    async def _sent(self, chat: int, part: Part, files: dict[str, bytes]) -> str:
        upload = _upload(part, part.file, files) if part.file else None
        passing("telegram.sending")
        sent = await self._bot.call(part.method, SentMessage, part.fields, upload=upload)
        passing("telegram.sent")
        return message_name(chat, sent.message_id)

    def _so_far(self, message: str) -> list[str]:
        there = self._there.setdefault(message, [])
        self._there.move_to_end(message)
        if len(self._there) > REMEMBERED:
            self._there.popitem(last=False)
        return there


def _upload(part: Part, file: Attachment, files: dict[str, bytes]) -> Upload:
    return Upload(part.upload, render.file_name(file), file.media_type, files[file.sha256])
