"""The configuration file: every fault at once, with file, key and the nearest known one."""

from pathlib import Path

import msgspec
import pytest

from wire import config, settings

pytestmark = pytest.mark.pure


class Login(msgspec.Struct, frozen=True):
    password: config.Secret


def _load(folder: Path, text: str) -> settings.Settings:
    path = folder / "cordboard.toml"
    path.write_text(text, "utf-8")
    return settings.load(path)


def test_an_empty_file_is_a_desk(tmp_path: Path) -> None:
    assert _load(tmp_path, "").desk.reopen_days == 14.0


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(config.BadConfig) as told:
        _load(
            tmp_path,
            '[dsk]\n[desk]\nnam = "x"\nreopen_days = "x"\n'
            '[adapters.mail]\nkind = "email"\nteam = "suport"\n'
            '[adapters."A b"]\nkind = "email"\n',
        )
    faults = told.value.faults
    assert any("dsk: unknown key" in fault and '"desk"' in fault for fault in faults)
    assert any("desk.nam: unknown key" in fault and '"name"' in fault for fault in faults)
    assert any("desk.reopen_days" in fault for fault in faults)
    assert any("adapters.mail.team" in fault and '"support"' in fault for fault in faults)
    assert any("adapters.A b" in fault for fault in faults)
    assert all(fault.startswith("cordboard.toml: ") for fault in faults)


def test_an_adapters_own_keys_are_kept_for_it(tmp_path: Path) -> None:
    found = _load(tmp_path, '[adapters.mail]\nkind = "email"\nimap_host = "localhost"\n')
    assert found.adapters["mail"].options == {"imap_host": "localhost"}


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(config.BadConfig, match="there is no such file"):
        settings.load(tmp_path / "none.toml")


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESAME", "open")
    login = config.read({"password": {"env": "SESAME"}}, Login, file="f")
    assert login.password.value == "open"
    assert "open" not in repr(login)
    with pytest.raises(config.BadConfig, match="a secret is named, not written"):
        config.read({"password": "open"}, Login, file="f")
