"""What the person wrote, apart from what they quoted and signed. Nothing is ever lost.

Lines are marked, then the marks decide: a blank line is "e", one that starts with ">" is "m", one
that introduces a quote "s", one that introduces a forward "f", every other "t".
"""

import re
from collections.abc import Sequence
from itertools import accumulate, takewhile

import msgspec

from adapters.email.reading import limits, signatures
from adapters.email.reading.splitters import CUT, Finder, apart, is_forward

_LONG = 1000
_LEAST = 0.02
_LINK_OPENS = re.compile(r"\(https?://|<https?://[^>]*$")


class Folded(msgspec.Struct, frozen=True):
    """The three together hold every word that came."""

    text: str
    signature: str = ""
    quoted: str = ""


def fold(text: str) -> Folded:
    """Text, signature and quotes of a body; in doubt it is all text."""
    lines, rest = _scanned(text)
    kept, quoted = _apart(lines)
    if rest and (not kept or kept[-1] < len(lines) - 1):
        return _checked(text, _take(lines, kept), _joined(_take(lines, quoted), rest))
    return _checked(text, _joined(_take(lines, kept), rest), _take(lines, quoted))


def marks(lines: Sequence[str]) -> str:
    """One letter for each line."""
    finder = Finder(lines)
    found: list[str] = []
    while len(found) < len(lines):
        at = len(found)
        found += _mark(lines, at, finder)
    return "".join(found)


def _scanned(text: str) -> tuple[list[str], str]:
    """The lines to look at, and what is too far down to look at."""
    lines = text.split("\n")
    ends = accumulate(len(line) + 1 for line in lines[: limits.SCANNED_LINES])
    count = sum(1 for _ in takewhile(limits.SCANNED.__ge__, ends))
    looked = [piece for line in lines[:count] for piece in apart(line)]
    return looked, "\n".join(lines[count:])


def _mark(lines: Sequence[str], at: int, finder: Finder) -> list[str]:
    line = lines[at]
    if not line.strip():
        return ["e"]
    if line.startswith(">") and not _closes_link(lines, at):
        return ["m"]
    if is_forward(line):
        return ["f"]
    return ["s"] * finder.length(at) or ["t"]


def _closes_link(lines: Sequence[str], at: int) -> bool:
    """A ">" that ends the link of the line before is no quote mark."""
    before = lines[at - 1][-2000:] if at else ""
    return not before.startswith(">") and before.rfind("<http") > before.rfind(">")


def _apart(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """The numbers of the lines to show, and of those to fold."""
    first, last = _quote(lines, marks(lines))
    everything = range(len(lines))
    return [i for i in everything if not first <= i < last], list(everything[first:last])


def _quote(lines: Sequence[str], marked: str) -> tuple[int, int]:
    """From which line to which the quote goes."""
    nothing = (len(lines), len(lines))
    runs = _runs(marked)
    if "s" not in marked and not any(count >= 3 for _, _, count in runs):
        return nothing  # one or two ">" without an introduction are somebody's style
    if marked.replace("e", "").lstrip("t").startswith("f") or _answers_inside(lines, marked):
        return nothing
    unmarked = re.search("se*[tf]", marked)
    if unmarked:
        return _first_of_run(marked, unmarked.start()), len(lines)
    borders = [marked.find("s")] * ("s" in marked) + [at for at, _, count in runs if count >= 2]
    if not borders:
        return nothing
    last = max(marked.rfind("m"), marked.rfind("s")) + 1
    return min(borders), last + len(marked[last:]) - len(marked[last:].lstrip("e"))


def _runs(marked: str) -> list[tuple[int, int, int]]:
    """Runs of quote marks, blank lines between them allowed: start, end, number of marks."""
    found = re.finditer("m[me]*", marked)
    return [(run.start(), run.end(), run[0].count("m")) for run in found]


def _first_of_run(marked: str, at: int) -> int:
    while at and marked[at - 1] in "se" and "s" in marked[:at]:
        at -= 1
    return at


def _answers_inside(lines: Sequence[str], marked: str) -> bool:
    """Text between two quotes is an answer, unless it is the rest of a broken link."""
    for inside in re.finditer("(?<=m)e*(t[te]*)(?=m)", marked):
        before, first = lines[inside.start() - 1], lines[inside.start(1)].strip()
        if not _LINK_OPENS.search(before[-2000:]) and not first.startswith(("(http", "<http")):
            return True
    return False


def _checked(whole: str, shown: str, quoted: str) -> Folded:
    """Fold only when something is left; the little that is left of much must be beyond doubt."""
    plain = whole.replace(CUT, "").strip("\n")
    little = len(whole) > _LONG and len(shown.strip()) < len(whole) * _LEAST
    if not shown.strip() or (little and not _beyond_doubt(quoted)):
        return Folded(plain)
    lines = shown.split("\n")
    at = signatures.start(lines)
    return Folded(
        "\n".join(lines[:at]).strip("\n"), "\n".join(lines[at:]).strip("\n"), quoted.strip("\n")
    )


def _beyond_doubt(quoted: str) -> bool:
    """Most of it carries the quote mark."""
    lines = [line for line in quoted.split("\n") if line.strip()]
    return sum(line.startswith(">") for line in lines) > len(lines) / 2


def _take(lines: Sequence[str], numbers: Sequence[int]) -> str:
    return "\n".join(lines[i] for i in numbers if not lines[i].startswith(CUT))


def _joined(above: str, below: str) -> str:
    return "\n".join(part for part in (above, below) if part)
