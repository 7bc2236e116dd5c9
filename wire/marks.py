"""Marks in the code at which a test may end the process by SIGKILL; in earnest they do nothing.

`CORDBOARD_MARKS` names a folder. A file in it that is named like a point arms the point: who passes
there next takes the file away and is gone. With text in it only a passage that begins so counts.
"""

import os
import signal

FOLDER = "CORDBOARD_MARKS"
_armed = os.environ.get(FOLDER, "")


def passing(point: str, where: str = "") -> None:
    """This process is about to do what the point's name says, or has just done it."""
    if _armed:
        _end_here(os.path.join(_armed, point), where)  # noqa: PTH118  many times a message


def _end_here(path: str, where: str) -> None:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123
            if not where.startswith(file.read()):
                return
        os.unlink(path)  # noqa: PTH108  of two who pass at once one takes it
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
