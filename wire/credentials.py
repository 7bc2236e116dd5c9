"""Who a person is to the desk: the logins of this machine, and the keys that belong to them.

A key is kept in the keyring of the operating system where there is a real one, otherwise in a file
for its owner only.
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import msgspec
import platformdirs

from wire import data_folder, exposure, private_file
from wire.data_folder import DataFolder
from wire.messages.base import Said, say
from wire.nats_bus import Credential
from wire.settings import BusSettings

ADMIN = "admin"
_SERVICE = "cordboard"


class NoProfile(Exception):
    """Nobody is logged in here, or not as them; the sentence says what to type."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


class NoDesk(NoProfile):
    """No desk has run there yet."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the desk is and who asks. `server` is the name that its bus must have, or "".

    `desk` stays the same over all starts of the desk: its folder, or its url.
    """

    url: str
    server: str
    agent: str
    seed: str = field(repr=False)
    desk: str
    ca: str = ""

    @property
    def credential(self) -> Credential:
        return Credential(self.seed, f"_INBOX.{self.agent}", self.ca)


@dataclass(frozen=True, slots=True)
class Place:
    """A desk's bus: its url, the name that it must have, and who vouches for it."""

    url: str
    server: str = ""
    ca: str = ""


class Login(msgspec.Struct, frozen=True):
    """A login of this machine: at a desk in a data folder, or at a bus somewhere by its url."""

    agent: str
    data: str = ""
    url: str = ""
    in_keyring: bool = False
    # Certificates that vouch for the bus; "" is whom the system trusts.
    ca: str = ""

    @property
    def desk(self) -> str:
        return self.data or self.url


def load_profile(data: Path | None, agent: str | None, url: str = "") -> Profile:
    """The newest login that fits; on the desk's own machine also its admin. Raises NoProfile."""
    login = find_login(data, agent, url)
    if login is not None:
        at = place(Path(login.data) if login.data else None, login.url, login.ca)
        return Profile(at.url, at.server, login.agent, _seed(login), login.desk, at.ca)
    folder = DataFolder(data) if data else data_folder.usual()
    at = place(folder.root, url)
    if agent in (None, ADMIN) and (seed := _read(folder.admin_key)):
        desk = url or str(folder.root.resolve())
        return Profile(at.url, at.server, ADMIN, seed, desk, at.ca)
    raise NoProfile(_nobody(agent, folder))


def place(data: Path | None, url: str = "", ca: str = "") -> Place:
    """Where the bus is. Raises NoDesk when none was there yet, NoProfile when others read along."""
    if url:
        _check_private(url)
        return Place(url, "", ca)
    folder = DataFolder(data) if data else data_folder.usual()
    port, name = _read(folder.nats_port), _read(folder.nats_name)
    if not port.isdecimal():
        raise NoDesk(
            say(
                "No desk has run in {folder} yet. Start one with: cordboard run --data {folder}",
                folder=str(folder.root),
            )
        )
    url = _read(folder.nats_url) or f"nats://127.0.0.1:{port}"
    return Place(url, name, str(folder.nats_ca) if url.startswith("tls://") else "")


def place_of(bus: BusSettings, data: Path) -> Place:
    """Where the bus is for a part of the desk: as its settings, which were checked, say."""
    return Place(bus.url, "", bus.tls_ca) if bus.url else place(data)


def _check_private(url: str) -> None:
    if exposure.readable_on_the_way(url) and not os.environ.get("CORDBOARD_ALLOW_PLAIN"):
        raise NoProfile(
            say(
                "{url} is another machine, and without TLS others read along. Write it as tls://…, "
                "or set CORDBOARD_ALLOW_PLAIN=1 when the line is protected otherwise.",
                url=url,
            )
        )


def logins() -> list[Login]:
    """The logins of this machine, newest first."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=list[Login])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        raise NoProfile(
            say("{path} cannot be read: {error}.", path=str(_file()), error=str(error))
        ) from error


def keep_login(
    agent: str, seed: str, *, data: Path | None = None, url: str = "", ca: str = ""
) -> Login:
    """Remember this login as the newest, and its key. Raises OSError."""
    at = "" if url else str((data or data_folder.usual().root).resolve())
    login = Login(agent, at, url, ca=ca)
    for before in logins():
        if _same(before, login):
            _forget_key(before)
    login = msgspec.structs.replace(login, in_keyring=_into_keyring(login, seed))
    if not login.in_keyring:
        private_file.folder(_key_file(login).parent)
        private_file.write(_key_file(login), seed + "\n")
    _keep([login, *(other for other in logins() if not _same(other, login))])
    return login


def forget_login(login: Login) -> None:
    """As if it never was: its key is gone from this machine."""
    _forget_key(login)
    _keep([other for other in logins() if not _same(other, login)])


def find_login(data: Path | None, agent: str | None, url: str = "") -> Login | None:
    return next((kept for kept in logins() if _fits(kept, data, agent, url)), None)


def _fits(login: Login, data: Path | None, agent: str | None, url: str) -> bool:
    return (
        (agent is None or login.agent == agent)
        and (data is None or login.data == str(data.resolve()))
        and (not url or login.url == url)
    )


def _same(one: Login, other: Login) -> bool:
    return (one.agent, one.desk) == (other.agent, other.desk)


def _nobody(agent: str | None, folder: DataFolder) -> Said:
    if agent is None:
        return say(
            "Nobody is logged in here. Log in with: cordboard login AGENT --data {folder}",
            folder=str(folder.root),
        )
    return say(
        "Nobody is logged in here as {agent}. Log in with: cordboard login {agent} --data {folder}",
        agent=agent,
        folder=str(folder.root),
    )


def _home() -> Path:
    return platformdirs.user_data_path("cordboard")


def _file() -> Path:
    return _home() / "logins.json"


def _keep(kept: list[Login]) -> None:
    private_file.folder(_home())
    private_file.write(_file(), msgspec.json.format(msgspec.json.encode(kept)).decode())


def _key_file(login: Login) -> Path:
    desk = hashlib.sha256(login.desk.encode()).hexdigest()[:12]
    return _home() / "keys" / f"{login.agent}.{desk}.nk"


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _seed(login: Login) -> str:
    if login.in_keyring:
        keyring = _keyring()
        seed = _asked(keyring, login) if keyring else ""
    else:
        seed = _read(_key_file(login))
    if not seed:
        raise NoProfile(
            say(
                "The key of {agent} cannot be read any more. Log in again with: "
                "cordboard login {agent}",
                agent=login.agent,
            )
        )
    return seed


def _account(login: Login) -> str:
    return f"{login.agent} at {login.desk}"


def _asked(keyring: ModuleType, login: Login) -> str:
    try:
        return str(keyring.get_password(_SERVICE, _account(login)) or "")
    except keyring.errors.KeyringError:
        return ""


def _into_keyring(login: Login, seed: str) -> bool:
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, _account(login), seed)
    except keyring.errors.KeyringError:
        return False
    return _asked(keyring, login) == seed


def _forget_key(login: Login) -> None:
    _key_file(login).unlink(missing_ok=True)
    keyring = _keyring() if login.in_keyring else None
    if keyring is None:
        return
    try:
        keyring.delete_password(_SERVICE, _account(login))
    except keyring.errors.KeyringError:
        return  # it is gone already, or locked: without the login nobody asks for it


def _keyring() -> ModuleType | None:
    """The operating system's keyring; None where there is no real one."""
    import keyring  # slow to load, and needed by few commands
    import keyring.errors

    return keyring if keyring.get_keyring().priority >= 1 else None
