"""`cordboard run`: the whole desk starts, stays up, is used by its own commands, and ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.nats import served
from router.nats.keys import new_pair
from tests.cordboard.conftest import Typed
from wire.data_folder import DataFolder

pytestmark = pytest.mark.program


class Running:
    """A desk that runs, and what it said so far."""

    def __init__(self, folder: DataFolder, surroundings: dict[str, str], cwd: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("cordboard")), "run", "--data", str(folder.root)],
            cwd=cwd,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, sentence: str) -> str:
        """Read on to the line in which this is; fails when it ends without."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if re.search(sentence, line):
                return line
        raise AssertionError("\n".join(self.said))

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        assert self.process.stdout is not None
        self.said += [line.rstrip() for line in self.process.stdout]
        self.process.stdout.close()
        return self.process.wait(30)

    def children(self) -> dict[str, int]:
        """The processes that it started, by what they are."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                words = (path / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if parent == self.process.pid:
                name = words[2] if "-m" in words else Path(words[0]).name
                found[name] = int(path.name)
        return found


@pytest.fixture
def desk(tmp_path: Path, config: Path, surroundings: dict[str, str]) -> Iterator[Running]:
    running = Running(DataFolder(tmp_path / "desk"), surroundings, tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.ended()


def gone(pid: int) -> bool:
    """Whether a process ends within a second or so (one that waits for its parent has ended)."""
    for _ in range(150):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


def test_a_new_desk_is_made_used_and_ended(desk: Running, typed: Typed, tmp_path: Path) -> None:
    data = ("--data", str(desk.folder.root))
    invited = desk.until("This desk is new")
    desk.until("^ready in")
    steps = [line.partition(":")[0] for line in desk.said]
    assert steps[:4] == ["configuration", "bus", "router", "adapter shop"]

    # The local admin, without a login.
    status = json.loads(typed("status", "--json", *data).stdout)
    assert status["waiting"] == 0

    # The first admin logs in with the code that was printed, once.
    login = re.search(r"cordboard (login admin --code \S+)", invited)
    assert login is not None
    words = login[1].split()
    done = typed(*words, *data)
    assert (done.returncode, done.stderr) == (0, "")
    again = typed(*words, *data)
    assert again.returncode == 1
    assert len(again.stderr.splitlines()) == 1

    # A colleague, by invitation and without a restart, then with a password.
    added = typed("agent", "add", "bob", "--name", "Bob", "--team", "support", "--json", *data)
    assert added.returncode == 0, added.stderr
    code = json.loads(added.stdout)["code"]
    assert typed("login", "bob", "--code", code, *data).returncode == 0
    assert (
        typed("agent", "password", "bob", *data, "--as", "admin", stdin="right horse\n").returncode
        == 0
    )
    wrong = typed("login", "bob", *data, stdin="wrong horse\n")
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr
    assert typed("login", "bob", *data, stdin="right horse\n").returncode == 0

    # What he may not do is refused in a sentence; who he is, the desk knows by his key.
    refused = typed("agent", "add", "eve", *data, "--as", "bob")
    assert refused.returncode == 1
    assert refused.stderr.strip()
    agents = json.loads(typed("agent", "list", "--json", *data, "--as", "bob").stdout)["agents"]
    assert {row["id"] for row in agents} == {"admin", "bob"}
    assert typed("logout", "bob", *data).returncode == 0
    assert "Nobody is logged in here as bob" in typed("status", *data, "--as", "bob").stderr

    assert desk.end() == 0
    assert [line for line in desk.said if line.endswith(": ended")] == [
        "adapter shop: ended",
        "router: ended",
        "bus: ended",
    ]
    assert typed("status", *data).returncode == 3


def test_a_part_that_dies_is_started_again(desk: Running, typed: Typed) -> None:
    desk.until("^ready in")
    before = desk.children()
    os.kill(before["router"], signal.SIGKILL)
    desk.until("router: ended with status -9; again in")
    os.kill(before["adapters.sdk"], signal.SIGKILL)
    desk.until("adapter shop: ended with status -9; again in")
    os.kill(before["nats-server"], signal.SIGKILL)
    # A command waits for both to be back.
    done = typed("team", "add", "sales", "Sales", "--data", str(desk.folder.root))
    for _ in range(20):
        if done.returncode == 0:
            break
        done = typed("team", "add", "sales", "Sales", "--data", str(desk.folder.root))
    assert done.returncode == 0, done.stderr
    after = desk.children()
    assert set(after) == set(before)
    assert all(after[name] != before[name] for name in after)


def test_kill_9_takes_every_part_along_and_the_next_start_takes_over(
    desk: Running, surroundings: dict[str, str], tmp_path: Path
) -> None:
    desk.until("^ready in")
    parts = desk.children()
    assert set(parts) == {"nats-server", "router", "adapters.sdk"}
    desk.process.kill()
    desk.ended()
    assert [name for name, pid in parts.items() if not gone(pid)] == []
    following = Running(desk.folder, surroundings, tmp_path)
    try:
        following.until("^ready in")
        assert not any("This desk is new" in line for line in following.said)
        assert served.pid(desk.folder) not in (None, parts["nats-server"])
    finally:
        assert following.end(signal.SIGINT) == 0


def test_a_second_desk_is_refused_while_the_first_runs(desk: Running, typed: Typed) -> None:
    desk.until("^ready in")
    done = typed("run", "--data", str(desk.folder.root))
    assert done.returncode == 1
    assert f"(process {desk.process.pid})" in done.stderr


def test_a_database_that_another_router_holds_is_said_so(
    desk: Running, config: Path, surroundings: dict[str, str], tmp_path: Path
) -> None:
    desk.until("^ready in")
    done = subprocess.run(
        [sys.executable, "-m", "router", "--data", desk.folder.root, "--config", config],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode not in (0, 1)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_key_that_nobody_invited_gets_nowhere(desk: Running, typed: Typed) -> None:
    desk.until("^ready in")
    desk.folder.admin_key.write_text(new_pair(b"z" * 32).seed)
    done = typed("status", "--data", str(desk.folder.root))
    assert done.returncode == 1
    assert "does not know this key" in done.stderr
