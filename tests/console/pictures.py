"""Pictures of the console for the documentation: `python -m tests.console.pictures FOLDER`.

The same afternoon at the three sizes, painted by the console itself, made PNG by Chromium.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser

from console.strips import Look
from tests.console.hands import Hands
from tests.console.test_pictures import afternoon
from tests.servers.chromium import chromium

# Name, columns, rows, theme, keys with what must be seen after each.
READ = ("enter", "Any news about my refund")
WRITE = (*READ, "r", "Enter sends")
PICTURES = (
    ("console-80x24", 80, 24, "dark", READ),
    ("console-120x40", 120, 40, "light", WRITE),
    ("console-160x48", 160, 48, "dark", WRITE),
)
WORDS = "Good news: it left us this morning and "


async def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        async with chromium(Path(home)) as browser:
            for name, columns, rows, theme, steps in PICTURES:
                svg = await painted((columns, rows), theme, steps)
                await photographed(browser, svg, folder / f"{name}.png")
                sys.stdout.write(f"{folder / name}.png\n")


async def painted(size: tuple[int, int], theme: str, steps: tuple[str, ...]) -> str:
    """The screen as SVG, with the fonts of this machine instead of somebody's server."""
    with tempfile.TemporaryDirectory() as state:
        app, desk = afternoon(Path(state), Look(theme))
        async with app.run_test(size=size) as pilot:
            hands = Hands(app, pilot, desk)
            await hands.sees("Olga Petrenko")
            for key, seen in zip(steps[::2], steps[1::2], strict=True):
                await hands.press(key)
                await hands.sees(seen)
            if "r" in steps:
                await hands.types(WORDS)
                await hands.sees(WORDS.strip())
            svg = app.export_screenshot(title="cordboard")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    return svg.replace("Fira Code", "DejaVu Sans Mono")


async def photographed(browser: Browser, svg: str, path: Path) -> None:
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (round(float(side)) for side in box.groups()) if box else (1600, 900)
    page = await browser.new_page(viewport={"width": width, "height": height})
    await page.set_content(f'<body style="margin:0">{svg}</body>')
    await page.screenshot(path=str(path))
    await page.close()


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(main(Path(sys.argv[1])))
