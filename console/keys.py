"""Keys are positions: what is pressed on a Cyrillic layout counts as the Latin key there. Pure."""

LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`"
RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбю.ё"
UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбю.'"
SHIFTED_LATIN = 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?~'
SHIFTED_RUSSIAN = "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё"
SHIFTED_UKRAINIAN = "ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮ,₴"


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for typed, meant in (
        (RUSSIAN, LATIN),
        (UKRAINIAN, LATIN),
        (SHIFTED_RUSSIAN, SHIFTED_LATIN),
        (SHIFTED_UKRAINIAN, SHIFTED_LATIN),
    ):
        for there, here in zip(typed, meant, strict=True):
            if not there.isascii():  # a comma or full stop means itself on every layout
                found[there] = here
    return found | {"№": "#", "ґ": "\\", "Ґ": "|"}


POSITIONS = _table()
_TRANSLATION = str.maketrans(POSITIONS)

# What Textual calls keys, as the command table spells them.
NAMES = {
    "question_mark": "?", "slash": "/", "backslash": "\\", "colon": ":", "full_stop": ".",
    "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+", "underscore": "_",
    "escape": "esc", "minus": "-",
}  # fmt: skip


def position(key: str, character: str | None) -> str:
    """The name by which the command table knows the key that was pressed."""
    if character and len(character) == 1 and character.isprintable() and "+" not in key[:-1]:
        return POSITIONS.get(character, character if character != " " else "space")
    head, plus, last = key.rpartition("+")
    return head + plus + POSITIONS.get(last, NAMES.get(last, last))


def latin(text: str) -> str:
    """A command word as if typed on the Latin layout; text in Latin letters stays as it is."""
    return text.translate(_TRANSLATION)


def shown(key: str) -> str:
    """A key for people: "^P", "Enter", "Alt+1"."""
    if key.startswith("ctrl+"):
        return "^" + key[5:].upper()
    special = {"esc": "Esc", "enter": "Enter", "tab": "Tab", "shift+tab": "⇧Tab", "space": "Space"}
    named = {
        "up": "↑",
        "down": "↓",
        "left": "←",
        "right": "→",
        "pageup": "PgUp",
        "pagedown": "PgDn",
    }
    if key in special or key in named:
        return special.get(key) or named[key]
    return key.upper() if key[0] == "f" and key[1:].isdigit() else key
