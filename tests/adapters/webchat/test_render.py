"""What the gateway says, as the page reads it."""

import json

import pytest

from adapters.sdk import Attachment, Outbound, PastMessage, Standing
from adapters.webchat import render

pytestmark = pytest.mark.pure

FILE = Attachment(sha256="00" * 32, name="a.pdf", media_type="application/pdf", size=84_000)


def link(file: Attachment) -> str:
    return f"file/{file.name}"


def test_a_reply_has_its_author_number_and_files() -> None:
    reply = Outbound(
        id="out-9", epoch=1, remote="v", text="hi", at=5.0, seq=3, author="Ana", attachments=(FILE,)
    )
    assert json.loads(render.text(render.reply(reply, link))) == {
        "type": "msg",
        "seq": 3,
        "id": "out-9",
        "from": "Ana",
        "text": "hi",
        "at": 5.0,
        "files": [{"name": "a.pdf", "size": 84_000, "url": "file/a.pdf"}],
    }


def test_the_past_names_the_visitors_messages_as_their_page_does() -> None:
    past = (
        PastMessage(seq=1, at=1.0, text="hello", ours=False, id="v1-cid00001"),
        PastMessage(seq=2, at=2.0, text="yes?", ours=True, id="out-1", author="Ana"),
    )
    mine, theirs = render.history(past, "v1", link)
    assert (mine.id, mine.mine, mine.author) == ("cid00001", True, "")
    assert (theirs.id, theirs.mine, theirs.author) == ("out-1", False, "Ana")


def test_what_is_usual_is_not_said() -> None:
    assert json.loads(render.text(render.Typing(on=True))) == {"type": "typing", "on": True}
    assert json.loads(render.text(render.Beat())) == {"type": "beat"}


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing(position=3, seconds=240.0, low=118.0, high=482.0),
         "You are number 3 in line: about 2–8 min"),
        (Standing(position=1, seconds=20.0, low=2.0, high=50.0),
         "You are number 1 in line: about 1 min"),
        (Standing(position=2), "You are number 2 in line"),
        (Standing(), ""),
    ],
)  # fmt: skip
def test_a_visitor_is_told_where_they_stand(standing: Standing, said: str) -> None:
    frame = json.loads(render.text(render.stands(standing)))
    assert frame["en"] == said
    assert frame.keys() == {"type", "en", "ru", "uk"}
    assert bool(frame["uk"]) is bool(frame["ru"]) is bool(said)
