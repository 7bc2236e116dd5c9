"""One desk a data folder: a lock that ends with the process that holds it, however that ends."""

import contextlib
import fcntl
import os
from types import TracebackType

from cordboard.failing import Failure
from wire.data_folder import DataFolder
from wire.messages.base import say


class FolderLock:
    """`with FolderLock(folder):` — raises Failure with the holder's process id."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._descriptor = -1

    def __enter__(self) -> "FolderLock":
        self._descriptor = os.open(self._folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._descriptor, 20).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise Failure(
                say(
                    "A desk already runs in {folder} (process {pid}). End that one, or name "
                    "another folder with --data.",
                    folder=str(self._folder.root),
                    pid=holder or "?",
                )
            ) from error
        with contextlib.suppress(OSError):  # on a full disk it is held without our name
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)


def is_held(folder: DataFolder) -> bool:
    """Whether a desk runs there, whatever became of its router."""
    try:
        descriptor = os.open(folder.lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
