"""Whom we trust."""

import ssl
from pathlib import Path

from adapters.sdk import Unavailable


def context(ca_file: str) -> ssl.SSLContext:
    """The system's authorities and those of `ca_file`. Raises Unavailable when it is broken."""
    trusted = ssl.create_default_context()
    if ca_file:
        try:
            trusted.load_verify_locations(Path(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise Unavailable(f"the certificates in {ca_file} cannot be read: {error}") from error
    return trusted
