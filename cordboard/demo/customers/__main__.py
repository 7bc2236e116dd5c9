"""The customers of the demo as a process of their own: they know the desk's doors, nothing else.

    python -m cordboard.demo.customers --mail support=127.0.0.1:2525 --chat http://127.0.0.1:8090 \\
        --maildir DIR --ledger FILE
"""

import argparse
import asyncio
import contextlib
import random
import signal
from pathlib import Path

import aiohttp

from cordboard.demo.customers import tokens
from cordboard.demo.customers.crowd import Crowd, Tempo
from cordboard.demo.customers.ledger import Ledger
from cordboard.demo.customers.life import World
from cordboard.demo.customers.mail_server import MailServer
from cordboard.demo.customers.mailbox import Mailboxes
from cordboard.demo.customers.telegram import Telegram


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cordboard.demo.customers")
    parser.add_argument(
        "--mail", action="append", required=True, metavar="NAME=HOST:PORT",
        help="the desk's mailbox NAME takes mail at this SMTP port",
    )  # fmt: skip
    parser.add_argument("--domain", default="kvit.example", help="of the desk's mail addresses")
    parser.add_argument("--chat", required=True, metavar="URL", help="of the chat gateway")
    parser.add_argument("--telegram", default="", metavar="URL", help="of the demo's Telegram")
    parser.add_argument(
        "--shop-secret", type=Path, metavar="FILE", help="signs who is logged in on the shop's site"
    )
    parser.add_argument("--maildir", required=True, type=Path, help="where answers by mail arrive")
    parser.add_argument("--ledger", required=True, type=Path, help="what they did, line by line")
    parser.add_argument("--rate", type=float, default=12.0, help="messages a minute")
    parser.add_argument("--burst", type=int, default=0, help="stories in the first seconds")
    parser.add_argument("--seconds", type=float, default=0.0, help="then nobody writes any more")
    parser.add_argument("--linger", type=float, default=10.0, help="seconds to read what comes")
    parser.add_argument("--speed", type=float, default=1.0, help="how hurried people are")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--known", type=int, default=4_500, help="people whom the desk knows")
    parser.add_argument("--run", default="", help="the first four characters of all tokens")
    return parser


async def main(asked: argparse.Namespace) -> None:
    ledger = Ledger(asked.ledger)
    doors = dict(door(each) for each in asked.mail)
    addresses = {name: f"{name}@{asked.domain}" for name in doors}
    mail_server = MailServer({addresses[name]: where for name, where in doors.items()}, ledger)
    mailboxes = Mailboxes(asked.maildir, ledger)
    # Each page has a connection of its own, as each visitor has a browser of their own.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        world = World(
            run=asked.run or _next_run(asked.seed, asked.ledger),
            desks=addresses,
            chat=asked.chat.rstrip("/"),
            ledger=ledger,
            mail_server=mail_server,
            mailboxes=mailboxes,
            telegram=Telegram(http, asked.telegram.rstrip("/"), ledger),
            http=http,
            shop_secret=asked.shop_secret.read_text().strip() if asked.shop_secret else "",
            speed=asked.speed,
        )
        crowd = Crowd(world, Tempo(asked.seed, asked.rate, asked.burst, asked.known))
        await _live(world, crowd, asked)
    ledger.close()


async def _live(world: World, crowd: Crowd, asked: argparse.Namespace) -> None:
    """Until the time is over or somebody ends it; then what is under way is still delivered."""
    _end_on_signals(world.over)
    async with asyncio.TaskGroup() as group:
        everybody = [
            group.create_task(world.mail_server.run(), name="mail server"),
            group.create_task(world.mailboxes.run(), name="mailboxes"),
            group.create_task(world.telegram.run(), name="telegram"),
            group.create_task(crowd.run(), name="crowd"),
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(asked.seconds or None):
                await world.over.wait()
        world.over.set()
        await asyncio.sleep(asked.linger)
        for task in everybody:
            task.cancel()
    world.mailboxes.look()


def _end_on_signals(over: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)


def _next_run(seed: int, book: Path) -> str:
    """The same for the same seed at a new desk; another one when customers were here before."""
    chance = random.Random(f"{seed} run {book.stat().st_size}")  # noqa: S311
    return tokens.run(chance)


def door(said: str) -> tuple[str, tuple[str, int]]:
    """`support=127.0.0.1:2525` → ("support", ("127.0.0.1", 2525)). Raises ValueError."""
    name, _, where = said.partition("=")
    host, _, port = where.rpartition(":")
    return name, (host, int(port))


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
