"""An SMTP server that receives and counts: what taking a mail costs before anybody reads it.

`python -m bench.kit.counting_smtp PORT`.
"""

import asyncio
import signal
import sys
from typing import Any

import uvloop
from aiosmtpd.smtp import SMTP

READY = "counting smtp ready"


class Counter:
    """Takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, _server: SMTP, _session: Any, _envelope: Any) -> str:
        self.taken += 1
        return "250 2.0.0 taken"


async def main(port: int) -> None:
    loop, counter = asyncio.get_running_loop(), Counter()
    server = await loop.create_server(
        lambda: SMTP(counter, hostname="desk.example", loop=loop), "127.0.0.1", port
    )
    print(READY, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvloop.run(main(int(sys.argv[1])))
