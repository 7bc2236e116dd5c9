"""When a mail was sent, as far as it can be believed."""

from email.utils import parsedate_to_datetime

from adapters.email.reading.headers import Headers

_AHEAD = 86_400.0  # a sender's clock may be in another zone than it thinks, not in another week


def sent(headers: Headers, *, received: float) -> float | None:
    """The Date header, or the time of the last hop; None when neither can be."""
    hop = headers.first("received").rpartition(";")[2]
    for value in (headers.first("date"), hop):
        at = _epoch(value[:200])
        if at is not None and 0 < at <= received + _AHEAD:
            return at
    return None


def _epoch(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
