"""On the path of a desk's programs: their time of day is off by what stands in a file."""

import os
import time

_true, _steady, _file = time.time, time.monotonic, os.environ.get("SET_CLOCK", "")
_looked = _off = 0.0


def _off_by() -> float:
    """Looked at ten times a second."""
    global _looked, _off
    if _steady() - _looked > 0.1:
        _looked = _steady()
        with open(_file, encoding="ascii") as file:
            _off = float(file.read() or _off)
    return _off


if _file:
    time.time = lambda: _true() + _off_by()
