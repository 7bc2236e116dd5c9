"""Which language a text is in. The model is read when it is first needed, or before, by `warm`."""

import threading
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any

# So much of a text is looked at.
LOOKED_AT = 500
# From this probability on it is sure; below that one of the expected is preferred when it is not
# much less probable than another, nor hardly probable at all.
SURE, LIKELY = 0.9, 0.5
HARDLY, MUCH_LESS = 0.1, 0.3
# Expected on every desk, beside those that its rules name.
USUAL = ("de", "en", "es", "pl", "ru", "uk")
# A word of fewer letters tells nothing ("ok", "?!").
LETTERS = 4
_reading = threading.Lock()


@cache
def _model() -> Any:
    """Half a second and 100 MB: only where somebody asks."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _read() -> Any:
    with _reading:  # who asks while it is being read waits for that
        return _model()


def warm() -> threading.Thread:
    """Read the model beside everything else: who opens a conversation does not wait for it."""
    thread = threading.Thread(target=_read, name="languages", daemon=True)
    thread.start()
    return thread


def detect(text: str, expected: Collection[str] = ()) -> tuple[str, bool]:
    """Two letters and whether that is sure; "" for what cannot be told.

    `expected` are languages that rules ask for: for short texts it makes a difference.
    """
    text = text[:LOOKED_AT]
    if sum(map(str.isalpha, text)) < LETTERS:
        return "", False
    return _detect(text, tuple(sorted({*USUAL, *expected})))


@lru_cache(maxsize=256)
def _detect(text: str, expected: tuple[str, ...]) -> tuple[str, bool]:
    ranked: list[tuple[str, float]] = _read().rank(text)
    first, certain = ranked[0]
    if certain >= SURE:
        return first, True
    known = [(name, share) for name, share in ranked if name in expected]
    if known and known[0][1] >= max(HARDLY, MUCH_LESS * certain):
        return known[0][0], False
    return (first, False) if certain >= LIKELY else ("", False)
