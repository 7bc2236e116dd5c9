"""A disk that is full when a test says so: a small one of our own, or a limit where none may be."""

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.journeys.desk import WholeDesk
from tests.servers.needs import program

SIZE = 16 * 1024 * 1024
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Disk(Protocol):
    def fill(self, desk: WholeDesk) -> None: ...

    def free(self, desk: WholeDesk) -> None: ...


class SmallDisk:
    """The desk's folder is a file system of its own; nothing more fits into it."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, desk: WholeDesk) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for size in (65_536, 4_096, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"0" * size):
                        pass

    def free(self, desk: WholeDesk) -> None:
        self._ballast.unlink()


class NoMore:
    """Where nobody may mount: the router's files may not grow."""

    def fill(self, desk: WholeDesk) -> None:
        resource.prlimit(desk.part("router"), resource.RLIMIT_FSIZE, (1, UNLIMITED[1]))

    def free(self, desk: WholeDesk) -> None:
        resource.prlimit(desk.part("router"), resource.RLIMIT_FSIZE, UNLIMITED)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """One on which the folder stands."""
    folder.mkdir()
    mount = [program("mount"), "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "desk", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield NoMore()
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run([program("umount"), "--lazy", str(folder)], check=True)
