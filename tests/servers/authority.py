"""Somebody who signs certificates, known to nobody: for TLS on this machine."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.needs import program


@dataclass(frozen=True)
class Signed:
    """A server's certificate and key, and whoever signed it."""

    certificate: Path
    key: Path
    ca: Path


def signed(folder: Path, name: str = "desk.example") -> Signed:
    """For this name and 127.0.0.1, signed by an authority that is made for it."""
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    _openssl("req", "-x509", *curve, "-subj", "/CN=Somebody", "-keyout", ca_key, "-out", ca)
    _openssl(
        *("req", "-x509", *curve, "-subj", f"/CN={name}", "-CA", ca, "-CAkey", ca_key),
        *("-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"),
        *("-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate),
    )
    return Signed(certificate, key, ca)


def _openssl(*words: str | Path) -> None:
    subprocess.run([program("openssl"), *words], check=True, capture_output=True)
