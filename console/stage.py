"""What a flow may use of the app: the view, the desk, a few ways to ask the agent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from console.drafts import Draft, DraftBook
from console.events import Event
from console.lines import Line
from console.view import Pane, View
from wire.messages.desk import MessageRow
from wire.messages.verbs import Ask

Move = Literal["down", "up", "top", "bottom", "half down", "half up"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `key` is a letter that chooses it at once, where there are few."""

    value: Any
    title: str
    detail: str = ""
    key: str = ""
    style: str = ""
    # A word at the right edge: the key that does the same.
    aside: str = ""


# What could be meant by the words typed so far.
Suggest = Callable[[str], Sequence[Choice] | Awaitable[Sequence[Choice]]]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed, and what was chosen from the suggestions."""

    text: str
    choice: Choice | None = None


class Stage(Protocol):
    @property
    def view(self) -> View: ...

    @property
    def drafts(self) -> DraftBook: ...

    @property
    def draft(self) -> Draft | None:
        """What stands in the composer, as it is now."""
        ...

    def tell(self, event: Event) -> None:
        """Let the view advance."""
        ...

    async def call(self, ask: Ask, *, key: str = "") -> Any:
        """Ask the desk. Raises Refused or BusError."""
        ...

    async def do(self, ask: Ask) -> Any | None:
        """Ask the desk; a refusal is shown to the agent and None comes back."""
        ...

    def say(self, sentence: str, style: str = "") -> None:
        """One sentence where the eyes are."""
        ...

    async def choose(
        self, title: str, choices: Sequence[Choice], above: Sequence[Line] = ()
    ) -> Any:
        """One of a few, by its letter; None when the agent turns away."""
        ...

    async def prompt(
        self, title: str, suggest: Suggest, *, value: str = "", free: bool = False
    ) -> Given | None:
        """Words, with suggestions; `free` takes words that are none of them."""
        ...

    async def sheet(self, title: str, lines: Sequence[Line]) -> None:
        """Something to read."""
        ...

    async def edit(self, title: str, text: str, hint: str) -> str | None:
        """Several lines to write; None when the agent turns away."""
        ...

    async def in_editor(self, text: str, suffix: str) -> str | None:
        """The text after $EDITOR had it; None when it failed."""
        ...

    async def open(
        self, contact: int, strand: int, *, focus: bool = True, message: int = 0
    ) -> None:
        """Read a thread; with `message`, at that place of it."""
        ...

    @property
    def before(self) -> tuple[int, int] | None:
        """Contact and conversation that were open before this one."""
        ...

    async def turn_list(self, name: str, words: str) -> None: ...

    def focus(self, pane: Pane) -> None: ...

    def turn_pane(self, step: int) -> None: ...

    def back(self) -> None:
        """Close the top-most thing; never destroys, never quits."""
        ...

    def move(self, way: Move) -> None: ...

    def write(self, draft: Draft, *, focus: bool = True) -> None:
        """Put a draft into the composer."""
        ...

    def put_down(self) -> None:
        """Empty the composer of a draft that is sent or dropped."""
        ...

    def message_at_cursor(self) -> MessageRow | None: ...

    def unfold(self) -> None: ...

    def copy(self, text: str) -> None: ...

    def dress(self, theme: str) -> None: ...

    def speak(self, language: str) -> None: ...

    def redraw(self) -> None: ...

    def leave(self) -> None:
        """End the console."""
        ...

    @property
    def downloads(self) -> Path: ...

    @property
    def commands(self) -> "Sequence[Command]": ...

    async def perform(self, command: "Command", words: str = "") -> None: ...

    def sent(self, message: int) -> Draft | None:
        """The draft that became this message, for as long as it can be taken back."""
        ...

    def was_sent(self, message: int, draft: Draft) -> None: ...

    def insert(self, text: str) -> None:
        """Type into the composer."""
        ...


Run = Callable[[Stage, str], Awaitable[None]]
Place = Literal["queue", "thread", "customer", "composer"]
READING: tuple[Place, ...] = ("queue", "thread", "customer")
EVERYWHERE: tuple[Place, ...] = (*READING, "composer")


@dataclass(frozen=True, slots=True)
class Command:
    """One action. `id` is stable: configuration, `:` and scripts name it.

    `title` and `help` are sentences of the catalogue. `hint` is the weight with which it stands in
    the hints line; 0 keeps it out.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    run: Run
    when: Callable[[View], bool] = bool
    places: tuple[Place, ...] = READING
    hint: int = 0
    aliases: tuple[str, ...] = ()

    def possible(self, view: View) -> bool:
        return self.when(view)
