"""The demo's folder: its own, with a configuration that passes every check."""

import socket
from pathlib import Path

import pytest

from cordboard.checking import checked
from cordboard.demo.premises import Ports, Premises
from cordboard.failing import Failure
from cordboard.running.folder_lock import FolderLock
from wire.data_folder import DataFolder

pytestmark = pytest.mark.program


@pytest.fixture
def house(tmp_path: Path) -> Premises:
    return Premises(DataFolder(tmp_path / "demo"))


def furnished(house: Premises) -> Ports:
    house.open()
    return house.furnish()


def test_its_configuration_passes_every_check(house: Premises) -> None:
    ports = furnished(house)
    settings = checked(house.config)
    assert set(settings.adapters) == {"support", "billing", "chat", "bot"}
    assert settings.adapters["chat"].options["listen"] == f"127.0.0.1:{ports.chat}"
    assert settings.adapters["billing"].skills == {"billing": 1}


def test_ports_and_secrets_are_kept(house: Premises) -> None:
    first = furnished(house)
    visitor, shop = house.visitor_of("kvit-1"), house.shop_secret.read_text()
    assert furnished(house) == first
    assert (house.visitor_of("kvit-1"), house.shop_secret.read_text()) == (visitor, shop)


def test_a_port_that_somebody_has_is_not_taken(house: Premises) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", furnished(house).chat))
        other.listen()
        assert furnished(house).chat != other.getsockname()[1]


def test_only_a_demos_folder_is_cleared(tmp_path: Path, house: Premises) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    with pytest.raises(Failure, match="something else"):
        Premises(DataFolder(tmp_path)).clear()
    assert precious.exists()
    furnished(house)
    house.clear()
    assert not house.config.exists()
    house.clear()
    Premises(DataFolder(tmp_path / "nowhere")).clear()


def test_a_demo_that_runs_is_not_cleared(house: Premises) -> None:
    furnished(house)
    with FolderLock(house.folder), pytest.raises(Failure, match="already runs"):
        house.clear()
    assert house.config.exists()


def test_a_real_desks_folder_is_left_alone(house: Premises) -> None:
    house.root.mkdir()
    house.config.write_text("[desk]\n")
    with pytest.raises(Failure, match="real desk"):
        house.open()
