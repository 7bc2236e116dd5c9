"""How far something is that takes a while, where a person looks on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(said: str, whole: float, *, quiet: bool = False) -> Iterator[Callable[[float], None]]:
    """A bar on the terminal's error output; call what is yielded with how much is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True,
                  disable=quiet or not console.is_terminal) as bar:  # fmt: skip
        task = bar.add_task(said, total=whole)
        yield lambda done: bar.update(task, completed=done)
