"""A child that ends with its parent, even when that is killed -9 (Linux)."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child of a process with threads must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tied(last_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program (`preexec_fn`); it gets `last_signal` when we die.

    Call it in the main thread: the kernel ties the child to the thread that starts it.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a child is tied to its parent's main thread; start it there")
    parent = os.getpid()

    def tie() -> None:
        _ask_kernel(last_signal)
        if os.getppid() != parent:  # the parent died before the tie was made
            os._exit(1)

    return tie


def _ask_kernel(last_signal: signal.Signals) -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0)
