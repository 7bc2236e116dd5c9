"""An agent at a terminal: presses keys, reads what is painted."""

from collections.abc import Callable

from tests.servers.pty_console import PtyConsole

PATIENCE = 45.0


class Hands:
    def __init__(self, terminal: PtyConsole) -> None:
        self.terminal = terminal

    def press(self, *keys: str) -> None:
        self.terminal.press(*keys)

    def types(self, text: str) -> None:
        """Return once it stands there: what is asked next finds all of it."""
        self.terminal.send(text)
        self.sees(text[-30:])

    def sees(self, *words: str) -> None:
        """Return once all of it is on the screen."""
        for each in words:
            self.terminal.wait_for(each, PATIENCE)

    def sees_no_more(self, words: str) -> None:
        self.terminal.wait_until_gone(words, PATIENCE)

    def until(self, so: Callable[[], bool], what: str) -> None:
        """Return once the screen is so."""
        self.terminal.wait_until(so, what, PATIENCE)

    def text(self) -> str:
        return self.terminal.text()

    def goes_on_duty(self) -> None:
        """Be there for new work, whatever was before."""
        self.sees("link ")
        self.press("P")
        self.sees("How are you?")
        self.press("o")
        self.sees("● online")

    def opens(self, subject: str) -> None:
        """The conversation of the list that is about this."""
        self.press("ctrl+p")
        self.sees("Find anything")
        self.terminal.send(subject)
        self.until(lambda: self._found(subject), f"{subject} found")
        self.press("enter")
        self.sees_no_more("Find anything")

    def _found(self, subject: str) -> bool:
        """Below the list's title it stands once as it was typed, once as it was found."""
        return self.text().rpartition("Find anything")[2].count(subject) >= 2
