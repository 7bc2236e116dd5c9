"""A log line names ids; nobody's words or address is in it, and no control gets to a terminal."""

import io
import json
import logging
import subprocess
import sys

import pytest

from wire import logs

pytestmark = pytest.mark.pure


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(formatter: logging.Formatter, said: str, level: int, error: Exception | None) -> str:
    trace = None if error is None else (type(error), error, error.__traceback__)
    return formatter.format(logging.LogRecord("cordboard.x", level, "", 0, said, (), trace))


def test_a_line_is_an_object_of_its_own() -> None:
    line = logged(logs.Json(), "out-9: no answer\nin time", logging.WARNING, None)
    told = json.loads(line)
    assert (told["level"], told["of"], told["said"]) == (
        "warning",
        "cordboard.x",
        "out-9: no answer in time",
    )
    assert "\n" not in line


@pytest.mark.parametrize("formatter", [logs.Json(), logs.Lines()])
def test_addresses_and_quoted_words_stay_out_above_debug(formatter: logging.Formatter) -> None:
    error = ValueError("no such charset in 'my password is hunter2, please keep it'")
    said = "550 5.1.1 <olga@kvit.example>: unknown; mailto:taras+x@kvit.example"
    line = logged(formatter, said, logging.ERROR, error)
    assert "kvit.example" not in line
    assert "hunter2" not in line
    assert "ValueError: no such charset" in line
    assert "olga@kvit.example" in logged(formatter, said, logging.DEBUG, None)


@pytest.mark.parametrize("formatter", [logs.Json(), logs.Lines()])
def test_no_control_of_an_outsider_reaches_a_terminal(formatter: logging.Formatter) -> None:
    error = ValueError("\x1b]52;c;aGk=\x07 \x9b31m")
    line = logged(formatter, "a \x1b[2J b \u202e c", logging.ERROR, error)
    assert not set(line) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_a_person_reads_lines_and_a_pipe_gets_json() -> None:
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, sys.excepthook
    try:
        for stream, whole in ((Terminal(), False), (io.StringIO(), True)):
            logs.set_up("info", "auto", stream)
            logging.getLogger("cordboard.x").info("hello")
            assert stream.getvalue().startswith("{") is whole
            assert logs.said(stream.getvalue().strip()).endswith("hello")
    finally:
        root.handlers[:], sys.excepthook = before, hook
        root.setLevel(level)


def test_a_fault_that_ends_a_program_is_a_line_like_all_others() -> None:
    program = "from wire import logs; logs.set_up('info'); raise KeyError('olga@kvit.example')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    told = json.loads(done.stderr)
    assert done.returncode == 1
    assert told["said"] == "ended by a fault of ours: KeyError"
    assert "olga" not in done.stderr
