"""Which channels there are, and an account's adapter made from its configuration."""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from msgspec.structs import fields

from adapters.sdk.adapter import Adapter
from wire import config, settings
from wire.config import BadConfig

GROUP = "cordboard.adapters"


def channels() -> dict[str, EntryPoint]:
    """Every installed channel by kind; ours come through the same door as a stranger's."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def channel(kind: str, *, file: str, at: str) -> type[Adapter[Any]]:
    """The class. Raises BadConfig for a kind that is not installed or cannot be loaded."""
    known = channels()
    if kind not in known:
        near = config.nearest(kind, list(known))
        raise BadConfig([f"{file}: {at}.kind: there is no channel {kind!r}.{near}"])
    try:
        found = known[kind].load()
    except (ImportError, AttributeError) as error:
        raise BadConfig([f"{file}: {at}.kind: {kind!r} cannot be loaded: {error}"]) from error
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise BadConfig([f"{file}: {at}.kind: {known[kind].value} is no Adapter"])
    return found


def made(chosen: settings.Settings, account: str) -> Adapter[Any]:
    """The account's adapter. Raises BadConfig with every fault of its keys."""
    at = f"adapters.{account}"
    if account not in chosen.adapters:
        near = config.nearest(account, list(chosen.adapters))
        raise BadConfig([f"{chosen.file}: {at}: there is no such account.{near}"])
    found = chosen.adapters[account]
    class_ = channel(found.kind, file=chosen.file, at=at)
    keys = _common(found, chosen.desk.name, class_) | found.options
    read = config.read(keys, class_.Config, file=chosen.file, at=at)
    if faults := class_.faults(read):
        raise BadConfig([f"{chosen.file}: {at}: {fault}" for fault in faults])
    return class_(read, account)


def from_file(path: Path, account: str) -> tuple[Adapter[Any], str]:
    """The account's adapter and what people call the account."""
    chosen = settings.load(path)
    return made(chosen, account), chosen.adapters[account].title or chosen.desk.name


def _common(found: settings.Account, name: str, class_: type[Adapter[Any]]) -> dict[str, str]:
    """What the router knows too, for a channel whose Config names it."""
    wanted = {field.encode_name for field in fields(class_.Config)}
    common = {"title": found.title or name, "signature": found.signature}
    return {key: value for key, value in common.items() if value and key in wanted}
