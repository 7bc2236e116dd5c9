"""Data folders of earlier releases, each made by the script of its name and kept as a file."""

import tarfile
from pathlib import Path

PLACE = Path(__file__).parent


def unpack(name: str, folder: Path) -> Path:
    """The folder as that release left it."""
    folder.mkdir(mode=0o700)
    with tarfile.open(PLACE / f"{name}.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return folder
