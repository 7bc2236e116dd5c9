"""Bytes to values: what is broken is `Malformed`, whatever it is."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import codec
from wire.codec import Malformed
from wire.messages.channel import Accepted, Intake, MessageIn, Party, Taken
from wire.messages.news import Beat, News
from wire.messages.verbs import Answer, Ok

pytestmark = pytest.mark.pure


def test_a_value_comes_back_as_it_went() -> None:
    event = MessageIn(id="1", remote="a@b", sender=Party(address="a@b"), at=1.5, text="привіт")
    intake = Intake(event=event, cursor="7")
    assert codec.decode(codec.encode(intake), Intake) == intake


def test_a_verdict_is_told_by_its_tag() -> None:
    assert codec.decode(codec.encode(Accepted(message=3)), Taken) == Accepted(message=3)


def test_answers_and_news_are_never_taken_for_each_other() -> None:
    answer = codec.encode(Ok(body=msgspec.Raw(b"{}")))
    news = codec.encode(News(epoch=1, seq=1, prev=0, body=Beat(at=0.0)))
    assert isinstance(codec.decode(answer, News), Malformed)
    assert isinstance(codec.decode(news, Answer), Malformed)


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    codec.decode(payload, Intake)
    codec.decode(payload, News)


def test_depth_is_no_exception() -> None:
    assert isinstance(codec.decode(b"[" * 100_000, Intake), Malformed)


def test_fields_of_a_newer_release_are_passed_over() -> None:
    payload = json.dumps({"type": "accepted", "message": 1, "shine": True}).encode()
    assert codec.decode(payload, Taken) == Accepted(message=1)
