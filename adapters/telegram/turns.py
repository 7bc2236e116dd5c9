"""Whose turn it is to send: Telegram takes about 1 message a second in a chat, 30 in all."""

import asyncio
import time
from collections.abc import Callable

from adapters.sdk import Retry

# So many may follow each other at once before the pace holds.
BURST_OF_CHAT = 3
BURST_OF_ALL = 30
# Who would wait longer is asked to come again: a send must not last.
PATIENCE = 10.0
# Chats whose pace is remembered; what is older than a few seconds says nothing.
CHATS = 10_000


class Turns:
    def __init__(
        self,
        chat_seconds: float = 1.0,
        all_seconds: float = 1 / 30,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chat_seconds, self._all_seconds, self._clock = chat_seconds, all_seconds, clock
        # When the pace would be kept exactly: whoever is ahead of it by a burst has to wait.
        self._chats: dict[int, float] = {}
        self._all = 0.0

    async def wait(self, chat: int) -> None:
        """Return when a message may go into the chat. Raises Retry when that is far away."""
        delay = self.taken(chat)
        if delay > 0:
            await asyncio.sleep(delay)

    def taken(self, chat: int) -> float:
        """Take a turn: the seconds until it comes. Raises Retry, and takes none, when too many."""
        now = self._clock()
        of_chat, of_all = max(now, self._chats.get(chat, 0.0)), max(now, self._all)
        delay = max(
            of_chat - now - (BURST_OF_CHAT - 1) * self._chat_seconds,
            of_all - now - (BURST_OF_ALL - 1) * self._all_seconds,
            0.0,
        )
        if delay > PATIENCE:
            raise Retry("many messages wait for their turn on Telegram", after=delay)
        self._forget(now)
        self._chats[chat] = of_chat + self._chat_seconds
        self._all = of_all + self._all_seconds
        return delay

    def _forget(self, now: float) -> None:
        if len(self._chats) > CHATS:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
