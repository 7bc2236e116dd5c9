"""Whatever is wrong, it is said in a sentence with an exit status, and never as a traceback."""

import errno
import fcntl
import json
import os
import socket
import stat
from pathlib import Path

import pytest

from cordboard.explaining import explained
from tests.cordboard.conftest import Typed
from wire.bus import NoAnswer
from wire.data_folder import DataFolder

pytestmark = pytest.mark.program

BROKEN = """
[desk]
nmae = "Test"
reopen_days = "many"

[bus]
server_binary = 7

[adapters.shop]
kind = "webchat"
secret = "written here"
lisen = "127.0.0.1:0"

[adapters.mail]
kind = "emial"

[adapters.other]
kind = "webchat"
team = "suport"
"""


@pytest.mark.parametrize("command", [("config", "check"), ("run",), ("nats", "config")])
def test_a_broken_configuration_is_told_whole(
    typed: Typed, config: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    config.write_text(BROKEN)
    done = typed(*command, "--data", str(tmp_path / "desk"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    faults = done.stderr.splitlines()
    for beginning, nearest in (
        ("cordboard.toml: desk.nmae: unknown key.", '"name"'),
        ("cordboard.toml: desk.reopen_days: ", "float"),
        ("cordboard.toml: bus.server_binary: ", "str"),
        ("cordboard.toml: adapters.shop.secret: a secret is named, not written", "env"),
        ("cordboard.toml: adapters.shop.lisen: unknown key.", '"listen"'),
        ("cordboard.toml: adapters.mail.kind: there is no channel 'emial'.", '"email"'),
        ("cordboard.toml: adapters.other.team: there is no team 'suport'.", '"support"'),
    ):
        assert any(fault.startswith(beginning) and nearest in fault for fault in faults), beginning
    assert len(faults) == len(set(faults))


def test_no_configuration_says_where_one_is_looked_for(typed: Typed, tmp_path: Path) -> None:
    done = typed("run", "--data", str(tmp_path / "desk"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path}/desk/cordboard.toml: there is no such file.")


def test_no_toml_says_where_it_ends_to_be_some(typed: Typed, config: Path) -> None:
    config.write_text("[desk\n")
    done = typed("config", "check")
    assert done.returncode == 2
    assert "cordboard.toml: this is no TOML" in done.stderr
    assert "line 1" in done.stderr


def test_a_good_configuration_is_good(typed: Typed, config: Path) -> None:
    done = typed("config", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is good" in done.stdout


def test_a_data_folder_that_cannot_be_made_is_named(
    typed: Typed, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    done = typed("run", "--data", str(tmp_path / "file" / "desk"))
    assert done.returncode == 2
    assert done.stderr.strip() == f"{tmp_path}/file/desk: Not a directory."


def test_a_taken_port_is_named_with_what_to_do(typed: Typed, config: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        folder.nats_port.write_text(f"{port}\n")
        done = typed("run", "--data", str(folder.root))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port}, which this data folder's bus uses, is taken")
    assert str(folder.nats_port) in done.stderr


def test_a_second_desk_on_a_folder_is_refused_with_the_holders_process(
    typed: Typed, config: Path, tmp_path: Path
) -> None:
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    with folder.lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        holder.write(f"{os.getpid()}\n")
        holder.flush()
        done = typed("run", "--data", str(folder.root))
    assert done.returncode == 1
    assert f"A desk already runs in {folder.root} (process {os.getpid()})" in done.stderr


def test_a_server_that_does_not_run_is_named(typed: Typed, config: Path, tmp_path: Path) -> None:
    config.write_text('[bus]\nserver_binary = "/nowhere/nats-server"\n')
    done = typed("run", "--data", str(tmp_path / "desk"))
    assert done.returncode == 1
    assert "bus.server_binary names /nowhere/nats-server" in done.stderr


@pytest.mark.parametrize("line", ["status", "take 3 --as bob", "login alice --code x"])
def test_a_folder_in_which_no_desk_ran_is_named(typed: Typed, tmp_path: Path, line: str) -> None:
    done = typed(*line.split(), "--data", str(tmp_path / "desk"))
    assert done.returncode == 3
    assert done.stderr.startswith(f"No desk has run in {tmp_path}/desk yet.")
    assert f"cordboard run --data {tmp_path}/desk" in done.stderr


def test_a_bus_that_is_gone_is_said_so(typed: Typed, tmp_path: Path) -> None:
    from router.nats import keys

    folder = DataFolder(tmp_path / "desk")
    folder.make()
    keys.kept(folder.admin_key)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    folder.nats_port.write_text(f"{port}\n")
    folder.nats_name.write_text("cordboard-gone\n")
    done = typed("status", "--data", str(folder.root))
    assert done.returncode == 3
    assert done.stderr.startswith("The desk cannot be reached: no bus at nats://127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1


def test_an_impossible_name_cannot_log_in(typed: Typed) -> None:
    done = typed("login", "a.b", "--code", "x", "--url", "nats://127.0.0.1:1")
    assert done.returncode == 2
    assert "1 to 32" in done.stderr


def test_an_unknown_command_is_status_2(typed: Typed) -> None:
    assert typed("nonsense").returncode == 2


def test_the_doctor_finds_what_is_wrong(typed: Typed, config: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    folder.admin_key.write_text("x")
    folder.admin_key.chmod(0o644)
    config.write_text("[desk]\nnmae = 1\n")
    done = typed("doctor", "--data", str(folder.root), "--json")
    assert done.returncode == 1
    bad = [row["said"]["args"] for row in json.loads(done.stdout) if row["verdict"] == "fail"]
    assert {"path": str(folder.admin_key)} in bad
    assert any("nmae" in args.get("fault", "") for args in bad)
    assert len(bad) == 2


def test_the_doctor_is_content_with_what_is_well(
    typed: Typed, config: Path, tmp_path: Path
) -> None:
    done = typed("doctor", "--data", str(tmp_path / "desk"))
    assert done.returncode == 0, done.stdout
    for sentence in ("Python 3.", "SQLite 3.", "nats-server: v2.", "sha256 ", "MB are free"):
        assert sentence in done.stdout
    assert "shop: 127.0.0.1:0 is free to listen on" in done.stdout


def test_the_accounts_for_a_server_of_ones_own_carry_no_secret(
    typed: Typed, config: Path, tmp_path: Path
) -> None:
    done = typed("nats", "config", "--data", str(tmp_path / "desk"))
    assert done.returncode == 0
    assert list(json.loads(done.stdout)["accounts"]) == ["ROUTER", "ADAPTERS", "AGENTS", "DOOR"]
    assert '"SU' not in done.stdout
    keys = list(DataFolder(tmp_path / "desk").keys.iterdir())
    names = ["adapter.webchat.shop.nk", "router-answers.nk", "router-asks.nk"]
    assert sorted(path.name for path in keys) == names
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoAnswer("rpc.ana.status"), "The desk does not answer. What is wrong says"),
        (OSError(errno.ENOSPC, "No space left on device"), "It could not be done: No space left"),
        (FileNotFoundError(2, "No such file", "here.toml"), "here.toml: No such file"),
    ],
)
def test_what_broke_is_told_in_words_and_without_our_own_names(error: Exception, said: str) -> None:
    found = explained(error)
    assert found is not None
    assert found.sentences[0].startswith(said)
