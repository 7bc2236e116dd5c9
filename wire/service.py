"""A program as a service: it tells its supervisor how it does, and ends when it is asked to.

systemd's protocol (sd_notify) is a datagram to a socket whose name is in the environment; without
that variable nothing is told.
"""

import asyncio
import contextlib
import os
import signal
import socket


def tell(*facts: str) -> None:
    """Facts such as READY=1, STATUS=…, WATCHDOG=1. Nobody listens: nothing happens."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.setblocking(False)
        to.sendto("\n".join(facts).encode(), address)


def watched_every() -> float:
    """Seconds between two signs of life, half of what is allowed; 0.0 when nobody watches us."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0  # it was meant for our parent
    try:
        return int(os.environ.get("WATCHDOG_USEC", "0")) / 2_000_000
    except ValueError:
        return 0.0


async def live() -> None:
    """For ever: a sign of life from the loop. A loop that hangs gives none and is started again."""
    every = watched_every()
    while every:
        tell("WATCHDOG=1")
        await asyncio.sleep(every)


def heed_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set `stop`; the second one ends the process at once, as a kill -9 would.

    That is safe at any moment: what is not committed was told to nobody.
    """

    def on_signal(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()
        tell("STOPPING=1")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
