"""`cordboard route …`: the routing file loaded, shown, and tried on its examples."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, Url, Where, Who, as_json, desk
from cordboard.failing import BAD_INPUT, REFUSED, Failure
from wire.messages.base import Wire, say
from wire.messages.rulebook import Fault
from wire.text import clean, clean_line

# More bytes than the desk takes characters: it tells what is wrong with all smaller ones.
LARGEST = 400_000

File = Annotated[Path, typer.Argument(help=_('The routing file; "-" reads standard input.'))]
TestFile = Annotated[
    Path | None, typer.Argument(help=_("The routing file; without it, the one in force."))
]
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


class ExampleTried(Wire, frozen=True):
    """One example: the rules that matched, and what is otherwise than expected."""

    name: str
    rules: tuple[str, ...]
    differences: tuple[dict[str, str], ...] = ()


class Tested(Wire, frozen=True):
    """For a script."""

    examples: tuple[ExampleTried, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def try_examples(
    file: TestFile = None,
    data: Data = None, url: Url = "", who: Who = None, json: Json = False,
) -> None:  # fmt: skip
    from wire.messages.verbs import RulebookShow

    where = Where(data, url, who, json)
    text = text_of(file) if file else _asked(where, RulebookShow()).text
    tested = tried(text)
    if json:
        print(as_json(tested))
    else:
        tell(file or Path("routing.toml"), tested.faults, tested.warnings)
        for line in _outcome(tested):
            print(clean(line, 1_000))
    if tested.faults or any(each.differences for each in tested.examples):
        raise typer.Exit(REFUSED)


def tried(text: str) -> Tested:
    """The examples of a routing file, run here; no desk is asked."""
    from router import languages
    from router.core.rulebook import examples
    from router.core.rulebook.book import read

    found = read(text)
    if found.book is None:
        return Tested(faults=found.faults, warnings=found.warnings)
    named = found.book.languages
    each = examples.tried(found.book, lambda written: languages.detect(written, named)[0])
    return Tested(
        examples=tuple(ExampleTried(
            name=one.name, rules=one.rules,
            differences=tuple({"field": d.field, "expected": d.expected, "found": d.found}
                              for d in one.differences),
        ) for one in each),
        warnings=found.warnings,
    )  # fmt: skip


def _outcome(tested: Tested) -> Iterator[str]:
    wrong = [each for each in tested.examples if each.differences]
    for each in wrong:
        yield _("{name}: not as expected", name=each.name)
        for one in each.differences:
            yield _("    {field}: {expected} is expected, it is {found}", **{
                name: text or "-" for name, text in one.items()})  # fmt: skip
    if tested.faults:
        yield _("There are faults; no example was tried.")
    elif not tested.examples:
        yield _("There are no examples beside these rules.")
    else:
        good = len(tested.examples) - len(wrong)
        yield _("{good} of {all} examples are as expected.", good=good, all=len(tested.examples))


def text_of(file: Path) -> str:
    """What the file says. Raises Failure when it cannot be read."""
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise Failure(say("{path} is too large for a routing file.", path=str(file)), BAD_INPUT)
        return raw.decode("utf-8-sig")  # editors on Windows put a mark before the text
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
    ("route test", try_examples, _("Try the examples beside the rules.")),
    ("route show", show, _("The routing file in force.")),
)
