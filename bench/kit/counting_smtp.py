"""An SMTP server that receives and counts: what taking a mail costs before anybody reads it.

`python -m bench.kit.counting_smtp PORT [SECONDS]`: it takes so long to say yes.
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

    def __init__(self, seconds: float) -> None:
        self.taken = 0
        self._seconds = seconds

    async def handle_DATA(self, _server: SMTP, _session: Any, _envelope: Any) -> str:
        if self._seconds:
            await asyncio.sleep(self._seconds)
        self.taken += 1
        return "250 2.0.0 taken"


async def main(port: int, seconds: float) -> None:
    loop, counter = asyncio.get_running_loop(), Counter(seconds)
    server = await loop.create_server(
        lambda: SMTP(counter, hostname="desk.example", loop=loop), "127.0.0.1", port
    )
    print(READY, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvloop.run(main(int(sys.argv[1]), float([*sys.argv, "0"][2])))
