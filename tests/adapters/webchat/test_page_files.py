"""What a visitor's browser loads is small, and says everything in three languages."""

import json
import re

import pytest

from adapters.webchat import page_files

pytestmark = pytest.mark.pure

FILES = page_files.load()
WORDS = {each: json.loads(FILES[f"words/{each}.json"].body) for each in page_files.LANGUAGES}
SCRIPT = FILES["widget.js"].body.decode()


def test_the_widget_has_at_most_12_kilobytes() -> None:
    assert len(SCRIPT.encode()) <= 12 * 1024


def test_each_language_says_everything() -> None:
    assert all(WORDS["en"].keys() == words.keys() for words in WORDS.values())
    assert all(text.strip() for words in WORDS.values() for text in words.values())


def test_the_widget_says_nothing_else() -> None:
    assert set(re.findall(r"\bwords\.(\w+)", SCRIPT)) == WORDS["en"].keys()


def test_languages_are_not_mixed_up() -> None:
    latin = [text for text in WORDS["en"].values() if re.search("[а-яіїєґ]", text)]
    russian = [text for text in WORDS["ru"].values() if re.search("[іїєґ]", text)]
    ukrainian = [text for text in WORDS["uk"].values() if re.search("[ыэъё]", text)]
    assert latin == russian == ukrainian == []


def test_nothing_becomes_markup_or_code() -> None:
    forbidden = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "srcdoc",
    )
    assert not [word for word in forbidden if word in SCRIPT]


def test_comments_and_indents_stay_at_home() -> None:
    lines = SCRIPT.splitlines()
    assert not [line for line in lines if line.startswith((" ", "//")) or not line]
