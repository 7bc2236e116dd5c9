"""The palettes as Textual themes, for the few widgets that style sheets colour."""

from textual.theme import BUILTIN_THEMES, Theme

from console.themes import PALETTES, Palette


def themes() -> list[Theme]:
    return [_theme(palette) for palette in PALETTES.values()]


def theme_name(palette: str) -> str:
    return f"cordboard-{palette}"


def _theme(palette: Palette) -> Theme:
    def ink(name: str) -> str:
        return _css(palette, palette.colour(name))

    def ground(name: str) -> str:
        return _css(palette, palette.ground[name])

    return Theme(
        name=theme_name(palette.name),
        primary=ink("accent"),
        foreground=ink("text"),
        background=ground(""),
        surface=ground(""),
        panel=ground("panel"),
        dark=palette.dark,
        ansi=palette.ansi,
        variables={
            # What Textual wants to know of a theme in the terminal's own colours.
            **(BUILTIN_THEMES["ansi-dark"].variables if palette.ansi else {}),
            "faint": ink("faint"),
            "accent-ink": ink("accent"),
            "comment-ink": ink("comment"),
            "text-ink": ink("text"),
            "comment-ground": ground("comment"),
            "panel-ground": ground("panel"),
            "selected-ground": ground("selected"),
            "input-cursor-background": ink("text"),
            "input-cursor-foreground": ground("") if not palette.ansi else "ansi_black",
            "input-cursor-text-style": "none",
            "input-selection-background": ground("selected"),
        },
    )


def _css(palette: Palette, colour: str) -> str:
    return f"ansi_{colour}" if palette.ansi else colour
