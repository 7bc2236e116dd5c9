"""A decision on paper: what was asked and how that loosened, who got it, who could, who could not.

Facts in two columns: what they are about, dim, and what they say.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from console.lines import Line, Span, cut, line, wrapped
from console.words import times
from console.words.catalogue import _, n_, told
from wire.messages.desk import Decided, Why

# More with one and the same reason stand in one line, unless they are unfolded.
FOLDED = 3
NAMES, LABELS = 18, 14
# Decisions that one key opens.
EARLIER = 9


def why_lines(why: Why, now: float, width: int = 80, *, unfolded: bool = False,
              after: int = 0, numbered: bool = False) -> list[Line]:  # fmt: skip
    """The sheet. `after`: so many of the newest decisions are passed over.

    `numbered`: all of them, each with its number in place of the key that opens it.
    """
    paper = _Paper(width)
    paper.fact(_("when"), _when(why, now))
    for said in why.wait:
        paper.fact(_("waits"), told(said, now))
    _asked(paper, why, now)
    _chosen(paper, why, now)
    paper.table(_("could"), list(_able(why, now)))
    if why.able_in_all > len(why.able) > 0:
        count = why.able_in_all - len(why.able)
        paper.fact("", n_("{count} more could", "{count} more could", count), "dim")
    paper.table(_("could not"), list(_refused(why, now, unfolded=unfolded)))
    paper.fact(_("next"), told(why.next, now))
    paper.fact(_("rules"), ", ".join(why.rules))
    paper.fact(_("segments"), ", ".join(why.segments))
    for number, said in enumerate(why.targets):
        paper.fact(_("targets") if number == 0 else "", told(said, now))
    paper.fact(_("placed"), told(why.placed, now))
    if numbered:
        _decisions(paper, why, now, {str(one.number): one for one in why.decisions})
    else:
        keys = enumerate(openable(why, after), 1)
        _decisions(paper, why, now, {str(digit): one for digit, one in keys})
    return paper.lines


def folds(why: Why) -> bool:
    """Whether there is more to see unfolded."""
    shared = _by_reason(why, 0.0)
    return any(len(agents) > FOLDED for agents in shared.values())


def openable(why: Why, after: int) -> Sequence[Decided]:
    """The decisions that stand on the sheet, each for the digit of its place."""
    return why.decisions[after : after + EARLIER]


class _Paper:
    """Lines of two columns, as wide as the sheet."""

    def __init__(self, width: int) -> None:
        self.lines: list[Line] = []
        self._words = max(width - LABELS - 3, 20)

    def fact(self, name: str, words: str, style: str = "", mark: str = "", ink: str = "") -> None:
        """One fact; what does not fit goes on below it."""
        if not words:
            return
        room = self._words - cell_len(mark)
        for number, part in enumerate(wrapped(words, room)):
            label = name if number == 0 else ""
            lead = mark if number == 0 else " " * cell_len(mark)
            self.lines.append(line(_label(label), Span(lead, ink), Span(part, style)))

    def table(self, name: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """Agents under each other, what is said of each beside them."""
        widest = min(max((cell_len(agent) for agent, *_ in rows), default=0), NAMES)
        for number, (agent, words, style) in enumerate(rows):
            shown = cut(agent, widest)
            mark = shown + " " * (widest - cell_len(shown) + 2)
            self.fact(name if number == 0 else "", words, style or "dim", mark)

    def gap(self) -> None:
        if self.lines:
            self.lines.append(line())


def _label(name: str) -> Span:
    shown = cut(name, LABELS)
    return Span(f" {shown}{' ' * (LABELS - cell_len(shown))} ", "dim")


def _when(why: Why, now: float) -> str:
    when = times.when(why.at, now)
    if not why.decision and not why.chosen and why.trigger == "":
        return _("now, {at}: it waits", at=when)
    return when


def _asked(paper: _Paper, why: Why, now: float) -> None:
    """What was asked as it went on: what was, and hollow, what is to come."""
    if not why.timeline:
        paper.fact(_("asked"), told(why.requirement, now))
        return
    for number, moment in enumerate(why.timeline):
        mark, ink = ("● ", "good") if moment.taken else ("○ ", "accent")
        words = told(moment.said, now)
        if moment.early:
            words = _("{change} (sooner: nobody who was here could take it)", change=words)
        clock = times.when(moment.at, now)
        style = "" if moment.taken else "dim"
        paper.fact(_("asked") if number == 0 else "", f"{clock}  {words}", style, mark, ink)


def _chosen(paper: _Paper, why: Why, now: float) -> None:
    if not why.chosen:
        return
    name = _("asked whom") if why.offered else _("given to")
    paper.fact(name, why.chosen, "title")
    if why.offered:
        paper.fact("", _("has until {at} to accept", at=times.when(why.offered, now)))
    paper.fact(_("because"), told(why.because, now))
    paper.fact(_("although"), told(why.despite, now), "warn")


def _able(why: Why, now: float) -> Iterator[tuple[str, str, str]]:
    for able in why.able:
        yield able.agent, ", ".join(told(said, now) for said in able.said), ""


def _refused(why: Why, now: float, *, unfolded: bool) -> Iterator[tuple[str, str, str]]:
    """Each with their reason; many with the same one in a line, those last who are only counted."""
    shared = _by_reason(why, now)
    folded = [] if unfolded else [words for words, names in shared.items() if len(names) > FOLDED]
    for refusal in why.refused:
        words = told(refusal.said, now)
        if words not in folded:
            yield refusal.agent, words, ""
    for words in folded:
        names = shared[words]
        yield str(len(names)), f"{words}: {', '.join(names)}" if len(names) <= 12 else (
            f"{words}: {', '.join(names[:10])} …"), ""  # fmt: skip
    for others in why.others:
        yield n_("{count} more", "{count} more", others.count), told(others.said, now), ""


def _by_reason(why: Why, now: float) -> dict[str, list[str]]:
    shared: dict[str, list[str]] = {}
    for refusal in why.refused:
        shared.setdefault(told(refusal.said, now), []).append(refusal.agent)
    return shared


def _decisions(paper: _Paper, why: Why, now: float, opened: dict[str, Decided]) -> None:
    """The decisions about it, each with what opens it; that which is open is marked."""
    if not opened:
        return
    paper.gap()
    count = len(why.decisions)
    head = n_("{count} decision", "{count} decisions", count)
    for key, one in opened.items():
        here = one.number == why.decision
        words = f"{times.when(one.at, now)}  {told(one.said, now)}"
        paper.fact(head, words, "" if here else "dim", f"{key} {'▸' if here else ' '} ", "key")
        head = ""
