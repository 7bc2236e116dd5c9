"""What Telegram tells becomes events, and nonsense becomes something that a person can look at."""

import json
from typing import Any

import pytest
from aiogram import types
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sdk import EditedIn, Fold, MessageIn, Party, ReactedIn, UnreadableIn
from adapters.telegram import parse
from adapters.telegram.parse import File, Incoming
from adapters.telegram.updates import KINDS
from tests.adapters.telegram.fake import (
    ANNA,
    GROUP,
    checked,
    emoji,
    in_group,
    member,
    message,
    private,
    reaction,
)

pytestmark = pytest.mark.pure

PHOTO = [
    {"file_id": "s", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 900},
    {"file_id": "l", "file_unique_id": "l", "width": 900, "height": 600, "file_size": 90_000},
]


def read(**what: Any) -> Incoming:
    update = {"update_id": 7, **what}
    checked(types.Update, update)
    found = parse.incoming(json.dumps(update).encode(), 5.0)
    assert found is not None
    assert found.update == 7
    return found


def said(**content: Any) -> MessageIn:
    (event,) = read(message=message(1, **content)).events
    assert isinstance(event, MessageIn)
    return event


def media(id_: str, **more: Any) -> dict[str, Any]:
    return {"file_id": id_, "file_unique_id": id_, **more}


def test_a_text_has_its_customer_and_a_name_for_ever() -> None:
    assert said(text="Привіт") == MessageIn(
        id="101/1",
        remote="101",
        sender=Party(
            address="101",
            name="Anna Koval",
            verified=True,
            evidence="the id of a Telegram account",
        ),
        at=1_700_000_000.0,
        text="Привіт",
        language="uk",
        notes={"username": "@anna"},
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text": "a\u202eb\x1b[2J"}, "a\ufffdb\u241b[2J"),
        ({"text": "  a\r\nb  "}, "a\nb"),
        ({"sticker": media("s", type="regular", width=9, height=9, is_animated=False,
                           is_video=False, emoji="😀")}, "[sticker · 😀]"),
        ({"location": {"latitude": 50.45, "longitude": 30.5234567}},
         "[location · 50.45000 30.52346]"),
        ({"contact": {"phone_number": "+380", "first_name": "Olha"}}, "[contact · Olha · +380]"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[🎲 · 4]"),
        ({"text": "/start order-17"}, "/start order-17"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_said_in_brackets(content: dict[str, Any], text: str) -> None:
    assert said(**content).text == text


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ({"photo": PHOTO, "caption": "here"}, File("l", "photo-1.jpg", "image/jpeg", 90_000)),
        ({"voice": media("v", duration=3)}, File("v", "voice-message.ogg", "audio/ogg")),
        (
            {"document": media("d", file_name="../a\x1b.pdf", mime_type="application/pdf")},
            File("d", ".._a␛.pdf", "application/pdf"),
        ),
        ({"document": media("d", mime_type="no type")},
         File("d", "document", "application/octet-stream")),
        ({"video": media("v", width=1, height=1, duration=1, file_size=5)},
         File("v", "video.mp4", "video/mp4", 5)),
        (
            {"animation": media("a", width=1, height=1, duration=1), "document": media("a")},
            File("a", "animation.mp4", "video/mp4"),
        ),
    ],
)  # fmt: skip
def test_files_are_named(content: dict[str, Any], file: File) -> None:
    found = read(message=message(1, **content))
    (event,) = found.events
    assert isinstance(event, MessageIn)
    assert (found.files, event.text) == ((file,), content.get("caption", ""))


def test_a_file_that_did_not_come_is_said() -> None:
    file = File("d", "film.mp4", "video/mp4", 31_000_000)
    assert parse.not_fetched(file) == "[film.mp4 · 31.0 MB · could not be fetched from Telegram]"


def test_what_is_answered_is_folded() -> None:
    before = message(1, text="Coming at five")
    (event,) = read(message=message(2, text="ok", reply_to_message=before)).events
    assert isinstance(event, MessageIn)
    assert event.folds == (Fold(kind="quote", text="Coming at five"),)


def test_an_edit_names_what_it_changes() -> None:
    changed = message(1, text="six", edit_date=1_700_000_060)
    assert read(edited_message=changed).events == (
        EditedIn(id="101/1/edited/7", remote="101", of="101/1", text="six", at=1_700_000_060.0),
    )


def test_reactions_are_told_and_those_that_are_taken_back() -> None:
    (event,) = read(message_reaction=reaction(3, emoji("👍"), emoji("👍", "🔥"))).events
    assert event == ReactedIn(
        id="101/3/reacted/7/0", remote="101", of="101/3", reaction="🔥", at=1_700_000_100.0
    )
    changed = read(message_reaction=reaction(3, emoji("👍"), emoji("🔥"))).events
    assert [(e.reaction, e.taken_back) for e in changed] == [("👍", True), ("🔥", False)]  # type: ignore[union-attr]
    assert len({event.id for event in changed}) == 2
    own = [{"type": "custom_emoji", "custom_emoji_id": "5"}]
    assert [e.reaction for e in read(message_reaction=reaction(3, [], own)).events] == ["⭐"]  # type: ignore[union-attr]


def test_a_pressed_button_says_its_label() -> None:
    rows = [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
    below = message(4, text="Is it solved?", reply_markup={"inline_keyboard": rows})
    pressed = {"id": "77", "from": ANNA, "chat_instance": "1", "data": "n", "message": below}
    found = read(callback_query=pressed)
    (event,) = found.events
    assert isinstance(event, MessageIn)
    assert (found.button, event.id, event.text, event.at) == ("77", "button/77", "No", 5.0)
    assert event.notes["button"] == "n"
    gone = pressed | {"message": {"chat": private(101), "message_id": 4, "date": 0}}
    assert [e.text for e in read(callback_query=gone).events] == ["n"]  # type: ignore[union-attr]


def test_who_blocks_the_bot_has_left() -> None:
    assert read(my_chat_member=member("kicked", private(101))).left == "101"
    assert read(my_chat_member=member("member", private(101))) == Incoming(7, lane="101")


def test_groups_are_told_and_nothing_of_them_is_kept() -> None:
    for what in (
        {"message": in_group(1, text="hello all")},
        {"my_chat_member": member("member", GROUP)},
    ):
        assert read(**what) == Incoming(7, lane="-1005", group=-1005)
    for what in (
        {"edited_message": in_group(1, text="x")},
        {"my_chat_member": member("left", GROUP)},
    ):
        found = read(**what)
        assert (found.events, found.group) == ((), 0)


def test_what_telegram_says_itself_is_no_message() -> None:
    pinned = message(2, pinned_message=message(1, text="x"))
    assert read(message=pinned).events == ()


def test_a_kind_that_is_not_known_is_kept_for_a_person() -> None:
    (event,) = read(message=message(1, game={"title": "t", "description": "d", "photo": []})).events
    assert isinstance(event, UnreadableIn)
    assert (event.id, event.remote) == ("101/1", "101")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"update_id":7,"message":5}',
        b'{"update_id":7,"message":{"message_id":"x"}}',
        b'{"update_id":7,"message":{"message_id":1,"date":99999999999999999999,"chat":{"id":1}}}',
        b'{"update_id":7,"message":{"message_id":1,"date":1,"chat":null}}',
    ],
)
def test_an_update_that_cannot_be_read_is_kept_under_its_number(raw: bytes) -> None:
    found = parse.incoming(raw, 5.0)
    assert found is not None
    assert [type(event) for event in found.events] == [UnreadableIn]
    assert found.events[0].id == "update/7"


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"update_id":"7"}', b"[" * 100_000, b'"\xff"'])
def test_without_a_number_it_is_nothing(raw: bytes) -> None:
    assert parse.incoming(raw, 5.0) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = [
    *("text", "caption", "photo", "document", "voice", "sticker", "location", "poll", "dice"),
    *("from", "reply_to_message", "quote", "contact", "venue", "reply_markup", "forward_origin"),
]
contents = st.dictionaries(st.sampled_from(NAMES), anything | st.text(), max_size=4)


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from(["update_id", *KINDS]), anything, max_size=4)
    | st.builds(
        lambda kind, content, chat: {"update_id": 7, kind: message(1, chat) | content},
        st.sampled_from(["message", "edited_message"]),
        contents,
        st.integers(),
    )
    | anything
)
def test_whatever_comes_never_raises_and_is_clean(value: object) -> None:
    found = parse.incoming(json.dumps(value).encode(), 5.0)
    for event in found.events if found else ():
        shown = getattr(event, "text", "") + getattr(event, "reaction", "")
        assert not [c for c in shown if ord(c) < 32 and c not in "\n\t"]
        assert len(event.id) < 300


@given(st.binary(max_size=200))
def test_bytes_never_raise(raw: bytes) -> None:
    parse.incoming(raw, 5.0)
