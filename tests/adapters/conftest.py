"""A real bus for adapters that run in a process of their own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.needs import program
from tests.servers.ports import free_ports, wait_for_port


@pytest.fixture(scope="module")
def bus_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    (port,) = free_ports(1)
    ours = Path(sys.executable).with_name("nats-server")
    binary = str(ours) if ours.exists() else program("nats-server")
    log = tmp_path_factory.mktemp("nats") / "log"
    server = subprocess.Popen([binary, "-a", "127.0.0.1", "-p", str(port), "-l", str(log)])
    wait_for_port(port)
    yield port
    server.kill()
    server.wait()
