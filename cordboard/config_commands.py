"""`cordboard config check` and `cordboard nats config`."""

from pathlib import Path
from typing import Annotated

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="CORDBOARD_CONFIG",
        help=_("The configuration file; cordboard.toml here or in the data folder."),
    ),
]


def check(config: Config = None, data: Data = None) -> None:
    from cordboard.checking import checked, config_path
    from wire import data_folder

    path = config_path(config, data or data_folder.usual().root)
    settings = checked(path)
    print(_("{path} is good: {count} channel accounts.", path=path, count=len(settings.adapters)))


def nats_config(config: Config = None, data: Data = None) -> None:
    """The accounts, for a server that others run. Keys that are not there yet are made."""
    from cordboard.checking import checked, config_path
    from router.nats import served
    from router.nats.accounts import accounts, text
    from router.nats.embedded import house
    from wire import data_folder
    from wire.data_folder import DataFolder

    folder = DataFolder(data) if data else data_folder.usual()
    settings = checked(config_path(config, folder.root))
    folder.make()
    kinds = {name: account.kind for name, account in settings.adapters.items()}
    print(text(accounts(house(folder, kinds), served.people(folder))), end="")


COMMANDS: Commands = (
    ("config check", check, _("Read the configuration and say all that is wrong with it.")),
    ("nats config", nats_config, _("Print the accounts for a NATS server that you run yourself.")),
)
