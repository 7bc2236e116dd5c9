"""Events are made to fit the bus."""

import pytest
from msgspec.structs import replace

from adapters.sdk import Attachment, Fold, MessageIn, Party, UnreadableIn
from adapters.sdk.fit import ROOM, fit
from wire.codec import encode

pytestmark = pytest.mark.pure


def message(text: str, quote: str = "", people: int = 0) -> MessageIn:
    cc = tuple(Party(address=f"{n}@home.test", name="x" * 300) for n in range(people))
    folds = (Fold(kind="quote", text=quote),)
    return MessageIn(
        id="1", remote="r", sender=Party(address="a"), at=1, text=text, folds=folds, cc=cc
    )


def test_an_ordinary_message_is_left_alone() -> None:
    ordinary = message("hello", "before")
    assert fit(ordinary) is ordinary


def test_a_long_quote_is_shortened_before_the_text() -> None:
    fitted = fit(message("Ж" * 100_000, "😀" * 400_000))
    assert isinstance(fitted, MessageIn)
    assert fitted.text == "Ж" * 100_000
    assert 0 < len(fitted.folds[0].text) < 400_000
    assert "cut" in fitted.notes
    assert len(encode(fitted)) <= ROOM


@pytest.mark.parametrize("large", [message("😀" * 900_000), message("", people=5_000)])
def test_whatever_is_too_large_ends_up_small_enough(large: MessageIn) -> None:
    assert len(encode(fit(large))) <= ROOM


def test_what_cannot_be_shortened_is_shown_by_its_raw_form() -> None:
    file = Attachment(sha256="0" * 64, name="n" * 300, media_type="x", size=1)
    anna = Party(address="a")
    event = MessageIn(
        id="1", remote="r", sender=anna, at=1, text="", raw="e" * 64, attachments=(file,) * 5_000
    )
    fitted = fit(event)
    assert isinstance(fitted, UnreadableIn)
    assert (fitted.id, fitted.remote, fitted.raw) == ("1", "r", "e" * 64)


def test_half_a_character_stops_no_channel() -> None:
    told = replace(message("?"), text="half \ud800", id="1\udfff", notes={"page": "\ud800"})
    found = fit(told)
    assert isinstance(found, MessageIn)
    assert (found.text, found.id, found.notes) == ("half \\ud800", "1\\udfff", {"page": "\\ud800"})
    assert fit(told) == found
