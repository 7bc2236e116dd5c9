"""`cordboard adapter new` and `cordboard adapter test`: for authors of channels."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from adapters.sdk.conformance.cases import Case
    from adapters.sdk.conformance.kit import Making, Outcome

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, show
from cordboard.config_commands import Config
from cordboard.failing import BAD_INPUT, Failure
from wire.messages.base import Wire, say

INTO = _("The folder for it; usually cordboard-NAME here.")
TESTED = _("A channel by its kind, package or folder, or an account of the configuration.")
CASE = _("Only this case.")


class Tried(Wire, frozen=True):
    """A case as it is printed for a program."""

    case: str
    well: bool
    seconds: float
    said: str = ""


def new(
    name: Annotated[str, typer.Argument(help=_("What the channel is called."))],
    into: Annotated[Path | None, typer.Option("--into", help=INTO)] = None,
) -> None:
    from cordboard.new_adapter.package import package

    made = package(name)
    folder = into or Path(made.distribution)
    made.write(folder)
    _tell_next(name, folder)


def _tell_next(name: str, folder: Path) -> None:
    print(told(say("The channel {name} is in {folder}. Next:", name=name, folder=str(folder))))
    print(f"    {sys.executable} -m pip install -e {folder}")
    print(f"    cordboard adapter test {name}")
    print(told(say("{folder}/README.md says how it is tried and made yours.", folder=str(folder))))


def try_out(
    name: Annotated[str, typer.Argument(help=TESTED)],
    case: Annotated[str, typer.Option("--case", help=CASE)] = "",
    config: Config = None,
    data: Data = None,
    json: Json = False,
) -> None:
    from cordboard.checking import config_path
    from wire import data_folder

    path = config_path(config, data or data_folder.usual().root)
    well, tried = True, []
    for outcome in _outcomes(name, case, path):
        well = well and not outcome.fault
        tried.append(_tried(outcome))
        if not json:
            _print(outcome)
    if json:
        show(tuple(tried), json=True)
    if not well:
        raise typer.Exit(1)


def _tried(outcome: Outcome) -> Tried:
    return Tried(
        case=outcome.case.name,
        well=not outcome.fault,
        seconds=round(outcome.seconds, 2),
        said=outcome.fault or outcome.instead,
    )


def _print(outcome: Outcome) -> None:
    mark = "BAD" if outcome.fault else "ok "
    said = outcome.fault or outcome.instead
    line = f"{mark}  {outcome.case.name:<22} {outcome.seconds:5.1f} s  {said}"
    print(line.rstrip(), flush=True)
    if outcome.fault:
        print(f"     {outcome.case.says}")


def _outcomes(name: str, case: str, config: Path) -> Iterator[Outcome]:
    from adapters.sdk.conformance import account, kit

    if _is_account(name, config):
        return account.outcomes(config, name)
    return kit.outcomes(_counterpart(name), _cases(case))


def _is_account(name: str, config: Path) -> bool:
    from wire import settings

    return config.is_file() and name in settings.load(config).adapters


def _cases(name: str) -> tuple[Case, ...]:
    from adapters.sdk.conformance.cases import BY_NAME, CASES

    if name and name not in BY_NAME:
        known = ", ".join(BY_NAME)
        raise Failure(say("There is no case {name}; there are: {known}.", name=name, known=known),
                      BAD_INPUT)  # fmt: skip
    return (BY_NAME[name],) if name else CASES


def _counterpart(name: str) -> Making:
    from adapters.sdk.conformance import found

    kinds = found.kinds()
    wanted = _distribution(Path(name)) if Path(name, "pyproject.toml").is_file() else name
    kind = next((kind for kind, of in kinds.items() if wanted in (kind, of)), "")
    if not kind:
        raise Failure(
            say(
                "{name} is neither an account of {config} nor an installed channel with a "
                "counterpart. A package is installed with: {python} -m pip install -e FOLDER",
                name=name,
                config="cordboard.toml",
                python=sys.executable,
            ),
            BAD_INPUT,
        )
    return found.counterpart(kind)


def _distribution(folder: Path) -> str:
    import tomllib

    read = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    return str(read.get("project", {}).get("name", ""))


COMMANDS: Commands = (
    ("adapter new", new, _("A package for a channel of your own, which passes its own tests.")),
    ("adapter test", try_out, _("Whether a channel does right what every channel has to.")),
)
