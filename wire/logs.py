"""How our programs log: lines for a person at a terminal, JSON for everything else.

Above debug nobody's words and nobody's address stand in a log: what is logged names ids, and what
slips in (an address in a server's answer, a quoted value in an error) is taken out here.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Literal

from wire.text import clean, clean_line

Style = Literal["auto", "json", "lines"]
LINE, TRACE = 1_000, 8_000
_ADDRESS = re.compile(r"[^\s<>()\"',:;=@]+@[^\s<>()\"',:;=@]+")
# What an error quotes may be a customer's words; short ones are names of ours, as KeyError's.
_QUOTED = re.compile(r"""(['"])(?:(?!\1).){25,}\1""", re.DOTALL)


def set_up(level: str, style: Style = "auto", stream: IO[str] | None = None) -> None:
    """Log to standard error; `auto` is lines on a terminal and JSON in a pipe."""
    stream = stream or sys.stderr
    lines = style == "lines" or (style == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines() if lines else Json())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    sys.excepthook = _ended_by


def _ended_by(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw ends the program; it is logged like all else."""
    log = logging.getLogger("cordboard")
    log.critical("ended by a fault of ours: %s", kind.__name__, exc_info=(kind, error, trace))


class Json(logging.Formatter):
    """One object a line: at, level, of, said; fields of the record; where it went wrong."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": at, "level": record.levelname.lower(), "of": record.name}
        told["said"] = _said(record)
        if record.exc_info and record.exc_info[1] is not None:
            told["trace"] = _trace(record, record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


class Lines(logging.Formatter):
    """For a person: time, level, of, said; a trace below."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        line = f"{at} {record.levelname:<7} {record.name}: {_said(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += "\n" + _trace(record, record.exc_info[1])
        return line


def said(line: str) -> str:
    """What a line of a log says, whichever style it has."""
    try:
        told = json.loads(line)
    except ValueError:
        return line
    return str(told["said"]) if isinstance(told, dict) and "said" in told else line


def _said(record: logging.LogRecord) -> str:
    text = record.getMessage()
    return clean_line(text if record.levelno <= logging.DEBUG else without_people(text), LINE)


def _trace(record: logging.LogRecord, error: BaseException) -> str:
    """Where it went wrong. Of the source only what is ours: no values, no locals."""
    text = "".join(traceback.format_exception(error))
    shown = clean(text if record.levelno <= logging.DEBUG else without_people(text), TRACE * 4)
    return shown.strip()[-TRACE:]


def without_people(text: str) -> str:
    """Without addresses, and without what an error quotes at length. Pure."""
    return _ADDRESS.sub("<address>", _QUOTED.sub("'…'", text))
