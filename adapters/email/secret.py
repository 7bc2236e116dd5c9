"""The key that signs this account's tokens: from the configuration, or kept in a file of ours."""

import os
import secrets
from pathlib import Path

from adapters.email.config import EmailConfig


def load(config: EmailConfig) -> bytes:
    """The key. The file is made on the first start, readable by nobody else."""
    if config.token_secret is not None:
        return config.token_secret.value.encode()
    path = Path(config.token_file)
    if not path.exists():
        _make(path)
    return path.read_bytes().strip()


def _make(path: Path) -> None:
    """Whole or not at all: two that start at once agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(own, path)
    except FileExistsError:
        pass  # the other one was faster, and its key counts
    finally:
        own.unlink()
