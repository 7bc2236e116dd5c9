"""Customers who write to the bot, and the Telegram between them and us."""

import asyncio
import time

from cordboard.demo.customers.ledger import Got, Ledger, Sent, Taken
from cordboard.demo.customers.telegram_server import TelegramServer

FIRST_CHAT = 5_000
LOOK_EVERY = 0.2


class BotCustomer:
    """Telegram has a message as soon as it was written; the desk has to fetch it."""

    channel = "bot"

    def __init__(self, name: str, number: int, telegram: TelegramServer, ledger: Ledger) -> None:
        self.name, self._chat = name, FIRST_CHAT + number
        self._telegram, self._ledger = telegram, ledger

    async def writes(self, number: int) -> None:
        token = f"{self.name}-{number}"
        self._ledger.write(Sent(token, self.channel, self.name, time.time()))
        user = {"id": self._chat, "is_bot": False, "first_name": self.name, "language_code": "en"}
        await self._telegram.write(user, text=f"[{token}]")
        self._ledger.write(Taken(token, time.time()))


async def read_for_ever(telegram: TelegramServer, ledger: Ledger) -> None:
    """Everything that Telegram shows its people is read by them, as often as it is shown."""
    seen = 0
    while True:
        for shown in telegram.shown[seen:]:
            customer = f"bot{shown['chat']['id'] - FIRST_CHAT:03}"
            id_ = str(shown["message_id"])
            ledger.write(Got(id_, "bot", customer, time.time(), text=shown["text"][:200]))
            seen += 1
        await asyncio.sleep(LOOK_EVERY)
