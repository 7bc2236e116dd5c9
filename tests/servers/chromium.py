"""A real browser for tests: Debian's Chromium, driven through Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.servers.needs import program

# As root the sandbox cannot start; the rest keeps the browser from calling home.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a profile of its own; a visitor is one `await browser.new_context()`."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program("chromium"),
            args=list(SWITCHES),
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        )
        try:
            yield browser
        finally:
            await browser.close()
