"""A disk in a file that a test can copy as it is at a moment: what a power cut leaves behind."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.needs import program

SIZE = 192 * 1024 * 1024


@dataclass(frozen=True)
class Image:
    """A file system in `file`, mounted at `folder`."""

    file: Path
    folder: Path

    def cut(self, copy: Path) -> Path:
        """The disk as it is now. What nobody synced is not on it."""
        subprocess.run(["cp", "--sparse=always", str(self.file), str(copy)], check=True)
        return copy


@contextmanager
def image(folder: Path, file: Path) -> Iterator[Image | None]:
    """A fresh one; None where this machine lets us mount none, and then it says so."""
    with file.open("wb") as made:
        made.truncate(SIZE)
    subprocess.run([program("mkfs.ext4"), "-q", "-F", str(file)], check=True)
    with mounted(file, folder) as works:
        yield Image(file, folder) if works else None


@contextmanager
def mounted(file: Path, folder: Path) -> Iterator[bool]:
    folder.mkdir()
    mount = [program("mount"), "-o", "loop", str(file), str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = f"\nPOWER CUTS ARE NOT TESTED HERE, only kill -9: {done.stderr.strip()}\n"
        print(words, file=sys.__stderr__, flush=True)
        yield False
        return
    try:
        folder.chmod(0o700)
        shutil.rmtree(folder / "lost+found", ignore_errors=True)
        yield True
    finally:
        subprocess.run([program("umount"), "--lazy", str(folder)], check=True)
