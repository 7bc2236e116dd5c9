"""`python -m adapters.sdk`: one account in a process of its own, on a real bus."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.router_twin import RouterTwin
from tests.adapters.sdk.conftest import until
from tests.adapters.sdk.test_found import CHANNEL
from wire import nats_bus
from wire.messages.channel import Outbound, Sent

pytestmark = pytest.mark.program


@dataclass
class Paper:
    """A folder with a stranger's channel, a configuration, and a bus."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self, *arguments: str, account: str = "desk1") -> "subprocess.Popen[str]":
        paths = (str(self.folder), str(Path.cwd()))
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        command = (sys.executable, "-m", "adapters.sdk", account, "--bus", self.url)
        config = ("--config", str(self.folder / "cordboard.toml"))
        return subprocess.Popen(
            [*command, *config, *arguments],
            env=surroundings,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def paper(tmp_path: Path, bus_port: int) -> Paper:
    info = tmp_path / "paper_channel-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paper-channel\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cordboard.adapters]\npaper = paper_channel:Paper\n")
    (tmp_path / "paper_channel.py").write_text(CHANNEL)
    (tmp_path / "key").write_text("s3cret")
    (tmp_path / "cordboard.toml").write_text(
        '[adapters.desk1]\nkind = "paper"\nfolder = "."\nkey = { file = "key" }\n'
        '[adapters.broken]\nkind = "paper"\nfolde = "."\n'
    )
    return Paper(tmp_path, bus_port)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


async def test_it_takes_sends_and_stops_at_sigterm(paper: Paper) -> None:
    bus = await nats_bus.connect(paper.url)
    router = RouterTwin(bus)
    await router.open()
    process = paper.start()
    try:
        await until(lambda: router.texts, 20)
        message = Outbound(id="out-1", epoch=1, remote="anna", text="hello", at=1)
        assert await router.send("paper", "desk1", message) == Sent(remote_id="written")
        assert router.announced[0].capabilities.kind == "paper"
        process.send_signal(signal.SIGTERM)
        status, _, log = await asyncio.to_thread(ended, process)
    finally:
        process.kill()
        await bus.close()
    assert (status, router.health[-1].state) == (0, "stopping")
    assert "from paper" not in log


def test_faults_are_all_told_and_the_status_is_2(paper: Paper) -> None:
    status, _, told = ended(paper.start(account="broken"))
    assert status == 2
    assert told.splitlines() == [
        'cordboard.toml: adapters.broken.folde: unknown key. Did you mean "folder"?',
        "cordboard.toml: adapters.broken.folder: is missing",
        "cordboard.toml: adapters.broken.key: is missing",
    ]


def test_an_account_is_checked_without_a_bus(paper: Paper) -> None:
    assert ended(paper.start("--check"))[:2] == (0, "there is paper\n")


def test_a_foreign_server_on_the_port_is_not_spoken_to(paper: Paper) -> None:
    status, _, told = ended(paper.start("--server", "ours"))
    assert status == 3
    assert "another server answers there" in told


async def test_it_dies_with_the_process_that_started_it(paper: Paper) -> None:
    starter = f"""
import subprocess, sys, os, time
child = subprocess.Popen([sys.executable, "-m", "adapters.sdk", "desk1", "--bus", {paper.url!r},
    "--config", {str(paper.folder / "cordboard.toml")!r}, "--parent", str(os.getpid())],
    env={{**os.environ, "PYTHONPATH": {os.pathsep.join((str(paper.folder), str(Path.cwd())))!r}}})
print(child.pid, flush=True)
time.sleep(60)
"""
    bus = await nats_bus.connect(paper.url)
    router = RouterTwin(bus)
    await router.open()
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    child = int(await asyncio.to_thread(parent.stdout.readline))
    await until(lambda: router.texts, 20)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    await until(lambda: router.health[-1].state == "stopping", 10)
    await until(lambda: not Path(f"/proc/{child}").exists(), 10)
    await bus.close()
