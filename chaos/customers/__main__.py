"""Customers as a process of their own: they know the desk's doors, nothing else.

    python -m chaos.customers --smtp PORT --lmtp PORT --chat URL --telegram PORT --ledger FILE \\
        --each-channel 25 --messages 10 --rate 20

They write until each message was taken (SIGUSR1: and no more after these), then read until they
are told to end.
"""

import argparse
import asyncio
import contextlib
import random
import signal
from pathlib import Path
from typing import Protocol

import aiohttp

from chaos.customers.by_chat import ChatCustomer
from chaos.customers.by_mail import ImapCustomer, SmtpCustomer
from chaos.customers.by_telegram import BotCustomer, read_for_ever
from cordboard.demo.customers.ledger import Ledger
from cordboard.demo.customers.telegram_server import TelegramServer

# What they say when all was taken, for whoever started them.
THROUGH = "through"


class Customer(Protocol):
    name: str

    async def writes(self, number: int) -> None: ...


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos.customers")
    for name in ("smtp", "lmtp", "telegram", "each-channel", "messages", "seed"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--chat", required=True, help="url of the page")
    parser.add_argument("--token", required=True, help="of the bot, of a Telegram of our own")
    parser.add_argument("--ledger", required=True, type=Path)
    parser.add_argument("--rate", type=float, required=True, help="messages a second, of all")
    return parser


async def main(asked: argparse.Namespace) -> None:
    ledger = Ledger(asked.ledger)
    over, enough = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, enough.set)
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        TelegramServer(asked.token, asked.telegram) as telegram,
        aiohttp.ClientSession(connector=connector) as http,
    ):
        reading = asyncio.create_task(read_for_ever(telegram, ledger))
        chatting = [ChatCustomer(f"chat{n:03}", n, http, asked.chat, ledger)
                    for n in range(asked.each_channel)]  # fmt: skip
        others = [customer for n in range(asked.each_channel)
                  for customer in others_of(n, asked, telegram, ledger)]  # fmt: skip
        await write_all([*chatting, *others], asked, enough)
        print(THROUGH, flush=True)
        await over.wait()
        await asyncio.gather(*(customer.leaves() for customer in chatting))
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
    ledger.close()


def others_of(
    number: int, asked: argparse.Namespace, telegram: TelegramServer, ledger: Ledger
) -> list[Customer]:
    return [
        SmtpCustomer(f"smtp{number:03}", asked.smtp, ledger),
        ImapCustomer(f"imap{number:03}", asked.lmtp, ledger),
        BotCustomer(f"bot{number:03}", number, telegram, ledger),
    ]


async def write_all(
    customers: list[Customer], asked: argparse.Namespace, enough: asyncio.Event
) -> None:
    """Each at a pace of their own; together it is the rate that was asked for."""
    chance = random.Random(asked.seed)
    pause = len(customers) / asked.rate

    async def writes(customer: Customer, first: float) -> None:
        await asyncio.sleep(first)
        for number in range(asked.messages):
            if enough.is_set():
                return
            await customer.writes(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), pause)

    await asyncio.gather(*(writes(each, chance.uniform(0, pause)) for each in customers))


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
