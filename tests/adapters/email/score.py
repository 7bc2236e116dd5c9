"""How well we read others' samples: `python -m tests.adapters.email.score FOLDER`.

The folder holds source archives, fetched once and kept out of the repository:

    pip download --no-binary :all: --no-deps -d FOLDER talon==1.4.4 flufl.bounce==6.0.0

What is absent is said and skipped. The exit status is 1 when a set that is there is read worse
than it has to be.
"""

import argparse
import ast
import email
import email.iterators
import os
import re
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from adapters.email.mail import Mail
from adapters.email.parse import message
from adapters.email.reading import quotes


@dataclass(frozen=True)
class Case:
    name: str
    wanted: object
    found: object

    @property
    def right(self) -> bool:
        return self.wanted == self.found


@dataclass(frozen=True)
class Set:
    """Samples of one archive, and how many of them have to be right."""

    name: str
    archive: str
    reach: int
    cases: Callable[[Path], Iterator[Case]]


# --- quotes ------------------------------------------------------------------------------------


def _plain(root: Path) -> Iterator[Case]:
    """The texts of talon's own tests."""
    for name, pairs in _compared(root).items():
        if name != "test_standard_replies":
            yield from (Case(name, wanted, found) for wanted, found in pairs)


def _whole(root: Path) -> Iterator[Case]:
    """Whole mails through our whole reading."""
    folder = root / "tests" / "fixtures" / "standard_replies"
    for path in sorted(folder.glob("*.eml")):
        reply = path.with_name(f"{path.stem}_reply_text")
        wanted = reply.read_text().strip() if reply.is_file() else "Hello"
        yield Case(path.name, _words(wanted), _words(_written(_mail(path.read_bytes()))))


def _compared(root: Path) -> dict[str, list[tuple[str, str]]]:
    """What talon's tests want and what we give, by test; those of its inner functions are none."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    running = ""

    def equal(wanted: str, found: str, *_: object) -> None:
        pairs.setdefault(running, []).append((_words(wanted), _words(found)))

    source = (root / "tests" / "text_quotations_test.py").read_text()
    room: dict[str, object] = {
        "eq_": equal,
        "quotations": _Quotations(),
        "patch": SimpleNamespace(object=lambda *_: lambda function: function),
        "os": os,
        "email": email,
        "six": SimpleNamespace(text_type=str),
        "STANDARD_REPLIES": str(root / "tests" / "fixtures" / "standard_replies"),
    }
    without_imports = re.sub(r"(?m)^(from|import) .*$", "", source)
    exec(compile(without_imports, "talon", "exec"), room)
    for name, test in list(room.items()):
        if name.startswith("test_") and name not in _NOT_OURS and callable(test):
            running = name
            test()
    return pairs


# They set talon's own limits, call its inner functions, or want bytes.
_NOT_OURS = (
    *("test_too_many_lines", "test_mark_message_lines", "test_process_marked_lines"),
    *("test_preprocess", "test_split_email", "test_feedback_below_left_unparsed"),
)


class _Quotations:
    """In the place of talon's module."""

    def extract_from_plain(self, text: str) -> str:
        folded = quotes.fold(text.replace("\r\n", "\n"))
        return f"{folded.text}\n{folded.signature}"


def _written(mail: Mail) -> str:
    return f"{mail.text}\n{mail.signature}"


def _words(text: str) -> str:
    """Blank lines do not count: the signature stands apart with us."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


# --- bounces -----------------------------------------------------------------------------------


def _bounces(root: Path) -> Iterator[Case]:
    """Each sample with the addresses of flufl.bounce's own table; one that has none is no bounce
    of anybody."""
    wanted = _table(root / "tests" / "test_detectors.py")
    for path in sorted((root / "tests" / "data").glob("*.txt")):
        said = _mail(path.read_bytes()).bounce
        found = {address.lower() for address in said.addresses} if said else set()
        yield Case(path.name, wanted.get(path.name, set()), found)


def _table(source: Path) -> dict[str, set[str]]:
    """Sample → the addresses that any of its detectors finds."""
    found: dict[str, set[str]] = {}
    for line in ast.parse(source.read_text()).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "DETECTORS":
            for _, name, addresses, _ in ast.literal_eval(line.value):
                known = found.setdefault(name, set())
                known |= {address.decode().lower() for address in addresses}
    return found


def _mail(raw: bytes) -> Mail:
    return message(raw, received=1_800_000_000.0)


# --- the sets ----------------------------------------------------------------------------------

SETS = (
    Set("plain quotes", "talon-1.4.4", 45, _plain),
    Set("whole messages", "talon-1.4.4", 10, _whole),
    Set("bounces", "flufl_bounce-6.0.0", 112, _bounces),
)


def score(folder: Path, *, tell: bool) -> bool:
    """Print a line for each set; whether all that are there reach what they have to."""
    enough = True
    for one in SETS:
        archive = folder / f"{one.archive}.tar.gz"
        if not archive.is_file():
            print(f"{one.name:<16} skipped: {archive} is not there")
            continue
        with tempfile.TemporaryDirectory() as room, tarfile.open(archive) as packed:
            packed.extractall(room, filter="data")
            cases = list(one.cases(Path(room) / one.archive))
        right = sum(case.right for case in cases)
        enough &= right >= one.reach
        print(f"{one.name:<16} {right} of {len(cases)} (reach: {one.reach})")
        for case in cases:
            if tell and not case.right:
                print(f"  {case.name}\n    wanted {case.wanted!r}\n    found  {case.found!r}")
    return enough


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tell", action="store_true", help="show what was read otherwise")
    options = parser.parse_args()
    sys.exit(0 if score(options.folder, tell=options.tell) else 1)
