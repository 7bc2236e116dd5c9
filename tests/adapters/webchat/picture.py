"""The picture of the chat page: `python -m tests.adapters.webchat.picture FILE`.

A short conversation through the real gateway, with the desk's twin behind it.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace
from playwright.async_api import Browser, expect

from tests.adapters.webchat.conftest import serving
from tests.adapters.webchat.test_widget import bubble, opened, visitor, wrote
from tests.servers.chromium import chromium

SIZE = {"width": 1200, "height": 720}
# What the visitor writes, and what Ana answers.
CONVERSATION = (
    ("Hi! Any news about my refund?", "Good news: it left us this morning."),
    ("And when does my order arrive?", "Tomorrow before noon."),
)


async def main(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        async with chromium(Path(home)) as browser:
            await photographed(browser, file)
    sys.stdout.write(f"{file}\n")


async def photographed(browser: Browser, file: Path) -> None:
    async with serving() as chat, visitor(browser, chat.url, viewport=SIZE) as page:
        await opened(page)
        for asked, answered in CONVERSATION:
            visitor_name = await wrote(chat, page, asked)
            answer = replace(chat.desk.reply(visitor_name, answered), at=time.time())
            await chat.adapter.send(answer)
            await expect(bubble(page, answered)).to_be_visible()
        await page.screenshot(path=str(file), animations="disabled", caret="initial")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
