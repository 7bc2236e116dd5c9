"""A program tells its supervisor that it lives, and ends when it is told to: in order, then now."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from wire import service

pytestmark = pytest.mark.contract

PROGRAM = """
import asyncio
from wire import service

async def main():
    stop = asyncio.Event()
    service.heed_signals(stop)
    print("up", flush=True)
    await stop.wait()
    print("ending", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(5)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return listening


def test_facts_reach_the_supervisor_and_nobody_when_there_is_none(
    supervisor: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with supervisor:
        service.tell("READY=1", "STATUS=all well")
        assert supervisor.recv(200) == b"READY=1\nSTATUS=all well"
    service.tell("READY=1")  # the socket is gone
    monkeypatch.delenv("NOTIFY_SOCKET")
    service.tell("READY=1")


async def test_a_loop_that_runs_gives_signs_of_life_and_one_that_hangs_gives_none(
    supervisor: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    with supervisor:
        living = asyncio.create_task(service.live())
        for _ in range(3):
            assert await asyncio.to_thread(supervisor.recv, 20) == b"WATCHDOG=1"
        living.cancel()


def test_what_is_meant_for_the_parent_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    assert service.watched_every() == 15.0
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    assert service.watched_every() == 0.0


def test_the_first_signal_ends_in_order_and_the_second_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"up\n"
        program.send_signal(signal.SIGTERM)
        assert program.stdout.readline() == b"ending\n"
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 128 + signal.SIGTERM
