"""The data folder: room, who may read it, whether it can be written; the bus's port."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from cordboard.doctoring.finding import Finding, Machine, fail, ok, warn
from wire.messages.base import say

# Below these free bytes the desk is in danger, or soon will be; and below this part of the disk.
NO_SPACE, LITTLE_SPACE, LITTLE_PART = 200_000_000, 2_000_000_000, 0.10


def space(machine: Machine) -> Iterator[Finding]:
    at = next(path for path in (machine.data, *machine.data.resolve().parents) if path.exists())
    free = shutil.disk_usage(at).free
    verdict = fail if free < NO_SPACE else warn if free < LITTLE_SPACE else ok
    text = say("{megabytes} MB are free at {path}.", megabytes=free // 1_000_000, path=str(at))
    yield verdict(text)


def folder(machine: Machine) -> Iterator[Finding]:
    if not machine.data.exists():
        yield warn(say("No desk has run in {path} yet.", path=str(machine.data)))
        return
    open_to_others = [path for path in _private(machine.data) if path.stat().st_mode & 0o077]
    for path in open_to_others:
        yield fail(say("{path} can be read by others. Type: chmod go= {path}", path=str(path)))
    try:
        probe = machine.data / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        yield fail(
            say(
                "{path} cannot be written: {error}.",
                path=str(machine.data),
                error=str(error.strerror),
            )
        )
        return
    if not open_to_others:
        yield ok(say("{path} is ours, and for nobody else.", path=str(machine.data)))


def _private(root: Path) -> Iterator[Path]:
    from wire.data_folder import DataFolder

    folder = DataFolder(root)
    yield from (path for path in (root, folder.keys, folder.nats_conf) if path.exists())
    with contextlib.suppress(OSError):
        yield from sorted(folder.keys.iterdir())


def port(machine: Machine) -> Iterator[Finding]:
    from router.nats import served
    from router.nats.embedded import is_free
    from wire.data_folder import DataFolder

    folder = DataFolder(machine.data).resolved()
    try:
        port = int(folder.nats_port.read_text())
    except (OSError, ValueError):
        return
    if served.pid(folder) is not None:
        yield ok(say("The bus runs on port {port}.", port=port))
    elif is_free(port):
        yield ok(say("Port {port} is free for the bus.", port=port))
    else:
        yield fail(
            say(
                "Port {port}, which this data folder's bus uses, is taken by another program. "
                "End that program, or remove {path} and another port is chosen.",
                port=port,
                path=str(folder.nats_port),
            )
        )
