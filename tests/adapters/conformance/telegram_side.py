"""Telegram's side: the fake that aiogram's models check both ways."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.sdk.conformance.counterpart import Counterpart, Shown
from adapters.sdk.conformance.desk import Desk
from tests.adapters.telegram.fake import ANNA, TOKEN, Fake

MB = 1024 * 1024


class TelegramSide(Counterpart):
    kind = "telegram"
    # What a bot may fetch.
    largest_file = 20 * MB
    tells_how_long = True

    def __init__(self) -> None:
        self.fake = Fake()
        self._told: list[dict[str, Any]] = []

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        (folder / "token").write_text(TOKEN[:-2] + "xx" if wrong else TOKEN)
        return {"token": {"file": "token"}, "base_url": self.fake.url, "poll_seconds": 5}

    async def open(self) -> None:
        await self.fake.__aenter__()

    async def kill(self) -> None:
        await self.fake.__aexit__(None, None, None)

    async def close(self) -> None:
        await self.kill()
        assert self.fake.complaints == []

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        await self.fake.write(ANNA, **(self._document(text, file) if file else {"text": text}))
        self._told.append(self.fake.updates[-1])

    def _document(self, text: str, file: bytes) -> dict[str, Any]:
        self.fake.files["file-1"] = file
        names = {"file_id": "file-1", "file_unique_id": "file-1", "file_name": "large.bin"}
        return {"caption": text, "document": names | {"file_size": len(file)}}

    async def again(self, desk: Desk) -> None:
        """The bot died before its confirmation reached Telegram."""
        await desk.stop()
        if self._told[-1] not in self.fake.updates:
            self.fake.updates.append(self._told[-1])
        await desk.start()

    def taken(self, text: str) -> bool:
        return text not in str(self.fake.updates)

    async def shown(self, customer: str) -> list[Shown]:
        return [
            Shown(each["text"], _names(each))
            for each in self.fake.shown
            if each["chat"]["id"] == ANNA["id"]
        ]

    async def slow_down(self, seconds: float) -> None:
        self.fake.busy_until = time.monotonic() + seconds


def _names(shown: dict[str, Any]) -> tuple[str, ...]:
    return (hashlib.sha256(shown["file"]).hexdigest(),) if "file" in shown else ()
