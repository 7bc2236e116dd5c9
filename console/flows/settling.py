"""Settle it: resolve, reopen, snooze, tag, priority."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from console.flows.opening import open_below
from console.paint import naming
from console.stage import Choice, Stage
from console.view import View
from console.words import times
from console.words.catalogue import _, n_
from wire.messages.verbs import Prioritise, Reopen, Resolve, Snooze, Tag

MORNING = 9
LENGTH = re.compile(r"(\d+)\s*([mhdw])")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


async def resolve(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row and await stage.desk.do(Resolve(conversation=row.id)) is not None:
        stage.say(_("Resolved. o opens it again."))


async def resolve_and_next(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row is None:
        return
    reading = stage.view.pane == "thread"
    if reading:
        await open_below(stage)
    if await stage.desk.do(Resolve(conversation=row.id)) is not None:
        stage.say(_("Resolved. o opens it again."))


async def reopen(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row and await stage.desk.do(Reopen(conversation=row.id)) is not None:
        stage.say(_("Open again."))


# --- later ---------------------------------------------------------------------------------------


async def snooze(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row is None:
        return
    now = stage.view.now
    until = parse_until(words, now) if words else await _until(stage, now)
    if until is None:
        if words:
            stage.say(_("Say 30m, 2h, 3d or 17:00."), "warn")
        return
    if await stage.desk.do(Snooze(conversation=row.id, until=until)) is not None:
        stage.say(_("It comes back {time}.", time=times.when(until, now)))


async def _until(stage: Stage, now: float) -> float | None:
    def meant(typed: str) -> Sequence[Choice]:
        if until := parse_until(typed, now):
            return (Choice(until, times.when(until, now)),)
        return later(now) if not typed else ()

    given = await stage.drawers.prompt(_("Until when? 30m, 2h, 3d, 17:00"), meant)
    return float(given.choice.value) if given and given.choice else None


def later(now: float) -> list[Choice]:
    here = datetime.fromtimestamp(now).astimezone()
    tomorrow = (here + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0)
    monday = tomorrow + timedelta(days=(7 - tomorrow.weekday()) % 7)
    moments = (
        (_("in an hour"), now + SECONDS["h"]),
        (_("in three hours"), now + 3 * SECONDS["h"]),
        (_("tomorrow morning"), tomorrow.timestamp()),
        (_("on Monday morning"), monday.timestamp()),
        (_("in a week"), now + SECONDS["w"]),
    )
    return [Choice(until, title, times.when(until, now)) for title, until in moments]


def parse_until(words: str, now: float) -> float | None:
    """ "30m", "2h", "3d" from now, or the next "17:00"."""
    if match := LENGTH.fullmatch(words.strip().lower()):
        return now + int(match[1]) * SECONDS[match[2]]
    match = CLOCK.fullmatch(words.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    here = datetime.fromtimestamp(now).astimezone()
    moment = here.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    return (moment if moment > here else moment + timedelta(days=1)).timestamp()


# --- what it is ----------------------------------------------------------------------------------


async def tag(stage: Stage, words: str = "") -> None:
    """Add tags, or take them off with a minus before them."""
    row = stage.view.pointed
    if row is None:
        return
    known = _known_tags(stage.view)

    def fitting(typed: str) -> list[Choice]:
        wanted = typed.split(" ")[-1].lstrip("-").casefold()
        here = [Choice("-" + t, "-" + t, _("take off")) for t in row.tags if wanted in t]
        return here + [Choice(t, t) for t in known if wanted in t and t not in row.tags]

    if not words:
        given = await stage.drawers.prompt(_("Tags (-tag takes one off)"), fitting, free=True)
        words = given.text if given else ""
    named = words.replace(",", " ").replace("#", "").split()
    if not named:
        return
    add = tuple(name for name in named if not name.startswith("-"))
    remove = tuple(name[1:] for name in named if name.startswith("-"))
    if await stage.desk.do(Tag(conversation=row.id, add=add, remove=remove)) is not None:
        stage.say(n_("{count} tag changed.", "{count} tags changed.", len(named)))


def _known_tags(view: View) -> list[str]:
    return sorted({tag for row in view.rows.values() for tag in row.tags})


async def prioritise(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row is None:
        return
    names = ("low", "normal", "high", "urgent")
    number = names.index(words) if words in names else None
    if number is None:
        choices = [
            Choice(place, naming.priority(place), key=letter) for place, letter in enumerate("lnhu")
        ]
        number = await stage.drawers.choose(_("How urgent?"), choices)
    if number is not None:
        await stage.desk.do(Prioritise(conversation=row.id, priority=number))
