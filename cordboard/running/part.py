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
# What ends so often before it was healthy, by a fault of its configuration or its code, is left
# alone. A part that was killed, or that says that it should try again (3 and 4), never is.
QUICK_ENDS, HOPELESS = 5, (1, 2)


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
            began = loop.time()
            self.status = await self._run()
            self.ended.set()
            if self._stop.is_set():
                return
            healthy = loop.time() - began > HEALTHY_AFTER
            if healthy:
                pause = FIRST_PAUSE
            if self._is_hopeless(healthy):
                return
            wait = pause * self._chance.uniform(0.5, 1.0)
            pause = min(pause * 2, LONGEST_PAUSE)
            if self.ready.is_set() or not self._ready_line:
                self._tell(self._went(wait))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)

    def _is_hopeless(self, healthy: bool) -> bool:
        self.quick_ends = 0 if healthy or self.status not in HOPELESS else self.quick_ends + 1
        if self.quick_ends < QUICK_ENDS:
            return False
        said = say(
            "{name}: ended {n} times at once and is not started any more. {last} Its log is {log}.",
            name=self.name,
            n=self.quick_ends,
            last=self._last_words(),
            log=str(self.log.path),
        )
        self._tell(said)
        self.gave_up.set()
        return True

    def _last_words(self) -> str:
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
            last=self._last_words(),
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
