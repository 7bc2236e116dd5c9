"""What the service tells, and what the desk makes of it."""

import msgspec
import pytest

from adapters.sdk import AuthFailed, MessageIn, Party, Rejected, Retry, UnreadableIn
from cordboard_example import parse
from cordboard_example.service import verdict


def test_a_message_is_read() -> None:
    raw = b'{"number": 7, "from": "olena", "name": "Olena", "text": "Hi", "at": 5, "new": 1}'
    assert parse.number(raw) == 7
    assert parse.event(raw, now=9.0) == MessageIn(
        id="7", remote="olena", sender=Party(address="olena", name="Olena"), at=5.0, text="Hi"
    )


@pytest.mark.parametrize("rest", [b'"text": 5', b'"from": "olena"', b'"text": null'])
def test_what_cannot_be_read_is_shown_to_a_person(rest: bytes) -> None:
    event = parse.event(b'{"number": 7, ' + rest + b"}", now=9.0)
    assert isinstance(event, UnreadableIn)
    assert (event.id, event.at) == ("7", 9.0)


def test_without_a_number_it_is_not_the_service() -> None:
    with pytest.raises(msgspec.DecodeError):
        parse.number(b"<html>")


def test_every_no_has_its_verdict() -> None:
    waiting = verdict(429, b'{"retry_after": 2.5}')
    assert isinstance(waiting, Retry)
    assert waiting.after == 2.5
    assert isinstance(verdict(401, b""), AuthFailed)
    assert isinstance(verdict(404, b'{"error": "nobody of that name"}'), Rejected)
