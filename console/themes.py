"""The palettes: one accent, each colour one meaning, text with a contrast of 4.5:1 and more."""

from dataclasses import dataclass, field
from functools import lru_cache

from rich.style import Style

STRANDS = 6


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by name. A ground is a background; `bold` are names that are also bold."""

    name: str
    dark: bool
    ink: dict[str, str]
    ground: dict[str, str]
    strands: tuple[str, ...]
    ansi: bool = False
    bold: frozenset[str] = field(
        default_factory=lambda: frozenset({"strong", "title", "late", "urgent", "key", "brand"})
    )

    def colour(self, style: str) -> str:
        if style.startswith("strand"):
            return self.strands[int(style[6:]) % len(self.strands)]
        return self.ink.get(style, self.ink[""])


DARK = Palette(
    "dark",
    dark=True,
    ink={
        "": "#b9c0ca", "text": "#eceff4", "strong": "#f4f6fa", "ours": "#b9c0ca",
        "dim": "#8b94a1", "faint": "#3a424d", "title": "#f4f6fa", "accent": "#7cb7ff",
        "brand": "#7cb7ff", "key": "#7cb7ff", "late": "#ff8078", "urgent": "#ff8078",
        "warn": "#e5b454", "comment": "#cba6f7", "good": "#7fd18b", "link": "#7cb7ff",
        "chip": "#b9c0ca",
    },
    ground={
        "": "#12151a", "bar": "#191d24", "selected": "#1d2d45", "marked": "#1d232c",
        "comment": "#1e1a29", "cursor": "#191e26", "panel": "#191d24",
    },
    strands=("#6f9fd8", "#7fb59b", "#c9a26d", "#b58bc4", "#6fb3c0", "#c08a8a"),
)  # fmt: skip

LIGHT = Palette(
    "light",
    dark=False,
    ink={
        "": "#3c434c", "text": "#14171b", "strong": "#0b0d10", "ours": "#3c434c",
        "dim": "#5d656f", "faint": "#cfd5dc", "title": "#0b0d10", "accent": "#0a58b5",
        "brand": "#0a58b5", "key": "#0a58b5", "late": "#b3161f", "urgent": "#b3161f",
        "warn": "#7a4d00", "comment": "#6a35b1", "good": "#15692b", "link": "#0a58b5",
        "chip": "#3c434c",
    },
    ground={
        "": "#fbfbf9", "bar": "#f1f2f2", "selected": "#d8e7fa", "marked": "#e9edf2",
        "comment": "#f4eefc", "cursor": "#f0f3f6", "panel": "#f1f2f2",
    },
    strands=("#2f67a8", "#2d7a58", "#8a5d14", "#82489a", "#1f7585", "#9a4747"),
)  # fmt: skip

CONTRAST = Palette(
    "contrast",
    dark=True,
    ink={
        "": "#f2f2f2", "text": "#ffffff", "strong": "#ffffff", "ours": "#e6e6e6",
        "dim": "#c4c4c4", "faint": "#808080", "title": "#ffffff", "accent": "#6fd3ff",
        "brand": "#6fd3ff", "key": "#6fd3ff", "late": "#ff9a94", "urgent": "#ff9a94",
        "warn": "#ffd75e", "comment": "#e0b8ff", "good": "#8dff9d", "link": "#6fd3ff",
        "chip": "#ffffff",
    },
    ground={
        "": "#000000", "bar": "#000000", "selected": "#00407a", "marked": "#2a2a2a",
        "comment": "#220033", "cursor": "#1a1a1a", "panel": "#0d0d0d",
    },
    strands=("#6fd3ff", "#8dff9d", "#ffd75e", "#e0b8ff", "#7ff5e6", "#ffb0a8"),
)  # fmt: skip

# The terminal's own sixteen: its owner chose them, so grounds stay the terminal's.
ANSI = Palette(
    "ansi",
    dark=True,
    ansi=True,
    ink={
        "": "default", "text": "default", "strong": "default", "ours": "default",
        "dim": "bright_black", "faint": "bright_black", "title": "default", "accent": "cyan",
        "brand": "cyan", "key": "cyan", "late": "red", "urgent": "red", "warn": "yellow",
        "comment": "magenta", "good": "green", "link": "cyan", "chip": "default",
    },
    ground={
        "": "default", "bar": "default", "selected": "default", "marked": "default",
        "comment": "default", "cursor": "default", "panel": "default",
    },
    strands=("blue", "green", "yellow", "magenta", "cyan", "red"),
)  # fmt: skip

PALETTES = {palette.name: palette for palette in (DARK, LIGHT, CONTRAST, ANSI)}


@lru_cache(maxsize=1024)
def style_of(theme: str, ink: str, ground: str) -> Style:
    """The terminal style of a span on a line's ground."""
    palette = PALETTES[theme]
    return Style(
        color=palette.colour(ink),
        bgcolor=palette.ground.get(ground, palette.ground[""]),
        bold=ink in palette.bold,
        underline=ink == "link",
        # Sixteen colours have no quiet tint: what is selected is turned round instead.
        reverse=palette.ansi and ground == "selected",
    )
