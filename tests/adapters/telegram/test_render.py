"""Messages of ours as calls: each of them one that aiogram would make."""

import pytest
from aiogram import methods

from adapters.sdk import Attachment, Outbound
from adapters.telegram import render
from tests.adapters.telegram.fake import checked

pytestmark = pytest.mark.pure


def file(name: str = "a.pdf", media_type: str = "application/pdf", size: int = 9) -> Attachment:
    return Attachment(sha256="00", name=name, media_type=media_type, size=size)


def calls(text: str, *files: Attachment) -> list[tuple[str, dict[str, str | int]]]:
    message = Outbound(id="out-1", epoch=1, remote="101", text=text, at=1.0, attachments=files)
    made = render.parts(message, 101)
    for part in made:
        upload = {part.upload: "file"} if part.file else {}
        model = getattr(methods, part.method[0].upper() + part.method[1:])
        checked(model, {**part.fields, **upload})
    return [
        (part.method, {k: v for k, v in part.fields.items() if k != "chat_id"}) for part in made
    ]


PICTURE = file("a.png", "image/png")


@pytest.mark.parametrize(
    ("text", "files", "made"),
    [
        ("hi", (), [("sendMessage", {"text": "hi"})]),
        ("hi", (file(),), [("sendDocument", {"caption": "hi"})]),
        ("", (PICTURE,), [("sendPhoto", {})]),
        ("hi", (PICTURE, file()),
         [("sendMessage", {"text": "hi"}), ("sendPhoto", {}), ("sendDocument", {})]),
        ("x" * 1025, (file(),), [("sendMessage", {"text": "x" * 1025}), ("sendDocument", {})]),
        ("", (file("big.png", "image/png", 10_000_001),), [("sendDocument", {})]),
        ("", (file("a.gif", "image/gif"),), [("sendDocument", {})]),
        (" \n", (), []),
    ],
)  # fmt: skip
def test_a_message_is_so_many_calls(
    text: str, files: tuple[Attachment, ...], made: list[tuple[str, dict[str, str | int]]]
) -> None:
    assert calls(text, *files) == made


@pytest.mark.parametrize(
    ("remote", "chat"),
    [("101", 101), ("-1005", -1005), ("", None), ("@anna", None), ("1 ", None), ("9" * 17, None)],
)
def test_a_remote_is_a_chat_or_none(remote: str, chat: int | None) -> None:
    assert render.chat_of(remote) == chat


def test_a_file_name_stays_in_its_folder() -> None:
    assert render.file_name(file('a/b\\"\r\nц')) == "a_b__ ц"
    assert render.file_name(file("")) == "file"
