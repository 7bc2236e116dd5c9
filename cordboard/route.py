"""`cordboard route …`: the routing file loaded and shown."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, Url, Where, Who, as_json, desk
from cordboard.failing import BAD_INPUT, REFUSED, Failure
from wire.messages.base import say
from wire.messages.rulebook import Fault
from wire.text import clean_line

File = Annotated[Path, typer.Argument(help=_('The routing file; "-" reads standard input.'))]
Dry = Annotated[bool, typer.Option("--dry-run", help=_("Only say what is wrong with it."))]
Version = Annotated[int, typer.Option(help=_("An earlier one, by its number."))]


def load(
    file: File, dry_run: Dry = False,
    data: Data = None, url: Url = "", who: Who = None, json: Json = False,
) -> None:  # fmt: skip
    from wire.messages.verbs import RulebookLoad

    ask = RulebookLoad(text=text_of(file), dry=dry_run)
    loaded = _asked(Where(data, url, who, json), ask)
    if json:
        print(as_json(loaded))
    else:
        tell(file, loaded.faults, loaded.warnings)
        print(_became(loaded, dry_run))
    if loaded.faults:
        raise typer.Exit(REFUSED)


def show(
    version: Version = 0,
    data: Data = None, url: Url = "", who: Who = None, json: Json = False,
) -> None:  # fmt: skip
    from wire.messages.verbs import RulebookShow

    shown = _asked(Where(data, url, who, json), RulebookShow(version=version))
    if json:
        print(as_json(shown))
    elif not shown.version:
        print(_("This desk has no routing file. Load one with: cordboard route load FILE"))
    else:
        print(shown.text, end="" if shown.text.endswith("\n") else "\n")


def text_of(file: Path) -> str:
    """What the file says. Raises Failure when it cannot be read."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = say("{path} cannot be read: {error}", path=str(file), error=str(error))
        raise Failure(said, BAD_INPUT) from error


def tell(file: Path, faults: tuple[Fault, ...], warnings: tuple[Fault, ...]) -> None:
    """Each with its place, as compilers say it; faults first."""
    for kind, each in ((_("fault"), faults), (_("warning"), warnings)):
        for fault in each:
            place = ":".join(str(part) for part in (file, fault.line, fault.column) if part)
            at = f"{fault.at}: " if fault.at else ""
            print(clean_line(f"{place}: {kind}: {at}{told(fault.said)}", 1_000), file=sys.stderr)


def _became(loaded: Any, dry: bool) -> str:
    if loaded.faults:
        return _("Nothing was changed.")
    if dry:
        return _("It can be loaded.")
    return _("In force, as version {version}.", version=loaded.version)


def _asked(where: Where, ask: Any) -> Any:
    import asyncio

    async def asking() -> Any:
        async with desk(where) as it:
            return await it.call(ask)

    return asyncio.run(asking())


COMMANDS: Commands = (
    ("route load", load, _("Put a routing file in force.")),
    ("route show", show, _("The routing file in force.")),
)
