"""A process that is none: a group of tasks that can be killed or stopped at any await."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

_current: "contextvars.ContextVar[Process | None]" = contextvars.ContextVar("process", default=None)


class Process:
    """What is spawned in it, and whatever that starts, lives and dies with it."""

    def __init__(self, name: str, died: Callable[[], None] = lambda: None) -> None:
        self.name = name
        self.alive = True
        self.stopped = False
        # Awaits so far; at which of them it dies.
        self.steps = 0
        self.dies_at = 0
        self.connections: list[Any] = []
        self._died = died
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._graves: list[Any] = []
        self._held: deque[asyncio.Future[None]] = deque()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        context = contextvars.copy_context()
        context.run(_current.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def run(self, call: Callable[..., object], *values: Any) -> None:
        """A callback of this process, now or when it goes on; never when it is dead."""
        if self.stopped and self.alive:
            self.spawn(_later(call, values))
        elif self.alive:
            context = contextvars.copy_context()
            context.run(_current.set, self)
            context.run(call, *values)

    def kill(self) -> None:
        """As by SIGKILL: no task gets another word, not even a `finally`."""
        if not self.alive:
            return
        self.alive = False
        for connection in self.connections:
            connection.cut()
        asyncio.get_running_loop().call_soon(self._bury)

    def stop(self) -> None:
        """As by SIGSTOP."""
        self.stopped = True

    def go_on(self) -> None:
        self.stopped = False
        while self._held:
            held = self._held.popleft()
            if not held.done():
                held.set_result(None)

    def started(self, task: "asyncio.Task[Any]") -> None:
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)

    def step(self) -> "asyncio.Future[None] | None":
        """Called before each step of a task of ours; what it has to wait for."""
        self.steps += 1
        if self.alive and self.steps == self.dies_at:
            self.kill()
        if not self.alive:
            raise asyncio.CancelledError
        if not self.stopped:
            return None
        held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        held._asyncio_future_blocking = True
        self._held.append(held)
        return held

    def _bury(self) -> None:
        for task in list(self._tasks):
            # Kept, since a coroutine that is thrown away runs its `finally`.
            self._graves.append(task.get_coro())
            task.cancel()
        self._died()

    def forget(self) -> None:
        """After the end of the universe nothing that they say counts."""
        for grave in self._graves:
            for _ in range(20):
                try:
                    grave.inner.close()
                except BaseException:
                    continue
                break
        self._graves.clear()


async def _later(call: Callable[..., object], values: tuple[Any, ...]) -> None:
    call(*values)


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine that asks its process before each step."""

    def __init__(self, inner: Any, process: Process) -> None:
        self.inner = inner
        self._process = process
        self._thrown: BaseException | None = None

    def send(self, value: Any) -> Any:
        held = self._process.step()
        if held is not None:
            return held
        if self._thrown is not None:
            thrown, self._thrown = self._thrown, None
            return self.inner.throw(thrown)
        return self.inner.send(value)

    def throw(self, kind: Any, value: Any = None, trace: Any = None) -> Any:
        thrown = kind if isinstance(kind, BaseException) else (value or kind())
        held = self._process.step()
        if held is not None:
            self._thrown = thrown
            return held
        return self.inner.throw(thrown)

    def close(self) -> None:
        """Whoever is dead stays silent."""

    def __await__(self) -> Any:
        raise TypeError("a task's own coroutine is awaited by nobody")


def tasks_of_processes(
    loop: asyncio.AbstractEventLoop, work: Any, context: Any = None
) -> "asyncio.Task[Any]":
    """A task factory: a task belongs to the process of whoever starts it."""
    process = context.get(_current) if context is not None else _current.get()
    if process is None:
        return asyncio.Task(work, loop=loop, context=context)
    task = asyncio.Task(_Stepped(work, process), loop=loop, context=context)
    process.started(task)
    return task
