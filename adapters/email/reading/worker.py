"""The child process that reads mails: framed requests on stdin, framed answers on stdout.

It bounds itself: memory for its life, processor time for each mail. It dies with its parent.
"""

import os
import resource
import signal
import sys
from typing import BinaryIO

from adapters.email.mail import Unreadable
from adapters.email.parse import message
from adapters.email.reading import frames
from adapters.sdk.process import die_with_parent


def main() -> None:
    memory, seconds, parent = (int(value) for value in sys.argv[1:4])
    die_with_parent(parent, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Sent to the whole group at a stop: the mail in hand would look like a bomb.
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _send(answers, frames.READY)
    # What a parser prints may quote the mail: nobody reads it from here on.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while ask := _receive(requests):
        _allow_processor(seconds)
        _send(answers, _answer(ask))


def _answer(ask: frames.Request) -> bytes:
    try:
        return frames.packed(_read(ask))
    except MemoryError:
        return frames.packed(frames.Answer(failed=frames.TOO_MUCH))


def _read(ask: frames.Request) -> frames.Answer:
    try:
        return frames.Answer(message(ask.raw, received=ask.received, authserv_id=ask.authserv_id))
    except Unreadable as error:
        return frames.Answer(failed=error.reason)


def _allow_processor(seconds: int) -> None:
    """So many more seconds than are used up; the system kills us when they are gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _receive(stream: BinaryIO) -> frames.Request | None:
    """The next mail; None when the parent has no more."""
    size = stream.read(frames.HEAD.size)
    if len(size) < frames.HEAD.size:
        return None
    return frames.request(stream.read(frames.HEAD.unpack(size)[0]))


def _send(stream: BinaryIO, payload: bytes) -> None:
    stream.write(frames.HEAD.pack(len(payload)))
    stream.write(payload)
    stream.flush()


if __name__ == "__main__":
    main()
