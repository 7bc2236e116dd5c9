"""Events are made to fit the bus."""

import pytest
from msgspec.structs import replace

from adapters.sdk import Attachment, Fold, MessageIn, Party, UnreadableIn
from adapters.sdk.fit import ROOM, fit, share_room
from wire.blobs import SMALL
from wire.codec import encode
from wire.messages.channel import Intake

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


def test_small_files_share_the_room_beside_the_event_and_larger_ones_go_ahead() -> None:
    small, large = [bytes([number]) * SMALL for number in range(20)], bytes(SMALL + 1)
    beside, ahead = share_room(message("hello"), [large, *small])
    assert large in ahead
    assert {*beside, *ahead} == {large, *small}
    assert 5 < len(beside) < 20
    assert len(encode(Intake(event=message("hello"), files=beside))) <= ROOM + 100
    assert share_room(message("x" * (ROOM - 1_000)), small[:1])[1] == small[:1]
