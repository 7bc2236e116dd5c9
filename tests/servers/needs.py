"""The programs that tests need on the machine, and the sentence for one that is missing."""

import shutil
from pathlib import Path

import pytest

# The same list is what `make test` installs.
PACKAGES = Path(__file__).with_name("debian-packages.txt").read_text(encoding="ascii").split()

# Servers live outside an ordinary user's PATH, and Dovecot's parts outside everybody's.
SERVER_PATH = "/usr/sbin:/sbin:/usr/lib/dovecot"


def program(name: str) -> str:
    """Where the program is; a missing one fails the test with the command that installs it."""
    found = shutil.which(name) or shutil.which(name, path=SERVER_PATH)
    if found is None:
        pytest.fail(
            f"{name} is not installed. Type: sudo apt-get install -y {' '.join(PACKAGES)}",
            pytrace=False,
        )
    return found
