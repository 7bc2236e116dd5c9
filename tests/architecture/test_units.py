"""The systemd units are good ones, start what can be typed, and wait for it as long as it takes."""

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from adapters.sdk.pace import Pace
from cordboard.app import COMMANDS
from cordboard.running.whole_desk import STOP_WITHIN
from router.running import CLOSING, LAST_SENDS
from tests.architecture.source import ROOT
from tests.servers.needs import program

pytestmark = pytest.mark.architecture

UNITS = sorted((ROOT / "systemd").glob("*.service"))
INSTALLED = "/opt/cordboard/bin/cordboard"
HARDENED = ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "RestrictSUIDSGID", "LockPersonality")


def unit(path: Path) -> ConfigParser:
    read = ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(path: Path, tmp_path: Path) -> None:
    here = str(Path(sys.executable).with_name("cordboard"))
    copy = tmp_path / path.name.replace("@", "@support")
    copy.write_text(path.read_text(encoding="utf-8").replace(INSTALLED, here))
    done = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_watched_hardened_and_starts_a_command_of_ours(path: Path) -> None:
    service = unit(path)["Service"]
    binary, *words = service["ExecStart"].partition(" --data")[0].removesuffix(" %i").split()
    assert binary == INSTALLED
    assert " ".join(words) in {typed for typed, _function, _said in COMMANDS}
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert int(service["WatchdogSec"]) > 0
    assert service["RestartPreventExitStatus"] == "2"
    assert [key for key in HARDENED if service[key] != "yes"] == []
    assert service["ProtectSystem"] == "strict"


def test_nobody_is_killed_while_they_still_end_in_order() -> None:
    stop = {path.stem: int(unit(path)["Service"]["TimeoutStopSec"]) for path in UNITS}
    router = LAST_SENDS + 2 * CLOSING
    assert max(router, Pace().last_sends) < STOP_WITHIN
    assert stop["cordboard"] > 2 * STOP_WITHIN + 5
    assert stop["cordboard-router"] > router
    assert stop["cordboard-adapter@"] > Pace().last_sends
