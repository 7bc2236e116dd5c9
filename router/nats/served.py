"""What the embedded server was started with, and who was let in last: kept in the data folder.

`cordboard run` starts the server, the router changes who is let in; both write its configuration
from what is kept here.
"""

import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from router.nats import accounts
from router.nats.accounts import AgentKeys, House
from router.nats.keys import KeyPair, new_pair
from router.nats.trouble import BusTrouble
from wire import exposure, private_file
from wire.data_folder import DataFolder
from wire.marks import passing
from wire.messages.base import say
from wire.settings import BusSettings


class Open(msgspec.Struct, frozen=True):
    """To whom the embedded server is open: this machine only, unless a host says otherwise."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: str = ""
    key: str = ""
    ca: str = ""


class Served(msgspec.Struct, frozen=True):
    """An embedded server: where it listens, what it is called, which program it is."""

    port: int
    name: str
    binary: str
    house: House
    open_to: Open = Open()

    @property
    def url(self) -> str:
        """How programs on this machine reach it."""
        host = self.open_to.host
        here = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  it is compared
        return f"{'tls' if self.open_to.certificate else 'nats'}://{_bracketed(here)}:{self.port}"


def open_to(bus: BusSettings) -> Open:
    """What the settings, which were checked, say."""
    host, port = exposure.listening(bus.listen) or ("127.0.0.1", 0)
    return Open(host, port, bus.tls_certificate, bus.tls_key, bus.tls_ca)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def configuration(
    served: Served, agents: Sequence[AgentKeys], folder: DataFolder, probe: str
) -> dict[str, Any]:
    """The whole configuration. No streams, no monitoring. Pure.

    `probe` is a public key of this one writing: when it is let in, this is what the server has.
    """
    told = accounts.accounts(served.house, agents)
    nothing = {"publish": {"deny": ">"}, "subscribe": {"deny": ">"}}
    told["accounts"]["PROBE"] = {"users": [{"nkey": probe, "permissions": nothing}]}
    at = served.open_to
    if at.certificate:
        told["tls"] = {"cert_file": at.certificate, "key_file": at.key, "timeout": 5}
    return {
        "listen": f"{_bracketed(at.host)}:{served.port}",
        "server_name": served.name,
        "max_payload": 1_048_576,
        "max_connections": 4_096,
        "max_subscriptions": 10_000,
        "ping_interval": "20s",
        "write_deadline": "10s",
        "pid_file": str(folder.nats_pid),
        "log_file": str(folder.nats_log),
        "logfile_size_limit": 10_000_000,
        "logfile_max_num": 3,
        **told,
    }


def write(folder: DataFolder, served: Served) -> KeyPair:
    """Write a tested configuration that lets in who is to be let in; its probe comes back."""
    probe = new_pair(secrets.token_bytes(32))
    text = accounts.text(configuration(served, people(folder), folder, probe.public))
    fresh = folder.nats / "nats.conf.new"
    private_file.write(fresh, text)
    _tested(Path(served.binary), fresh)
    passing("bus.configuring")
    fresh.replace(folder.nats_conf)
    passing("bus.configured")
    return probe


def _tested(binary: Path, conf: Path) -> None:
    try:
        tried = subprocess.run(
            [binary, "-t", "-c", conf], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BusTrouble(
            say("{path} does not run as nats-server: {error}", path=str(binary), error=str(error))
        ) from error
    if tried.returncode != 0:
        raise BusTrouble(
            say(
                "The bus would not take its new configuration and keeps the old one: {error}",
                error=tried.stderr.strip()[-300:],
            )
        )


def people(folder: DataFolder) -> tuple[AgentKeys, ...]:
    """Who is let in, as of the last time that the router said."""
    try:
        return msgspec.json.decode(_people(folder).read_bytes(), type=tuple[AgentKeys, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError as error:
        raise BusTrouble(
            say(
                "{path} is damaged: {error}. Remove it: the router writes it again.",
                path=str(_people(folder)),
                error=str(error),
            )
        ) from error


def keep_people(folder: DataFolder, agents: Sequence[AgentKeys]) -> None:
    private_file.write(_people(folder), msgspec.json.encode(tuple(agents)).decode())


def kept(folder: DataFolder) -> Served | None:
    """The embedded server of this folder; None when its bus is somewhere else."""
    try:
        return msgspec.json.decode(_server(folder).read_bytes(), type=Served)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep(folder: DataFolder, served: Served) -> None:
    """Keep it whole, and the port and name by themselves for who connects."""
    private_file.write(folder.nats_port, f"{served.port}\n")
    private_file.write(folder.nats_name, f"{served.name}\n")
    private_file.write(folder.nats_url, f"{served.url}\n")
    vouching = served.open_to.ca or served.open_to.certificate
    if vouching:
        private_file.write(folder.nats_ca, Path(vouching).read_text("ascii"))
    private_file.write(_server(folder), msgspec.json.encode(served).decode())


def forget(folder: DataFolder) -> None:
    """The embedded server of this folder has ended for good."""
    _server(folder).unlink(missing_ok=True)


def pid(folder: DataFolder) -> int | None:
    """The process of this folder's server; None when the recorded one is not it (any more)."""
    try:
        found = int(folder.nats_pid.read_text().strip())
        command = Path(f"/proc/{found}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return found if str(folder.nats_conf).encode() in command else None


def _people(folder: DataFolder) -> Path:
    return folder.nats / "people.json"


def _server(folder: DataFolder) -> Path:
    return folder.nats / "server.json"
