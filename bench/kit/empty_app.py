"""A Textual app with one word on it: what the toolkit itself costs before anything of ours."""

from textual.app import App, ComposeResult
from textual.widgets import Static

WORD = "empty"


class Empty(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(WORD)


if __name__ == "__main__":
    Empty().run()
