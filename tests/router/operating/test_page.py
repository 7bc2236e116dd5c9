"""Health and figures over HTTP: alive, ready by a real write, degraded without the bus."""

import os
import resource
import signal
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from router.nats import served
from router.operating.measures import SECONDS, LoopLag, Spread
from router.operating.page import Taken, page
from tests.router.operating.switchboard import Switchboard, switchboard
from tests.servers.ports import free_ports
from wire.messages.verbs import Reply, SetSending, SetTeam

pytestmark = pytest.mark.program


class Monitor:
    """Asks as a monitoring system does."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    async def get(self, path: str) -> tuple[int, Any]:
        timeout = aiohttp.ClientTimeout(10)
        async with aiohttp.ClientSession(timeout=timeout) as web, web.get(self._url + path) as got:
            return got.status, await got.json()

    async def figures(self) -> dict[tuple[str, ...], float]:
        """(name, label values …) → value."""
        async with aiohttp.ClientSession() as web, web.get(self._url + "/metrics") as got:
            assert got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            text = await got.text()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


def listening(port: int) -> str:
    return f'\n[operating]\nlisten = "127.0.0.1:{port}"\n'


async def test_a_desk_that_works_says_so_and_gives_its_figures(tmp_path: Path, port: int) -> None:
    async with switchboard(tmp_path, listening(port)) as board:
        monitor = Monitor(port)
        assert await monitor.get("/livez") == (200, {"state": "ok", "failing": [], "degraded": []})
        assert (await monitor.get("/readyz"))[0] == 200
        await board.serve()
        for number in (1, 2, 3, 3):
            await board.mail(number, "hello")
        await board.admin.call(Reply(conversation=1, text="hi", anyway=True))
        await board.until(lambda: _sent(board), "the reply")
        await board.admin.call(SetSending(on=False))
        await board.admin.call(Reply(conversation=2, text="later", anyway=True))

        found = await monitor.figures()
        assert found["cordboard_taken_total", "support", "email", "accepted"] == 3
        assert found["cordboard_taken_total", "support", "email", "duplicate"] == 1
        assert found["cordboard_waiting", "{}", "support"] == 1
        assert found["cordboard_waiting_oldest_seconds",] >= 0
        assert found["cordboard_outbox", "held"] + found["cordboard_outbox", "ready"] == 1
        assert found["cordboard_outbox_ended", "sent"] == 1
        assert found["cordboard_sending_paused",] == 1
        assert found["cordboard_epoch",] == 1
        assert found["cordboard_read_only",] == 0
        assert found["cordboard_bus_connected",] == 1
        assert found["cordboard_logins_refused",] == 0
        commits = found["cordboard_commit_seconds_count",]
        assert commits == found["cordboard_batch_items_count",] > 3
        assert found["cordboard_commit_seconds_bucket", "+Inf"] == commits
        # Our adapter introduced itself, and told nothing of its health since.
        assert found["cordboard_account_state", "support", "email", "silent"] == 1
        assert found["cordboard_account_state", "support", "email", "ready"] == 0
        for name in ("wal_bytes", "disk_free_bytes", "loop_lag_seconds", "search_behind_events"):
            assert (f"cordboard_{name}",) in found
        assert found["process_resident_memory_bytes",] > 1_000_000


async def _sent(board: Switchboard) -> bool:
    return bool(board.sent)


async def test_without_the_bus_it_is_degraded_and_not_dead(tmp_path: Path, port: int) -> None:
    async with switchboard(tmp_path, listening(port)) as board:
        monitor, pid = Monitor(port), served.pid(board.folder)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # it is there, and answers nobody
        try:
            assert (await monitor.get("/readyz"))[0] == 200
        finally:
            os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGKILL)

        async def away() -> bool:
            status, told = await monitor.get("/readyz")
            assert status == 200
            return "the bus is away" in told["degraded"]

        async def back() -> bool:
            return (await monitor.figures())["cordboard_bus_reconnects",] >= 1

        await board.until(away, "a bus that is missed")
        await board.until(back, "a bus that is back")
        await board.admin.call(SetTeam(team="sales", name="Sales"))


async def test_a_desk_that_cannot_write_is_alive_and_not_ready(tmp_path: Path, port: int) -> None:
    async with switchboard(tmp_path, listening(port)) as board:
        monitor, pid = Monitor(port), board.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)

        async def refuses() -> Any:
            status, told = await monitor.get("/readyz")
            return told if status == 503 else None

        async def ready() -> bool:
            return (await monitor.get("/readyz"))[0] == 200

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
        told = await board.until(refuses, "a refusal")
        assert "nothing can be written" in told["failing"][0]
        assert (await monitor.get("/livez"))[0] == 200
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        await board.until(ready, "a desk that is ready again")


async def test_a_taken_port_is_said_in_a_sentence(port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        with pytest.raises(Taken, match=rf"operating\.listen 127\.0\.0\.1:{port}: Address already"):
            async with page(None, "127.0.0.1", port):  # type: ignore[arg-type]
                pass


# --- the figures by themselves -------------------------------------------------------------------


def test_a_spread_counts_what_is_up_to_each_bound() -> None:
    spread = Spread(SECONDS)
    for value in (0.0, 0.001, 0.0011, 99.0):
        spread.add(value)
    assert spread.counts[:2] == [2, 1]
    assert spread.counts[-1] == 1
    assert spread.total == pytest.approx(99.0021)


def test_a_loop_that_was_stuck_shows_it() -> None:
    now = [100.0]
    lag = LoopLag(lambda: now[0])
    assert lag.worst == 0.0
    now[0] += 6.0
    assert lag.now == lag.worst == pytest.approx(5.75)
