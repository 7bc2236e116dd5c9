"""What a part of the desk writes, in a file that does not grow without end."""

import contextlib
from collections import deque
from pathlib import Path

LARGEST = 10_000_000
LAST_LINES = 5


class LogFile:
    """Appends; full, it becomes `name.1`, and the one before that is gone."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path = path
        self._largest = largest
        self._file = path.open("ab", buffering=0)
        self.last: deque[str] = deque(maxlen=LAST_LINES)

    @property
    def path(self) -> Path:
        return self._path

    def write(self, lines: bytes) -> None:
        # Where nothing can be written the lines are lost, and the part is watched all the same.
        with contextlib.suppress(OSError):
            self._append(lines)
        self.last.extend(line for line in lines.decode(errors="replace").splitlines() if line)

    def _append(self, lines: bytes) -> None:
        if self._file.tell() + len(lines) > self._largest:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._path.open("ab", buffering=0)
        self._file.write(lines)

    def close(self) -> None:
        self._file.close()
