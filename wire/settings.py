"""The shape of cordboard.toml: what every program of the desk reads of it."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import field

from wire import config, exposure, subjects

# Seconds until a reply is late: chat 60 s, messenger 5 min, social 1 h, mail 24 h.
TARGETS = {"webchat": 60.0, "telegram": 300.0, "email": 86_400.0, "": 3_600.0}


class Team(msgspec.Struct, frozen=True):
    """A team that the desk starts with; more are added by command."""

    name: str


class Desk(msgspec.Struct, frozen=True):
    """The desk itself. Times in the unit of their names."""

    # What customers read as the sender where an account has no title of its own.
    name: str = ""
    teams: dict[str, Team] = field(default_factory=lambda: {"support": Team("Support")})
    # Seconds until a reply is late, per channel kind; "" is for all others.
    targets: dict[str, float] = field(default_factory=lambda: dict(TARGETS))
    # A reply to a conversation resolved longer ago opens a new one, linked to it.
    reopen_days: float = 14.0
    # So long the agent who served the contact last is asked first for the next conversation.
    sticky_hours: float = 24.0
    # Work of an agent whose consoles are silent returns to the queue after this.
    return_minutes: float = 10.0
    # Who saw, sent and changed what is forgotten after so long; 0 keeps it for ever.
    audit_days: float = 0.0


class BusSettings(msgspec.Struct, frozen=True):
    """Where the bus is. An empty url means the embedded server."""

    url: str = ""
    server_binary: str = ""
    # Where the embedded server listens; empty is this machine only, on a port of its own choice.
    listen: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    # Who signed the certificate, when it is none of those whom the system trusts.
    tls_ca: str = ""
    # Other machines may come, or are gone to, without TLS: the line is protected otherwise.
    allow_plain: bool = False


class Operating(msgspec.Struct, frozen=True):
    """How the desk is looked after."""

    # A loopback address and port for /livez, /readyz and /metrics; empty: none is open.
    listen: str = ""
    # "json", "lines", or "auto": lines on a terminal, JSON in a file or pipe.
    log: Literal["auto", "json", "lines"] = "auto"


class Account(msgspec.Struct, frozen=True):
    """A channel account: what the router needs of it; `options` are the adapter's own keys."""

    kind: str
    team: str = "support"
    title: str = ""
    signature: str = ""
    priority: int = 1
    skills: dict[str, int] = {}
    # Sent once to who opens a conversation from a proved address; empty: nothing is sent by itself.
    acknowledge: str = ""
    # Its program is started by somebody else: in another language, on another machine.
    elsewhere: bool = False
    options: dict[str, Any] = {}


class Settings(msgspec.Struct, frozen=True):
    """All of it. `file` is named in every complaint."""

    file: str
    desk: Desk = Desk()
    bus: BusSettings = BusSettings()
    adapters: dict[str, Account] = {}
    operating: Operating = Operating()


class _Sections(msgspec.Struct, frozen=True):
    desk: Desk = Desk()
    bus: BusSettings = BusSettings()
    operating: Operating = Operating()


_COMMON = {field.name for field in msgspec.structs.fields(Account)} - {"options"}


def load(path: Path) -> Settings:
    """Read cordboard.toml. Raises BadConfig with every fault of every section."""
    table = config.load(path)
    faults: list[str] = []
    accounts = read_accounts(table.pop("adapters", {}), path.name, faults)
    sections = _Sections()
    try:
        sections = config.read(table, _Sections, file=path.name)
    except config.BadConfig as error:
        faults = [*error.faults, *faults]
    faults += _unknown_teams(sections.desk, accounts, path.name)
    bus = _with_whole_paths(sections.bus, path.resolve().parent)
    faults += [f"{path.name}: bus.{fault}" for fault in _open_bus(bus)]
    faults += _listening(sections.operating, path.name)
    if faults:
        raise config.BadConfig(faults)
    return Settings(path.name, sections.desk, bus, accounts, sections.operating)


def read_accounts(tables: Any, file: str, faults: list[str]) -> dict[str, Account]:
    """The accounts that can be read; what is wrong with the others is added to `faults`."""
    if not isinstance(tables, dict):
        faults.append(f"{file}: adapters: tables are expected, such as [adapters.support]")
        return {}
    found = {name: _account(name, table, file, faults) for name, table in tables.items()}
    return {name: account for name, account in found.items() if account is not None}


def _account(name: str, table: Any, file: str, faults: list[str]) -> Account | None:
    at = f"adapters.{name}"
    if subjects.ID.fullmatch(name) is None:
        faults.append(f"{file}: {at}: an account's name has 1 to 32 of a-z, 0-9, '_' and '-'")
        return None
    if not isinstance(table, dict):
        faults.append(f"{file}: {at}: a table is expected")
        return None
    common = {key: value for key, value in table.items() if key in _COMMON}
    common["options"] = {key: value for key, value in table.items() if key not in _COMMON}
    try:
        return config.read(common, Account, file=file, at=at)
    except config.BadConfig as error:
        faults += error.faults
        return None


def loopback(listen: str) -> tuple[str, int] | None:
    """`127.0.0.1:9464` as host and port; None when it is no such place of this machine."""
    host, _, port = listen.rpartition(":")
    try:
        if ip_address(host.strip("[]")).is_loopback and 0 <= int(port) < 65_536:
            return host.strip("[]"), int(port)
    except ValueError:
        return None
    return None


def _listening(operating: Operating, file: str) -> list[str]:
    if not operating.listen or loopback(operating.listen):
        return []
    said = 'an address of this machine and a port are expected, as "127.0.0.1:9464"'
    return [f"{file}: operating.listen: {said}. Others reach it through a proxy that asks who"]


_FILES = ("tls_certificate", "tls_key", "tls_ca")


def _with_whole_paths(bus: BusSettings, folder: Path) -> BusSettings:
    """Meant from where the file is; parts of the desk start elsewhere."""
    given = {key: Path(getattr(bus, key)).expanduser() for key in _FILES if getattr(bus, key)}
    return msgspec.structs.replace(bus, **{key: str(folder / at) for key, at in given.items()})


def _open_bus(bus: BusSettings) -> Iterator[str]:
    place = exposure.listening(bus.listen) if bus.listen else None
    if bus.listen and (place is None or place[1] == 0):
        yield f"listen: {bus.listen!r} is no address and port such as 0.0.0.0:4222"
    if bool(bus.tls_certificate) != bool(bus.tls_key):
        yield "tls_certificate and tls_key belong together"
    for key in _FILES:
        if getattr(bus, key) and not Path(getattr(bus, key)).is_file():
            yield f"{key}: there is no file {getattr(bus, key)}"
    if bus.allow_plain:
        return
    if place is not None and not exposure.is_local(place[0]) and not bus.tls_certificate:
        yield (
            f"listen: other machines reach {bus.listen}, and without TLS others read along. "
            "Name tls_certificate and tls_key, or say allow_plain = true"
        )
    if bus.url and exposure.readable_on_the_way(bus.url):
        yield (
            f"url: {bus.url} is another machine, and without TLS others read along. "
            'Write it as "tls://…", or say allow_plain = true'
        )


def _unknown_teams(desk: Desk, accounts: dict[str, Account], file: str) -> list[str]:
    return [
        f"{file}: adapters.{name}.team: there is no team {account.team!r}."
        f"{config.nearest(account.team, list(desk.teams))}"
        for name, account in accounts.items()
        if account.team not in desk.teams
    ]
