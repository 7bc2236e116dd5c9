"""Time as people say it. Pure: `now` and the clock's offset are arguments."""

from datetime import UTC, datetime, tzinfo

from console.words.catalogue import N_, _, n_

MINUS = "−"
MINUTE, HOUR, DAY = 60, 3_600, 86_400

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


def countdown(left: float) -> str:
    """What is left of a target: "0:48", "3h 19m", "−2:12" when late."""
    sign, seconds = ("", int(left)) if left >= 0 else (MINUS, int(-left))
    return sign + span(seconds)


def span(seconds: int) -> str:
    """A length of time, in two units at most."""
    if seconds < HOUR:
        return f"{seconds // MINUTE}:{seconds % MINUTE:02}"
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        return _("{hours}h {minutes}m", hours=hours, minutes=minutes)
    return _("{days}d {hours}h", days=seconds // DAY, hours=seconds % DAY // HOUR)


def clock(at: float, zone: tzinfo | None = None) -> str:
    return _moment(at, zone).strftime("%H:%M")


def day(at: float, zone: tzinfo | None = None) -> str:
    """The day: "Mon 20 Nov"."""
    moment = _moment(at, zone)
    return _(
        "{weekday} {day} {month}",
        weekday=_(WEEKDAYS[moment.weekday()]),
        day=moment.day,
        month=_(MONTHS[moment.month - 1]),
    )


def when(at: float, now: float, zone: tzinfo | None = None) -> str:
    """The clock for today, else the day with it."""
    if _moment(at, zone).date() == _moment(now, zone).date():
        return clock(at, zone)
    return f"{day(at, zone)} {clock(at, zone)}"


def ordinal(at: float, zone: tzinfo | None = None) -> int:
    """The number of the day, to tell one from the next."""
    return _moment(at, zone).toordinal()


def exact(at: float, zone: tzinfo | None = None) -> str:
    return _moment(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def _moment(at: float, zone: tzinfo | None) -> datetime:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.astimezone(zone)


def size(count: int) -> str:
    """Bytes: "84 kB"."""
    if count < 1_000:
        return n_("{count} byte", "{count} bytes", count)
    if count < 1_000_000:
        return _("{count} kB", count=round(count / 1_000))
    return _("{count} MB", count=f"{count / 1_000_000:.1f}")
