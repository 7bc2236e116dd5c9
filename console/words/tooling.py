"""Keeps the catalogues: finds the sentences in the code, merges them in, compiles, checks.

Needs Babel; the console itself does not.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from console.words.catalogue import DOMAIN, HERE

ROOT = HERE.parent.parent
ROOMS = ("wire", "router", "adapters", "console", "agent_notes", "cordboard")
# How sentences are marked, and which argument is the sentence.
KEYWORDS = {
    "_": None, "N_": None, "say": None, "n_": (1, 2), "in_language": (2,),
}  # fmt: skip
TRANSLATED = ("uk", "ru")
# Stands in what is compiled, so that the same words are the same bytes.
WHENEVER = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = re.compile(r"\{(\w+)\}")


def update() -> None:
    """Bring the .po files up to date with the code and compile them."""
    template = extracted()
    for language in TRANSLATED:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _save(catalogue, language)


def extracted(root: Path = ROOT) -> Catalog:
    """Every sentence of the code."""
    catalogue = Catalog(domain=DOMAIN, project=DOMAIN, charset="utf-8")
    for path in sources(root):
        for _line, words, _comments, _context in extract_from_file("python", path, KEYWORDS):
            if words and words != ("",):
                catalogue.add(words)
    return catalogue


def sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((root / room).rglob("*.py"))


def load(language: str) -> Catalog:
    path = _path(language, "po")
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN, project=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def problems() -> Iterator[str]:
    """What keeps the catalogues from being whole, a sentence each."""
    template = extracted()
    for language in TRANSLATED:
        catalogue = load(language)
        for message in template:
            if message.id:
                yield from _problem(language, message, catalogue.get(message.id))
        if _compiled(language) != _texts(catalogue):
            yield f"{language}: the .mo is older than the .po: python -m console.words update"


def _problem(language: str, wanted: Message, found: Message | None) -> Iterator[str]:
    name = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
    if found is None:
        yield f"{language}: not in the catalogue: {name!r}"
        return
    forms = _forms(found)
    if not all(forms) or found.fuzzy:
        yield f"{language}: not translated: {name!r}"
        return
    places = set(PLACE.findall(name if isinstance(wanted.id, str) else wanted.id[1]))
    for form in forms:
        if unknown := set(PLACE.findall(form)) - places:
            yield f"{language}: {name!r} has no place {', '.join(sorted(unknown))}"


def _compiled(language: str) -> dict[object, object]:
    with _path(language, "mo").open("rb") as file:
        return _texts(read_mo(file))


def _texts(catalogue: Catalog) -> dict[object, object]:
    """What a catalogue says, without its head."""
    return {
        _plain(message.id): _plain(message.string)
        for message in catalogue
        if message.id and message.string and any(_forms(message))
    }


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple) else value


def _forms(message: Message) -> list[str]:
    """All its plural forms, or the one that it has."""
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ())


def _save(catalogue: Catalog, language: str) -> None:
    # Dates and line numbers would change with every run and say nothing.
    po = io.BytesIO()
    write_po(po, catalogue, no_location=True, sort_output=True, width=100)
    lines = [line for line in po.getvalue().splitlines() if not _restless(line)]
    path = _path(language, "po")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(lines) + b"\n")
    with _path(language, "mo").open("wb") as file:
        compiled = load(language)
        compiled.creation_date = compiled.revision_date = WHENEVER
        write_mo(file, compiled)


def _restless(line: bytes) -> bool:
    return line.startswith((b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b"# "))


def _path(language: str, ending: str) -> Path:
    return HERE / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"
