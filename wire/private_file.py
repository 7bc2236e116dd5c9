"""Files that only their owner may read, written whole or not at all."""

import os
from pathlib import Path

from wire.marks import passing


def write(path: Path, text: str) -> None:
    """Replace the file by this text, 0600, safe on the disk before it has its name."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    passing("file.written")
    fresh.replace(path)
    passing("file.replaced")


def folder(path: Path) -> Path:
    """The folder itself, made when it is not there; for its owner only, whoever made it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
