"""Where a person's signature begins: "-- ", "Sent from my phone", "Best regards, …"."""

import re
from collections.abc import Sequence

from adapters.email.reading.splitters import closings, sent_from

_OWN_CLOSINGS = (
    "Sincerely|Yours sincerely|Yours faithfully|Cheers|Warm regards|Many thanks|Regards|Best wishes"
    "|С уважением|С наилучшими пожеланиями|Всего доброго|Всего хорошего|Хорошего дня"
    "|З повагою|З найкращими побажаннями|На все добре|Гарного дня|Щиро"
)
_OWN_SENT_FROM = (
    r"Sent from (?:my )?\w+|Sent via|Отправлено (?:с|из)\b"
    r"|Надіслано (?:з|із|с)\b|Відправлено (?:з|із)\b"
    r"|Get Outlook for|Yahoo Mail for|Sent with"
)
_NAMES = r"(?:[A-ZÀ-ÞА-ЯЁЇІЄҐ][\w'’.-]{0,30}[ ,.]{0,2}){0,4}"
_CLOSING = re.compile(
    rf"\s*(?i:{_OWN_CLOSINGS}|{'|'.join(closings())})(?!\w)[\s,.!–—-]{{0,5}}{_NAMES}\s*"
)
_SENT_FROM = re.compile(rf"\s*(?i:{_OWN_SENT_FROM}|{'|'.join(sent_from())}).{{0,80}}")
_DELIMITER = re.compile(r"-- ?|__|—")
_AFTER = re.compile(r"(?i)\s*(?:p\.? ?p?s|з\.? ?[іи]|п\.? ?с)\b|.*\?\s*")
_LONGEST = 10
_WIDEST = 80


def start(lines: Sequence[str]) -> int:
    """The first line of the signature; the number of lines when there is none."""
    for at in range(len(lines) - 1, -1, -1):
        if _DELIMITER.fullmatch(lines[at].rstrip("\t")) and _has_text(lines[:at]):
            return at
        if len(lines) - at > 4 * _LONGEST:
            break
    return _closing(lines)


def _closing(lines: Sequence[str]) -> int:
    """The earliest closing phrase near the end after which stands nothing but short lines."""
    found = len(lines)
    full = 0
    for at in range(len(lines) - 1, 0, -1):
        line = lines[at]
        full += bool(line.strip())
        if full > _LONGEST or len(line) > _WIDEST:
            break
        if _SENT_FROM.fullmatch(line) or _CLOSING.fullmatch(line):
            found = at
        elif _AFTER.match(line):
            break
    return found if _has_text(lines[:found]) else len(lines)


def _has_text(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)
