"""What Telegram tells, as far as we read it; what it adds in later versions is passed over."""

from typing import Annotated

import msgspec
from msgspec import Meta, field

# Larger numbers would not fit a database; Telegram's own ids have 52 bits.
Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class _Told(msgspec.Struct, frozen=True):
    pass


class User(_Told, frozen=True):
    id: Number
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""


class Chat(_Told, frozen=True):
    id: Number
    type: str = ""


class Media(_Told, frozen=True):
    """A photo in one size, a document, a voice message, a film."""

    file_id: str
    file_size: Number = 0
    file_name: str = ""
    mime_type: str = ""


class Sticker(_Told, frozen=True):
    emoji: str = ""


class Location(_Told, frozen=True):
    latitude: float
    longitude: float


class Venue(_Told, frozen=True):
    title: str = ""
    address: str = ""


class Contact(_Told, frozen=True):
    phone_number: str = ""
    first_name: str = ""
    last_name: str = ""


class Dice(_Told, frozen=True):
    emoji: str = ""
    value: Number = 0


class Poll(_Told, frozen=True):
    question: str = ""


class Quote(_Told, frozen=True):
    text: str = ""


class Answered(_Told, frozen=True):
    """The message that a message answers."""

    text: str = ""
    caption: str = ""


class Button(_Told, frozen=True):
    text: str = ""
    callback_data: str = ""


class Keyboard(_Told, frozen=True):
    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Message(_Told, frozen=True):
    message_id: Number
    date: Number
    chat: Chat
    sender: User | None = field(default=None, name="from")
    edit_date: Number = 0
    text: str = ""
    caption: str = ""
    photo: tuple[Media, ...] = ()
    document: Media | None = None
    animation: Media | None = None
    audio: Media | None = None
    video: Media | None = None
    video_note: Media | None = None
    voice: Media | None = None
    sticker: Sticker | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    dice: Dice | None = None
    poll: Poll | None = None
    quote: Quote | None = None
    reply_to_message: Answered | None = None
    reply_markup: Keyboard | None = None
    forward_origin: msgspec.Raw = msgspec.Raw()
    # Said by Telegram and not by the customer.
    pinned_message: msgspec.Raw = msgspec.Raw()
    message_auto_delete_timer_changed: msgspec.Raw = msgspec.Raw()
    chat_background_set: msgspec.Raw = msgspec.Raw()
    write_access_allowed: msgspec.Raw = msgspec.Raw()


class CallbackQuery(_Told, frozen=True):
    """A button below a message was pressed."""

    id: str
    sender: User = field(name="from")
    data: str = ""
    message: Message | None = None


class Member(_Told, frozen=True):
    status: str


class MyChatMember(_Told, frozen=True):
    """What the bot may do in a chat has changed: "kicked" in a private one is "blocked"."""

    chat: Chat
    new_chat_member: Member
    date: Number = 0
    sender: User | None = field(default=None, name="from")


class Reaction(_Told, frozen=True):
    type: str
    emoji: str = ""
    custom_emoji_id: str = ""


class MessageReaction(_Told, frozen=True):
    chat: Chat
    message_id: Number
    date: Number
    old_reaction: tuple[Reaction, ...] = ()
    new_reaction: tuple[Reaction, ...] = ()


class Update(_Told, frozen=True):
    update_id: Number
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MyChatMember | None = None
    message_reaction: MessageReaction | None = None


class Numbered(_Told, frozen=True):
    """All that must be readable of an update, to confirm it."""

    update_id: Number


# The kinds of updates that we ask for.
KINDS = tuple(name for name in Update.__struct_fields__ if name != "update_id")
