"""Short texts of customers are told apart; what cannot be told is not guessed."""

import itertools
from pathlib import Path

import pytest

from router import languages
from router.languages import detect

pytestmark = pytest.mark.pure

SENTENCES = Path(__file__).parents[1] / "data" / "languages"
EACH = [(file.stem, line) for file in sorted(SENTENCES.glob("*.txt"))
        for line in file.read_text("utf-8").splitlines()]  # fmt: skip


def test_238_of_240_short_sentences_are_told() -> None:
    wrong = [(name, text) for name, text in EACH if detect(text)[0] != name]
    assert len(wrong) <= 2, wrong


def test_whatever_is_sure_is_right_and_that_is_more_than_half() -> None:
    sure = [(name, found) for name, text in EACH for found, certain in [detect(text)] if certain]
    assert len(sure) > len(EACH) / 2
    assert [pair for pair in sure if pair[0] != pair[1]] == []


def test_russian_and_ukrainian_of_two_sentences_are_never_mistaken() -> None:
    for name in ("ru", "uk"):
        texts = [text for of, text in EACH if of == name]
        for one, other in itertools.pairwise(texts):
            assert detect(f"{one} {other}")[0] == name, (one, other)


@pytest.mark.parametrize("text", ["", "ok", "12345 67890", "👍👍👍", "?!", "https://x.example/z?q=1",
                                  "ORD-123-XYZ", "\x00\ud800", "lol"])  # fmt: skip
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert detect(text) == ("", False)


def test_a_language_that_nobody_expects_is_told_too_when_it_is_clear() -> None:
    assert detect("Здравей, къде е поръчката ми") == ("bg", True)
    assert detect("Où est ma commande ?")[0] == "fr"


def test_a_language_that_rules_ask_for_is_told_from_fewer_words() -> None:
    assert detect("Bonjour") == ("", False)
    assert detect("Bonjour", ("fr",)) == ("fr", False)


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    german = next(text for name, text in EACH if name == "de" and len(text) > 60)
    assert detect((german + " ") * 9 + "это по-русски " * 100_000)[0] == "de"


def test_it_can_be_read_beforehand() -> None:
    languages.warm().join()
    assert languages._model.cache_info().currsize == 1
