"""`cordboard doctor`: whether this machine can run the desk, each finding in a line."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Literal

import typer

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, show
from cordboard.config_commands import Config
from wire.messages.base import Said, Wire, say

OURS = ("wire", "router", "adapters", "console", "agent_notes", "cordboard")
OLDEST = (3, 11)
# SQLite before it can lose commits when two connections reset the write-ahead log.
SQLITE = (3, 51, 3)
# Below these free bytes the desk is in danger, or soon will be.
NO_SPACE, LITTLE_SPACE = 200_000_000, 2_000_000_000

Verdict = Literal["good", "look", "bad"]
MARKS = {"good": "ok ", "look": "?  ", "bad": "BAD"}


class Finding(Wire, frozen=True):
    verdict: Verdict
    said: Said


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look."""

    data: Path
    config: Path


def doctor(config: Config = None, data: Data = None, json: Json = False) -> None:
    from cordboard.checking import config_path
    from wire import data_folder

    root = data or data_folder.usual().root
    machine = Machine(root, config_path(config, root))
    findings = tuple(finding for check in CHECKS for finding in check(machine))
    if json:
        show(findings, json=True)
    else:
        for finding in findings:
            print(f"{MARKS[finding.verdict]}  {told(finding.said)}")
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(1)


def _good(text: Said) -> Finding:
    return Finding(verdict="good", said=text)


def _look(text: Said) -> Finding:
    return Finding(verdict="look", said=text)


def _bad(text: Said) -> Finding:
    return Finding(verdict="bad", said=text)


def _python(machine: Machine) -> Iterator[Finding]:
    version = sys.version.split()[0]
    if sys.version_info[:2] < OLDEST:
        yield _bad(say("Python {version} is too old; 3.11 is needed.", version=version))
    else:
        yield _good(say("Python {version}", version=version))


def _sqlite(machine: Machine) -> Iterator[Finding]:
    import apsw

    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")[:3]) < SQLITE:
        yield _bad(
            say(
                "SQLite {version} can lose commits; 3.51.3 is needed. Install a newer apsw.",
                version=version,
            )
        )
    else:
        yield _good(say("SQLite {version}", version=version))


def _names(machine: Machine) -> Iterator[Finding]:
    clashes = [
        (name, str(other.metadata["Name"]))
        for other in distributions()
        if other.metadata["Name"] != "cordboard"
        for name in sorted({file.parts[0].removesuffix(".py") for file in other.files or []})
        if name in OURS
    ]
    for name, other in clashes:
        yield _bad(
            say(
                'The package name "{name}" is also brought by {other}. Install Cordboard into an '
                "environment of its own.",
                name=name,
                other=other,
            )
        )
    if not clashes:
        yield _good(say("Our package names are nobody else's."))


def _nats(machine: Machine) -> Iterator[Finding]:
    from router.nats import binary
    from router.nats.trouble import BusTrouble

    try:
        path = binary.find(_named_binary(machine))
        found = binary.version(path)
    except BusTrouble as error:
        yield _bad(error.said)
    else:
        yield _good(
            say(
                "{version} ({path}, sha256 {sha256})",
                version=found.text,
                path=str(path),
                sha256=found.sha256,
            )
        )


def _named_binary(machine: Machine) -> str:
    from wire import settings
    from wire.config import BadConfig

    try:
        return settings.load(machine.config).bus.server_binary
    except BadConfig:
        return ""  # said by the check of the configuration


def _config(machine: Machine) -> Iterator[Finding]:
    from cordboard.checking import checked
    from wire.config import BadConfig

    if not machine.config.is_file():
        yield _look(say("There is no configuration at {path}.", path=str(machine.config)))
        return
    try:
        checked(machine.config)
    except BadConfig as error:
        for fault in error.faults:
            yield _bad(say("{fault}", fault=fault))
    else:
        yield _good(say("{path} is good.", path=str(machine.config)))


def _space(machine: Machine) -> Iterator[Finding]:
    at = next(path for path in (machine.data, *machine.data.resolve().parents) if path.exists())
    free = shutil.disk_usage(at).free
    verdict = _bad if free < NO_SPACE else _look if free < LITTLE_SPACE else _good
    text = say("{megabytes} MB are free at {path}.", megabytes=free // 1_000_000, path=str(at))
    yield verdict(text)


def _folder(machine: Machine) -> Iterator[Finding]:
    if not machine.data.exists():
        yield _look(say("No desk has run in {path} yet.", path=str(machine.data)))
        return
    open_to_others = [path for path in _private(machine.data) if path.stat().st_mode & 0o077]
    for path in open_to_others:
        yield _bad(say("{path} can be read by others. Type: chmod go= {path}", path=str(path)))
    try:
        probe = machine.data / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        yield _bad(
            say(
                "{path} cannot be written: {error}.",
                path=str(machine.data),
                error=str(error.strerror),
            )
        )
        return
    if not open_to_others:
        yield _good(say("{path} is ours, and for nobody else.", path=str(machine.data)))


def _private(root: Path) -> Iterator[Path]:
    from wire.data_folder import DataFolder

    folder = DataFolder(root)
    yield from (path for path in (root, folder.keys, folder.nats_conf) if path.exists())
    with contextlib.suppress(OSError):
        yield from sorted(folder.keys.iterdir())


def _port(machine: Machine) -> Iterator[Finding]:
    from router.nats import served
    from router.nats.embedded import is_free
    from wire.data_folder import DataFolder

    folder = DataFolder(machine.data).resolved()
    try:
        port = int(folder.nats_port.read_text())
    except (OSError, ValueError):
        return
    if served.pid(folder) is not None:
        yield _good(say("The bus runs on port {port}.", port=port))
    elif is_free(port):
        yield _good(say("Port {port} is free for the bus.", port=port))
    else:
        yield _bad(
            say(
                "Port {port}, which this data folder's bus uses, is taken by another program. "
                "End that program, or remove {path} and another port is chosen.",
                port=port,
                path=str(folder.nats_port),
            )
        )


CHECKS: tuple[Callable[[Machine], Iterator[Finding]], ...] = (
    _python,
    _sqlite,
    _names,
    _nats,
    _config,
    _space,
    _folder,
    _port,
)
COMMANDS: Commands = (("doctor", doctor, _("Whether this machine can run the desk.")),)
