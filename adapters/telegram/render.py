"""A message of ours as the calls that bring it into a chat. Pure."""

import re
from dataclasses import dataclass, field, replace

from adapters.sdk import Attachment, Outbound, clean_line

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
FILE_LIMIT = 50_000_000
PHOTO_LIMIT = 10_000_000
PHOTOS = ("image/jpeg", "image/png")

_CHAT = re.compile(r"-?[0-9]{1,16}")
_NO_NAME = re.compile(r'["\\/]')

Fields = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Part:
    """One call. `file` is uploaded as the field `upload`."""

    method: str
    fields: Fields = field(default_factory=dict)
    file: Attachment | None = None
    upload: str = ""


def chat_of(remote: str) -> int | None:
    return int(remote) if _CHAT.fullmatch(remote) else None


def parts(message: Outbound, chat: int) -> tuple[Part, ...]:
    """The text first, then each file; the text is the caption of a single file when it fits."""
    text, files = message.text.strip(), message.attachments
    if len(files) == 1 and len(text) <= CAPTION_LIMIT:
        return (_file(chat, files[0], text),)
    said = (Part("sendMessage", {"chat_id": chat, "text": text}),) if text else ()
    return (*said, *(_file(chat, each) for each in files))


def _file(chat: int, file: Attachment, caption: str = "") -> Part:
    fields: Fields = {"chat_id": chat, "caption": caption} if caption else {"chat_id": chat}
    if file.media_type in PHOTOS and file.size <= PHOTO_LIMIT:
        return Part("sendPhoto", fields, file, "photo")
    return Part("sendDocument", fields, file, "document")


def as_document(part: Part) -> Part:
    """A picture that Telegram does not show as one: too long, too narrow, or none at all."""
    return replace(part, method="sendDocument", upload="document")


def file_name(file: Attachment) -> str:
    """As it may stand in a form, and in a folder."""
    return _NO_NAME.sub("_", clean_line(file.name, 200)) or "file"
