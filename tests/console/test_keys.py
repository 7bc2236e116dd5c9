"""Keys are positions: Cyrillic layouts work as the Latin one."""

import string

import pytest

from console import keys
from console.commands import COMMANDS
from console.flows.helping import named

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("layout", [keys.RUSSIAN, keys.UKRAINIAN])
def test_every_letter_has_a_place_on_each_layout(layout: str) -> None:
    letters = {keys.position("x", typed) for typed in layout}
    assert set(string.ascii_lowercase) <= letters


@pytest.mark.parametrize("layout", [keys.SHIFTED_RUSSIAN, keys.SHIFTED_UKRAINIAN])
def test_every_capital_has_a_place_on_each_layout(layout: str) -> None:
    assert set(string.ascii_uppercase) <= {keys.position("x", typed) for typed in layout}


@pytest.mark.parametrize(
    ("key", "character", "meant"),
    [
        ("cyrillic_small_letter_ka", "к", "r"),
        ("question_mark", "?", "?"),
        ("ctrl+p", "\x10", "ctrl+p"),
        ("alt+1", "1", "alt+1"),
        ("escape", "\x1b", "esc"),
        ("space", " ", "space"),
        ("Ж", "Ж", ":"),
        ("enter", "\r", "enter"),
        ("alt+к", "к", "alt+r"),
    ],
)
def test_what_a_key_means(key: str, character: str, meant: str) -> None:
    assert keys.position(key, character) == meant


@pytest.mark.parametrize("typed", ["reply", "куздн", "quit", "йгше", "q"])
def test_a_command_word_is_known_on_any_layout(typed: str) -> None:
    assert named(COMMANDS, typed) is not None


def test_no_key_means_two_things_in_one_place() -> None:
    taken: dict[tuple[str, str], str] = {}
    clashes = []
    for command in COMMANDS:
        for key in command.keys:
            for place in command.places:
                before = taken.setdefault((key, place), command.id)
                if before != command.id:
                    clashes.append((key, place, before, command.id))
    assert clashes == []


def test_ids_are_there_once() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids))
