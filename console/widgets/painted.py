"""A widget that paints lines and refreshes only those that changed."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from console.lines import BLANK, Line
from console.strips import Look, strip


def keep_no_picture(widget: Widget) -> None:
    """Textual's cache of borders holds on to the painters of widgets that are gone: empty them."""
    widget._styles_cache.clear()


class Painted(Widget):
    """Subclasses say what stands in the window; nothing here knows what it means."""

    DEFAULT_CSS = "Painted { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.look = Look()
        self._painted: list[Line] = []
        self._painted_width = 0

    def window(self, width: int, height: int) -> Sequence[Line]:
        """The lines to show now, at most `height`."""
        return ()

    def repaint(self) -> None:
        """Ask for the window and refresh the rows that differ from what is painted."""
        width, height = self.size
        if not width or not height:
            return
        fresh = list(self.window(width, height))[:height]
        fresh += [BLANK] * (height - len(fresh))
        if len(fresh) != len(self._painted) or width != self._painted_width:
            self._painted, self._painted_width = fresh, width
            self.refresh()
            return
        changed = [y for y, new in enumerate(fresh) if new != self._painted[y]]
        self._painted = fresh
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def dress(self, look: Look) -> None:
        self.look = look
        self.refresh()

    def forget(self) -> None:
        """Paint everything with the next repaint, whatever is there."""
        self._painted = []

    def on_unmount(self) -> None:
        keep_no_picture(self)

    def on_resize(self) -> None:
        self.repaint()

    def render_line(self, y: int) -> Strip:
        given = self._painted[y] if y < len(self._painted) else BLANK
        return strip(given, self.size.width, self.look)

    def line_at(self, y: int) -> Line:
        return self._painted[y] if 0 <= y < len(self._painted) else BLANK


class OneLine(Painted):
    """A line that is told what to show."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._line = BLANK

    def show(self, line: Line) -> None:
        if line != self._line:
            self._line = line
            self.repaint()

    def window(self, width: int, height: int) -> Sequence[Line]:
        return (self._line,)
