"""Files that customers send, fetched from Telegram with patience and not for ever."""

import time
from collections.abc import Callable

from adapters.sdk import Attachment, AuthFailed, Inbox, Rejected, Retry, Verdict
from adapters.telegram.bot import DOWNLOAD, Bot
from adapters.telegram.parse import File

# A file that does not come is given up after so many tries and seconds: its message waits for it.
TRIES = 5
PATIENCE = 120.0
REMEMBERED = 1000


class Files:
    def __init__(self, bot: Bot, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot, self._clock = bot, clock
        # File → tries, and when the first of them was.
        self._failed: dict[str, tuple[int, float]] = {}

    async def fetched(self, file: File, inbox: Inbox) -> Attachment | None:
        """The file, safe at the desk; None when it will never come. Raises to be asked again."""
        if file.size > DOWNLOAD:
            return None
        try:
            data = await self._bot.fetch(file.id)
            kept = await inbox.put(data, file.name, file.media_type)
        except Rejected as error:
            inbox.log.warning("a file of %d bytes was not fetched: %s", file.size, error.reason)
            return None
        except (AuthFailed, Retry):  # says nothing of this file
            raise
        except Verdict as error:
            if self._may_come(file.id):
                raise
            inbox.log.warning("a file of %d bytes is given up: %s", file.size, error.reason)
            return None
        self._failed.pop(file.id, None)
        return kept

    def _may_come(self, file: str) -> bool:
        now = self._clock()
        if len(self._failed) > REMEMBERED:
            self._failed.clear()
        tries, since = self._failed.get(file, (0, now))
        self._failed[file] = (tries + 1, since)
        return tries + 1 < TRIES or now - since < PATIENCE
