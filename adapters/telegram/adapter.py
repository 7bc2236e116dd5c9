"""Telegram: customers write to a bot; it reads by long poll, so it needs no public address."""

from typing import ClassVar

from adapters.sdk import Adapter, Capabilities, Config, Cue, Inbox, Outbound, Retry
from adapters.sdk.marks import passing
from adapters.telegram import config as configuration
from adapters.telegram import render
from adapters.telegram.bot import Bot
from adapters.telegram.config import TelegramConfig
from adapters.telegram.delivery import Delivery
from adapters.telegram.files import Files
from adapters.telegram.intake import Intake, rest
from adapters.telegram.turns import Turns


class Telegram(Adapter[TelegramConfig]):
    """One bot. Telegram itself keeps our place: it repeats what was not confirmed."""

    kind: ClassVar[str] = "telegram"
    Config: ClassVar[type[Config]] = TelegramConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kind="telegram",
        text_limit=render.TEXT_LIMIT,
        attachments=True,
        attachment_limit=render.FILE_LIMIT,
        receipts="sent",
        typing=True,
        edits=True,
        reactions=True,
        # Sending has no key of ours by which Telegram would know a repeat.
        when_unknown="ask",
    )
    # A file of 50 MB takes its time.
    send_timeout: ClassVar[float] = 120.0

    def __init__(self, config: TelegramConfig, account: str) -> None:
        super().__init__(config, account)
        self._bot = Bot(config)
        self._files = Files(self._bot)
        self._delivery = Delivery(self._bot, Turns())
        self._name = ""

    @classmethod
    def faults(cls, config: TelegramConfig) -> list[str]:
        return configuration.faults(config)

    @property
    def address(self) -> str:
        """Known once Telegram has told it."""
        return self._name

    async def run(self, inbox: Inbox) -> None:
        intake = Intake(self._bot, self._files, inbox, self.config.group_answer, self._delivery)
        self._name = name = f"@{(await self._bot.me()).username}"
        confirm = 0
        while True:
            inbox.ready(name)
            try:
                passing("telegram.confirming")
                batch = await self._bot.updates(confirm)
                passing("telegram.confirmed")
                # Only now is it committed, and the next question confirms it. After an empty
                # answer there is nothing to confirm: numbers may begin anew after a quiet week.
                confirm = await intake.take(batch) if batch else 0
            except Retry as pause:
                await rest(inbox, pause)

    async def send(self, message: Outbound) -> str:
        return await self._delivery.deliver(message, self.inbox)

    async def cue(self, cue: Cue) -> None:
        chat = render.chat_of(cue.remote)
        if chat is not None and cue.typing:
            await self._bot.call("sendChatAction", bool, {"chat_id": chat, "action": "typing"})

    async def check(self) -> str:
        """Ask Telegram who we are."""
        try:
            me = await self._bot.me()
        finally:
            await self._bot.close()
        return f"Telegram knows this bot as @{me.username}"

    async def close(self) -> None:
        await self._bot.close()
