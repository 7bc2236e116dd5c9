"""Logins of this machine: which one fits, and where its key is."""

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from wire import credentials
from wire.credentials import NoDesk, NoProfile, forget_login, keep_login, load_profile, logins
from wire.data_folder import DataFolder

pytestmark = pytest.mark.contract


class InMemory(KeyringBackend):
    """A keyring that is real enough."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(params=["file", "keyring"])
def ring(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[object]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    before = keyring.get_keyring()
    backend = InMemory() if request.param == "keyring" else fail.Keyring()  # type: ignore[no-untyped-call]
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def desk(tmp_path: Path) -> DataFolder:
    """A folder in which a desk has run."""
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    folder.nats_port.write_text("4711\n")
    folder.nats_name.write_text("cordboard-x\n")
    return folder


def test_a_login_is_found_again(ring: object, desk: DataFolder) -> None:
    login = keep_login("alice", "SEED", data=desk.root)
    profile = load_profile(None, None)
    assert (profile.url, profile.server) == ("nats://127.0.0.1:4711", "cordboard-x")
    assert (profile.agent, profile.seed) == ("alice", "SEED")
    assert "SEED" not in repr(profile)
    assert login.in_keyring is isinstance(ring, InMemory)


def test_the_newest_login_that_fits_is_meant(ring: object, desk: DataFolder) -> None:
    keep_login("alice", "A", data=desk.root)
    keep_login("bob", "B", url="tls://bus.example:4222")
    assert load_profile(None, None).agent == "bob"
    assert load_profile(desk.root, None).agent == "alice"
    assert load_profile(None, "alice").agent == "alice"
    assert load_profile(None, None, "tls://bus.example:4222").url == "tls://bus.example:4222"


def test_a_second_login_replaces_the_first(ring: object, desk: DataFolder) -> None:
    keep_login("alice", "OLD", data=desk.root)
    keep_login("alice", "NEW", data=desk.root)
    assert len(logins()) == 1
    assert load_profile(None, None).seed == "NEW"


def test_after_a_logout_nothing_is_left(ring: object, desk: DataFolder, tmp_path: Path) -> None:
    forget_login(keep_login("alice", "SECRET", data=desk.root))
    assert logins() == []
    left = [path.read_text() for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not any("SECRET" in text for text in left)
    assert not (isinstance(ring, InMemory) and ring.kept)


@pytest.mark.parametrize("ring", ["file"], indirect=True)
def test_a_key_file_is_for_its_owner_only(ring: object, desk: DataFolder, tmp_path: Path) -> None:
    keep_login("alice", "SEED", data=desk.root)
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


def test_on_the_desks_own_machine_one_is_its_admin(ring: object, desk: DataFolder) -> None:
    desk.admin_key.write_text("ADMIN\n")
    assert load_profile(desk.root, None).agent == "admin"
    keep_login("alice", "A", data=desk.root)
    assert load_profile(desk.root, None).agent == "alice"
    assert load_profile(desk.root, "admin").seed == "ADMIN"


def test_who_is_not_logged_in_is_told_how(ring: object, desk: DataFolder) -> None:
    with pytest.raises(NoProfile, match="cordboard login carol --data"):
        load_profile(desk.root, "carol")


def test_a_folder_without_a_desk_is_said_to_be_one(ring: object, tmp_path: Path) -> None:
    with pytest.raises(NoDesk, match=r"No desk has run in .*cordboard run --data"):
        credentials.place(tmp_path / "empty")


def test_a_lost_key_asks_for_a_new_login(ring: object, desk: DataFolder, tmp_path: Path) -> None:
    keep_login("alice", "SEED", data=desk.root)
    if isinstance(ring, InMemory):
        ring.kept.clear()
    for path in (tmp_path / "home").rglob("*.nk"):
        path.unlink()
    with pytest.raises(NoProfile, match="Log in again"):
        load_profile(None, None)
