"""A process that ends when the one that started it is gone, however that died."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, last: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for `last` at the death of `parent`, which must have started us.

    The kernel counts the parent's *thread*: start children from the main thread.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(last))
    if os.getppid() != parent:  # it died before we asked
        raise SystemExit("the process that started this one is gone")
