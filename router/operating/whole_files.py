"""Files that are on the disk when we say so, and are what their hash says."""

import hashlib
import os
import shutil
from pathlib import Path

PIECE = 1 << 20


class WrongBytes(Exception):
    """A file is not what its name says; which one."""


def copied(source: Path, target: Path, sha256: str) -> None:
    """Raises WrongBytes when it is not what its hash says, OSError."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as original, os.fdopen(descriptor, "wb") as copy:
        shutil.copyfileobj(original, copy, PIECE)
    if sha256 and hashed(target) != sha256:
        target.unlink()
        raise WrongBytes(str(source))


def hashed(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def on_the_disk(folder: Path) -> None:
    """Each file, then each folder, then the folder itself."""
    for path in sorted(folder.rglob("*"), key=lambda path: -len(path.parts)):
        folder_synced(path) if path.is_dir() else synced(path)
    folder_synced(folder)


def synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def folder_synced(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
