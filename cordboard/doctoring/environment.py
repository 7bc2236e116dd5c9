"""This machine: Python, the database's library, names, the bus's program, configuration, clock."""

import ctypes
import sys
from collections.abc import Iterator
from importlib.metadata import distributions

from cordboard.doctoring.finding import Finding, Machine, fail, ok, warn
from wire.messages.base import say

OURS = ("wire", "router", "adapters", "console", "agent_notes", "cordboard")
OLDEST = (3, 11)
# SQLite before it can lose commits when two connections reset the write-ahead log.
SQLITE = (3, 51, 3)
# What the kernel answers when nobody keeps its clock right.
UNSYNCHRONISED = 5


def python(machine: Machine) -> Iterator[Finding]:
    version = sys.version.split()[0]
    if sys.version_info[:2] < OLDEST:
        yield fail(say("Python {version} is too old; 3.11 is needed.", version=version))
    else:
        yield ok(say("Python {version}", version=version))


def sqlite(machine: Machine) -> Iterator[Finding]:
    import apsw

    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")[:3]) < SQLITE:
        yield fail(
            say(
                "SQLite {version} can lose commits; 3.51.3 is needed. Install a newer apsw.",
                version=version,
            )
        )
    else:
        yield ok(say("SQLite {version}", version=version))


def names(machine: Machine) -> Iterator[Finding]:
    clashes = [
        (name, str(other.metadata["Name"]))
        for other in distributions()
        if other.metadata["Name"] != "cordboard"
        for name in sorted({file.parts[0].removesuffix(".py") for file in other.files or []})
        if name in OURS
    ]
    for name, other in clashes:
        yield fail(
            say(
                'The package name "{name}" is also brought by {other}. Install Cordboard into an '
                "environment of its own.",
                name=name,
                other=other,
            )
        )
    if not clashes:
        yield ok(say("Our package names are nobody else's."))


def nats(machine: Machine) -> Iterator[Finding]:
    from router.nats import binary
    from router.nats.trouble import BusTrouble

    try:
        path = binary.find(_named_binary(machine))
        found = binary.version(path)
    except BusTrouble as error:
        yield fail(error.said)
    else:
        yield ok(
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


def config(machine: Machine) -> Iterator[Finding]:
    from cordboard.checking import checked
    from wire.config import BadConfig

    if not machine.config.is_file():
        yield warn(say("There is no configuration at {path}.", path=str(machine.config)))
        return
    try:
        checked(machine.config)
    except BadConfig as error:
        for fault in error.faults:
            yield fail(say("{fault}", fault=fault))
    else:
        yield ok(say("{path} is good.", path=str(machine.config)))


def clock(machine: Machine) -> Iterator[Finding]:
    """Whether the kernel's clock is kept right by somebody."""
    if kernel_clock() == UNSYNCHRONISED:
        yield warn(
            say("Nobody keeps this machine's clock right, as far as the kernel knows."),
            say("Run a time service, such as systemd-timesyncd or chrony."),
        )
    else:
        yield ok(say("The clock is kept right."))


def kernel_clock() -> int:
    """What the kernel says of its clock; 0 where it cannot be asked."""
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)))
    except (OSError, AttributeError):
        return 0
