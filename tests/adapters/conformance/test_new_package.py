"""A stranger's channel, from `cordboard adapter new` to a message through it and back.

In an environment of its own: our wheel and the channel's package are built and installed there as
anybody would. Only the libraries of others are lent from the environment of these tests by a .pth
file, to save a minute of downloads; nothing of the source tree can be imported.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.sdk.conformance.cases import CASES
from tests.architecture.source import ROOT
from tests.servers.ports import free_ports, wait_for_port

pytestmark = pytest.mark.program

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
QUIET = ("--quiet", "--no-deps")
WITHIN = 60

T = TypeVar("T")


@dataclass
class Environment:
    """A fresh venv with our wheel in it, and a folder to work in."""

    root: Path
    folder: Path

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.program(words[0]), *words[1:]],
            cwd=self.folder,
            env=self.surroundings,
            capture_output=True,
            text=True,
            timeout=WITHIN,
        )

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.program(words[0]), *words[1:]],
            cwd=self.folder,
            env=self.surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def install(self, what: Path) -> None:
        python = str(self.root / "bin" / "python")
        command = (*PIP, "--python", python, "install", *QUIET, str(what))
        done(subprocess.run(command, capture_output=True, text=True, timeout=WITHIN))

    def program(self, name: str) -> str:
        return str(self.root / "bin" / name)

    @property
    def surroundings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return kept | {
            "XDG_DATA_HOME": str(self.folder / "home"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{self.root / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        }


def done(process: "subprocess.CompletedProcess[str]") -> str:
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    fresh, folder = tmp_path / "venv", tmp_path / "work"
    folder.mkdir()
    done(run(sys.executable, "-m", "venv", "--without-pip", str(fresh)))
    (libraries,) = fresh.glob("lib/python3*/site-packages")
    (libraries / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made = Environment(fresh, folder)
    made.install(our_wheel(tmp_path))
    return made


def our_wheel(folder: Path) -> Path:
    """Built from a copy: a build leaves its traces where it runs."""
    source = folder / "source"
    files = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/", "bench/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    done(run(*PIP, "wheel", *QUIET, "--wheel-dir", str(folder), str(source)))
    (wheel,) = folder.glob("cordboard-*.whl")
    return wheel


def run(*words: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=WITHIN)


@pytest.fixture
def started(environment: Environment) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Programs that end with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> "subprocess.Popen[str]":
        running.append(environment.start(*words))
        return running[-1]

    yield start
    for process in reversed(running):
        process.terminate()
        process.communicate(timeout=WITHIN)


def test_a_package_is_made_installed_tried_and_used(
    environment: Environment, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    said = done(environment.run("cordboard", "adapter", "new", "pigeon"))
    assert "cordboard adapter test pigeon" in said
    package = environment.folder / "cordboard-pigeon"
    assert "example" not in everything(package).lower()
    environment.install(package)
    tried = json.loads(done(environment.run("cordboard", "adapter", "test", "pigeon", "--json")))
    assert [(each["case"], each["well"]) for each in tried] == [(c.name, True) for c in CASES]
    # Of the ten, which were just seen, one is enough.
    own = environment.run("python", "-m", "pytest", "-q", str(package), "-k", "parse or duplicate")
    assert "7 passed" in done(own)

    (port,) = free_ports(1)
    started("python", "-m", "cordboard_pigeon.counterpart", "--port", str(port))
    configure(environment.folder, port)
    data = ("--data", str(environment.folder / "desk"))
    listening(started("cordboard", "run", *data), "^ready in")
    wait_for_port(port)
    customer = f"http://127.0.0.1:{port}/customers/olena"
    fetch(customer, b"Where is my parcel?")
    (row,) = eventually(lambda: rows(environment, data))
    shown = done(environment.run("cordboard", "thread", str(row["contact"]), "--json", *data))
    assert "Where is my parcel?" in shown
    done(environment.run("cordboard", "reply", str(row["id"]), "On its way.", *data))
    assert eventually(lambda: fetch(customer)) == "On its way.\n"
    account = done(environment.run("cordboard", "adapter", "test", "messages", *data))
    assert "the service knows this account as Pigeon" in account


def everything(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join([*map(str, files), *(path.read_text("utf-8") for path in files)])


def configure(folder: Path, port: int) -> None:
    (folder / "token").write_text("a-token")
    (folder / "cordboard.toml").write_text(
        '[desk]\nname = "Pigeons"\n[adapters.messages]\nkind = "pigeon"\ntitle = "Pigeon"\n'
        f'url = "http://127.0.0.1:{port}"\ntoken = {{ file = "token" }}\n'
    )


def listening(process: "subprocess.Popen[str]", sentence: str) -> None:
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if re.search(sentence, line):
            return
    raise AssertionError("".join(heard))


def rows(environment: Environment, data: tuple[str, ...]) -> list[dict[str, int]]:
    page = json.loads(done(environment.run("cordboard", "queue", "all", "--json", *data)))
    found: list[dict[str, int]] = page["rows"]
    return found


def eventually(what: Callable[[], T]) -> T:
    """What it gives once it gives something."""
    give_up = time.monotonic() + WITHIN
    while not (found := what()):
        assert time.monotonic() < give_up
        time.sleep(0.1)
    return found


def fetch(url: str, data: bytes | None = None) -> str:
    with urllib.request.urlopen(url, data, timeout=10) as answer:
        return str(answer.read().decode())
