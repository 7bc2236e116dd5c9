"""`/livez`, `/readyz` and `/metrics` over HTTP, on a loopback address that the settings name."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from router.operating import metrics
from router.operating.vitals import Vitals

METRICS = "text/plain; version=0.0.4; charset=utf-8"
STOPS_WITHIN = 1.0


class Taken(Exception):
    """The address is taken: why, in a sentence."""


@asynccontextmanager
async def page(vitals: Vitals, host: str, port: int) -> AsyncIterator[str]:
    """Open while the block runs; where, as a URL. Raises Taken."""
    runner = web.AppRunner(_app(vitals), access_log=None, shutdown_timeout=STOPS_WITHIN)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise Taken(f"operating.listen {host}:{port}: {why}") from error
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _app(vitals: Vitals) -> web.Application:
    async def alive(_request: web.Request) -> web.Response:
        return _verdict(vitals.alive(), [])

    async def ready(_request: web.Request) -> web.Response:
        return _verdict(await vitals.ready(), vitals.degraded())

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics.text(vitals), headers={"Content-Type": METRICS})

    app = web.Application(client_max_size=1_024)
    for path, answer in (("/livez", alive), ("/readyz", ready), ("/metrics", figures)):
        app.router.add_get(path, answer)
    return app


def _verdict(troubles: Sequence[str], degraded: Sequence[str]) -> web.Response:
    state = "failing" if troubles else "degraded" if degraded else "ok"
    answer = {"state": state, "failing": list(troubles), "degraded": list(degraded)}
    return web.json_response(answer, status=503 if troubles else 200)
