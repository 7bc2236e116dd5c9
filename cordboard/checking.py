"""The whole configuration checked: every fault of every section and account at once."""

import contextlib
from pathlib import Path

from wire import config, settings
from wire.config import BadConfig
from wire.settings import Settings

FILE = "cordboard.toml"


def config_path(given: Path | None, data: Path) -> Path:
    """The file that is meant: the one named, the one here, or the data folder's own."""
    if given is not None:
        return given
    here = Path(FILE)
    return here if here.is_file() else data / FILE


def checked(path: Path) -> Settings:
    """The settings, with each account's own keys checked too. Raises BadConfig with all faults."""
    faults: list[str] = []
    # Paths in the file are meant from where the file is, as adapters read them.
    with _in_folder_of(path):
        try:
            chosen = settings.load(Path(path.name))
        except BadConfig as error:
            faults += error.faults
            chosen = _what_can_be_read(Path(path.name), error)
        faults += [fault for fault in account_faults(chosen) if fault not in faults]
    if faults:
        raise BadConfig(faults)
    return chosen


def _in_folder_of(path: Path) -> contextlib.AbstractContextManager[None]:
    if not path.is_file():
        raise BadConfig([f"{path}: there is no such file. Make one or name another with --config"])
    return contextlib.chdir(path.resolve().parent)


def _what_can_be_read(path: Path, error: BadConfig) -> Settings:
    try:
        table = config.load(path)
    except BadConfig:
        raise error from None
    return Settings(
        path.name, adapters=settings.read_accounts(table.get("adapters", {}), path.name, [])
    )


def account_faults(chosen: Settings) -> list[str]:
    """What is wrong with the keys of channel accounts, as their channels see them."""
    from adapters.sdk.found import made

    faults: list[str] = []
    for account in (name for name, one in chosen.adapters.items() if not one.elsewhere):
        try:
            made(chosen, account)
        except BadConfig as error:
            faults += error.faults
    return faults
