"""What a flow may use of the console: the view, and its parts, each as narrow as its use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from console.drafts import Draft, DraftBook
from console.events import Event
from console.lines import Line
from console.view import ListName, Pane, View
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


# A page of a long list: of which part, after which value (None: from the beginning).
Fetch = Callable[[Any, Any], Awaitable[Sequence[Choice]]]


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed, and what was chosen from the suggestions."""

    text: str
    choice: Choice | None = None


class Desk(Protocol):
    """The other end of the line."""

    async def call(self, ask: Ask, *, key: str = "") -> Any:
        """Ask the desk. Raises Refused or BusError."""
        ...

    async def do(self, ask: Ask) -> Any | None:
        """Ask the desk; a refusal is shown to the agent and None comes back."""
        ...

    async def found(self, ask: Ask, shown: Callable[[Any], Sequence[Choice]]) -> Sequence[Choice]:
        """What the answer has to choose from; or one line that says why there is none."""
        ...


class Drawers(Protocol):
    """Ways to ask the agent."""

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

    async def browse(
        self, title: str, parts: Sequence[Choice], part: Any, fetch: Fetch
    ) -> tuple[Any, Any] | None:
        """A long list in parts: the part and the value that was chosen."""
        ...

    async def sheet(self, title: str, lines: Sequence[Line]) -> None:
        """Something to read."""
        ...

    async def leaf(
        self, title: str, paint: Callable[[int], Sequence[Line]], choices: Sequence[Choice]
    ) -> Any:
        """Something long to read, painted for a width, and keys that turn to something else."""
        ...

    async def edit(self, title: str, text: str, hint: str) -> str | None:
        """Several lines to write; None when the agent turns away."""
        ...


class Reading(Protocol):
    """The list and the open thread."""

    @property
    def before(self) -> tuple[int, int] | None:
        """Contact and conversation that were open before this one."""
        ...

    async def open(
        self, contact: int, strand: int, *, focus: bool = True, message: int = 0
    ) -> None:
        """Read a thread; with `message`, at that place of it."""
        ...

    async def turn_list(self, name: ListName, words: str) -> None: ...

    def back(self) -> None:
        """Close the top-most thing; never destroys, never quits."""
        ...

    def message_at_cursor(self) -> MessageRow | None: ...

    def unfold(self) -> None: ...


class Writing(Protocol):
    """The composer, and the drafts that are not in it."""

    @property
    def drafts(self) -> DraftBook: ...

    @property
    def draft(self) -> Draft | None:
        """What stands in the composer, as it is now."""
        ...

    def write(self, draft: Draft, *, focus: bool = True) -> None:
        """Put a draft into the composer."""
        ...

    def put_down(self) -> None:
        """Empty the composer of a draft that is sent or dropped."""
        ...

    def insert(self, text: str) -> None:
        """Type into the composer."""
        ...

    def sent(self, message: int) -> Draft | None:
        """The draft that became this message, for as long as it can be taken back."""
        ...

    def was_sent(self, message: int, draft: Draft) -> None: ...


class Panes(Protocol):
    """Where the keys go."""

    def focus(self, pane: Pane) -> None: ...

    def turn(self, step: int) -> None: ...

    def move(self, way: Move) -> None: ...


class Looks(Protocol):
    """Colours and words."""

    def dress(self, theme: str) -> None: ...

    def speak(self, language: str) -> None: ...

    def redraw(self) -> None: ...


class Machine(Protocol):
    """What lies outside of the console."""

    @property
    def downloads(self) -> Path: ...

    def copy(self, text: str) -> None: ...

    async def in_editor(self, text: str, suffix: str) -> str | None:
        """The text after $EDITOR had it; None when it failed."""
        ...


class Commands(Protocol):
    """The table, for flows that find a command and start it."""

    @property
    def table(self) -> "Sequence[Command]": ...

    async def perform(self, command: "Command", words: str = "") -> None: ...


class Stage(Protocol):
    @property
    def view(self) -> View: ...

    def tell(self, event: Event) -> None:
        """Let the view advance."""
        ...

    def say(self, sentence: str, style: str = "") -> None:
        """One sentence where the eyes are."""
        ...

    def leave(self) -> None:
        """End the console."""
        ...

    @property
    def desk(self) -> Desk: ...

    @property
    def drawers(self) -> Drawers: ...

    @property
    def reading(self) -> Reading: ...

    @property
    def writing(self) -> Writing: ...

    @property
    def panes(self) -> Panes: ...

    @property
    def looks(self) -> Looks: ...

    @property
    def machine(self) -> Machine: ...

    @property
    def commands(self) -> Commands: ...


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
