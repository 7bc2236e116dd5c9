"""Whom we trust."""

import ssl
from functools import lru_cache
from pathlib import Path

from adapters.sdk import Unavailable


def context(ca_file: str) -> ssl.SSLContext:
    """The system's authorities and those of `ca_file`. Raises Unavailable when it is broken."""
    try:
        return _read(ca_file, Path(ca_file).stat().st_mtime_ns if ca_file else 0)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(f"the certificates in {ca_file} cannot be read: {error}") from error


@lru_cache(maxsize=8)
def _read(ca_file: str, _changed: int) -> ssl.SSLContext:
    """To read the system's takes tens of milliseconds: not for every connection."""
    trusted = ssl.create_default_context()
    if ca_file:
        trusted.load_verify_locations(Path(ca_file))
    return trusted
