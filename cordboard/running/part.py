"""A part of the desk: a process that is started, watched, started again, and ended in time."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable, Sequence

from cordboard.running.log_file import LogFile
from router.nats import lifeline
from wire import logs
from wire.messages.base import Said, say

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
# A part that ran so long and ends is started again at once, however often that happens.
HEALTHY_AFTER = 2.0
# What ends so often before it was healthy is in trouble, and that is said. Only a part that says
# that its configuration is faulty is left alone then: a disk, a bus, a channel come back.
QUICK_ENDS, FAULTY = 5, 2


class Part:
    """One process. `ready` is set once it wrote a line that begins with `ready_line`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: LogFile,
        *,
        tell: Callable[[Said], None],
        ready_line: bytes = b"",
    ) -> None:
        self.name = name
        self.log = log
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.gave_up = asyncio.Event()
        # Set while it ends at once again and again, whether it is still tried or not.
        self.in_trouble = asyncio.Event()
        # So often in a row, for the same reason.
        self.quick_ends = 0
        self.status: int | None = None
        self._command = command
        self._tell = tell
        self._ready_line = ready_line
        self._child: asyncio.subprocess.Process | None = None
        self._stop = asyncio.Event()
        self._chance = random.Random()  # noqa: S311  spreads restarts, hides nothing

    @property
    def pid(self) -> int:
        return self._child.pid if self._child is not None else 0

    async def keep_running(self) -> None:
        """Until it is stopped. The pause between starts grows while it ends soon."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while not self._stop.is_set():
            began, before = loop.time(), self.status
            well = loop.call_later(HEALTHY_AFTER, self.in_trouble.clear)
            self.status = await self._run()
            well.cancel()
            self.ended.set()
            if self._stop.is_set():
                return
            healthy = loop.time() - began > HEALTHY_AFTER
            if healthy:
                pause = FIRST_PAUSE
            self._count(healthy=healthy, again=self.status == before)
            if self.gave_up.is_set():
                return
            wait = pause * self._chance.uniform(0.5, 1.0)
            pause = min(pause * 2, LONGEST_PAUSE)
            if self.ready.is_set() or not self._ready_line:
                self._tell(self._went(wait))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)

    def _count(self, *, healthy: bool, again: bool) -> None:
        was_killed = self.status is not None and self.status < 0
        if healthy or was_killed:
            self.quick_ends = 0
            return
        self.quick_ends = self.quick_ends + 1 if again else 1
        if self.quick_ends < QUICK_ENDS:
            return
        if self.status == FAULTY:
            self._tell(self._left_alone())
            self.gave_up.set()
        self.in_trouble.set()

    def _left_alone(self) -> Said:
        return say(
            "{name}: ended {n} times at once and is not started any more. {last} Its log is {log}.",
            name=self.name,
            n=self.quick_ends,
            last=self.last_words(),
            log=str(self.log.path),
        )

    def last_words(self) -> str:
        """What it said last; of a traceback the error."""
        return logs.said(self.log.last[-1]) if self.log.last else ""

    async def _run(self) -> int:
        self._child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            # Who watches us hears from us, not from our parts.
            env={key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # An interrupt at the terminal is for us: we end the parts in order.
            start_new_session=True,
            # When we are killed so is the bus: a part could tell nobody what it still did, and
            # one that lingers holds the ports that the next start needs.
            preexec_fn=lifeline.tied(signal.SIGKILL),
        )
        if self._child.stdout is not None:
            await self._keep_log(self._child.stdout)
        return await self._child.wait()

    async def _keep_log(self, output: asyncio.StreamReader) -> None:
        rest = b""
        while piece := await output.read(65_536):
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > 65_536:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._heard(line)
        if rest:
            self._heard(rest)

    def _heard(self, line: bytes) -> None:
        self.log.write(line + b"\n")
        if self._ready_line and line.startswith(self._ready_line):
            self.ready.set()

    def _went(self, wait: float) -> Said:
        return say(
            "{name}: ended with status {status}; again in {seconds} s. {last}",
            name=self.name,
            status=self.status or 0,
            seconds=round(wait, 1),
            last=self.last_words(),
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, and don't start it again."""
        self._stop.set()
        if self._child is not None and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(number)

    async def stopped(self, within: float) -> None:
        """Return once it has ended; after `within` seconds it is killed."""
        child = self._child
        if child is None or child.returncode is not None:
            return
        try:
            await asyncio.wait_for(child.wait(), within)
        except TimeoutError:
            self._tell(say("{name}: does not end; it is killed", name=self.name))
            self.end(signal.SIGKILL)
            await child.wait()
