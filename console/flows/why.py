"""Why a conversation is where it is, and the decisions before."""

from collections.abc import Sequence
from functools import partial

from console.lines import Line
from console.paint.why import EARLIER, folds, openable, why_lines
from console.stage import Choice, Stage
from console.words.catalogue import _
from wire.messages.desk import Why
from wire.messages.verbs import WhyIs

EVERYBODY, OLDER = "everybody", "older"


async def why(stage: Stage, words: str = "") -> None:
    """How it stands now; digits go to the decisions about it."""
    row = stage.view.pointed
    if row is None:
        return
    after, unfolded = 0, False
    found: Why | None = await stage.desk.do(WhyIs(conversation=row.id))
    while found is not None:
        paint = partial(_painted, found, stage.view.now, unfolded=unfolded, after=after)
        title = _("Why is it here?")
        asked = await stage.drawers.leaf(title, paint, _choices(found, after, unfolded=unfolded))
        match asked:
            case str() if asked == EVERYBODY:
                unfolded = not unfolded
            case str() if asked == OLDER:
                after = after + EARLIER if after + EARLIER < len(found.decisions) else 0
            case int():
                found = await stage.desk.do(WhyIs(conversation=row.id, decision=asked))
            case _:
                return


def _painted(found: Why, now: float, width: int, *, unfolded: bool, after: int) -> Sequence[Line]:
    return why_lines(found, now, width, unfolded=unfolded, after=after)


def _choices(found: Why, after: int, *, unfolded: bool) -> list[Choice]:
    choices = [
        Choice(one.number, "", key=str(digit))
        for digit, one in enumerate(openable(found, after), 1)
    ]
    if found.decision and found.decisions:
        choices.append(Choice(0, _("now"), key="0"))
    if len(found.decisions) > EARLIER:
        choices.append(Choice(OLDER, _("older ones"), key="o"))
    if folds(found):
        words = _("together") if unfolded else _("everybody by name")
        choices.append(Choice(EVERYBODY, words, key="x"))
    return choices
