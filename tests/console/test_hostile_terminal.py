"""Every way in which our console shows text, with twelve orders to a terminal in each: none obeyed.

Once as it is, and once without the cleaning at the edge, so that the last filter on painted lines
is seen to hold by itself.
"""

from pathlib import Path

import pytest

from tests.console.hostile import PAYLOADS, WORDS, strange
from tests.console.test_terminal import terminal
from tests.servers.pty_console import PtyConsole

pytestmark = pytest.mark.journey

F2, F3 = "\x1bOQ", "\x1bOR"

# How one gets there from a thread, what stands there then, and how many of the twelve can be seen
# below that at once. Esc leads back.
DRAWERS: dict[str, tuple[tuple[str, ...], str, int]] = {
    "why": (("w",), "Why is it here?", 12),
    "the note": (("n",), "Note about", 6),
    "addresses": (("l",), "Which address?", 12),
    "files and links": (("G", "x"), "Which?", 1),
    "search": (("\\", "P", "0"), "Search all history", 9),
    "anything": (("ctrl+p", "P", "0"), "Find anything", 9),
    "to whom": (("A", "P"), "Assign to whom?", 12),
    "handing over": (("T", "P"), "Transfer to whom?", 12),
    "by which channel": (("R",), "Reply how?", 1),
    "writing first": (("C",), "From which account?", 9),
    "forwarding": (("f",), "Esc closes", 0),
    "tags": (("t",), "Tags (", 11),
    "whom to block": (("b",), "Block or unblock whom?", 12),
    "a filter": (("/", "P", "0"), "Filter", 0),
    "what came in": (("L",), "What came in", 12),
    "what goes out": (("O",), "Esc closes", 12),
}


class Walk:
    """Goes everywhere in one console, and sees that the customer's words were shown there."""

    def __init__(self, console: PtyConsole, *, cleaned: bool) -> None:
        self.console = console
        # As it comes, what has no width moves the rest of its line in the terminal that we play.
        self._most = len(WORDS) if cleaned else 1

    def sees_every_word(self, *, scroll: str = "", most: int = 40) -> None:
        """On the screen, if need be by scrolling."""
        missing = set(WORDS)
        for _ in range(most):
            text = self.console.text()
            missing -= {word for word in missing if word in text}
            if not missing or not scroll:
                break
            size = len(self.console.raw)
            self.console.press(scroll)
            self.console.wait_until(lambda s=size: len(self.console.raw) > s, "a move", 3)  # type: ignore[misc]
        assert len(WORDS) - len(missing) >= self._most, f"{sorted(missing)}\n{self.console.text()}"

    def into(self, keys: tuple[str, ...], seen: str, least: int) -> None:
        self.console.press(*keys)
        self.console.wait_for(seen)

        def shown() -> bool:
            below = self.console.text().partition(seen)[2]
            return sum(word in below for word in WORDS) >= min(least, self._most)

        self.console.wait_until(shown, f"{least} of them below {seen!r}")

    def out(self) -> None:
        self.console.press("escape")
        self.console.wait_until_gone("Esc closes")


# One of each kind of drawer: lines to read, to write in, a menu, suggestions, pages.
KINDS = ("why", "the note", "addresses", "search", "what came in")


@pytest.mark.parametrize(("how", "drawers"), [("cleaned", tuple(DRAWERS)), ("as it comes", KINDS)])
def test_no_order_of_a_customer_is_obeyed_wherever_it_is_shown(
    tmp_path: Path, how: str, drawers: tuple[str, ...]
) -> None:
    with terminal(tmp_path, "hostile", how, columns=170, rows=50) as attacked:
        attacked.wait_for("Eve")
        walk = Walk(attacked, cleaned=how == "cleaned")
        walk.sees_every_word()  # twelve rows of the queue
        attacked.wait_for("Not delivered:")
        attacked.press("enter")
        attacked.wait_for("EVE WAS HERE")  # the thread, its head, the customer beside it
        attacked.press("k", "k", "k", "z")
        walk.sees_every_word(scroll="ctrl+u")
        for name in drawers:
            walk.into(*DRAWERS[name])
            walk.out()
        if how == "cleaned":
            _refused_and_audited(attacked, walk)
            _write(attacked, walk)
        assert strange(bytes(attacked.raw)) == []


def _refused_and_audited(attacked: PtyConsole, walk: Walk) -> None:
    """A refusal in the customer's words, and the sheet that is reached by typing."""
    walk.into(("p",), "Esc closes", 0)
    attacked.press("h")
    attacked.wait_until_gone("Esc closes")
    attacked.press(":")
    attacked.wait_for("Esc closes")
    attacked.press(*"audit", "enter")
    attacked.wait_for("Who saw, sent and changed what of Eve")
    walk.out()


def _write(attacked: PtyConsole, walk: Walk) -> None:
    """Ready texts in the composer, the review, and what one sees of it before it goes."""
    attacked.press("r")
    attacked.wait_for("^J new line")
    attacked.press(F3)
    attacked.wait_for("Which ready text?")
    walk.sees_every_word()
    attacked.press("enter")
    attacked.wait_until_gone("Which ready text?")
    attacked.send(PAYLOADS[5])
    attacked.press(F2)
    attacked.wait_for("Esc closes")
    walk.out()
