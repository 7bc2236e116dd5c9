"""Telegram's updates turned into events of the desk. Pure, and believes nothing.

Only private chats: a chat's id is its customer's. `{chat}/{message}` names a message for ever, so
that an update which comes again is a duplicate.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from adapters.sdk import (
    EditedIn,
    Event,
    Fold,
    MessageIn,
    Party,
    ReactedIn,
    UnreadableIn,
    clean,
    clean_line,
)
from adapters.sdk.words import N_
from adapters.telegram.updates import (
    CallbackQuery,
    Media,
    Message,
    MessageReaction,
    MyChatMember,
    Numbered,
    Reaction,
    Update,
    User,
)

_update: msgspec.json.Decoder[Update] = msgspec.json.Decoder(Update)
_numbered: msgspec.json.Decoder[Numbered] = msgspec.json.Decoder(Numbered)
_BROKEN = (msgspec.DecodeError, UnicodeError, RecursionError)

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
BUTTON = "pressed a button"


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message, still at Telegram. A `size` of 0 is not known."""

    id: str
    name: str
    media_type: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """What an update means for us. `lane`: those of one lane are taken one after another."""

    update: int
    lane: str = ""
    events: tuple[Event, ...] = ()
    # Belong to the first event, which is a MessageIn then.
    files: tuple[File, ...] = ()
    # The button whose press is to be acknowledged.
    button: str = ""
    # The customer who has blocked the bot.
    left: str = ""
    # The group that is told that we are no member of groups.
    group: int = 0


def incoming(raw: bytes, now: float) -> Incoming | None:
    """What an update means; None when not even its number can be read."""
    try:
        update = _update.decode(raw)
    except _BROKEN:
        return _unread(raw, now)
    if update.message:
        return _message(update.update_id, update.message)
    if update.edited_message:
        return _edited(update.update_id, update.edited_message)
    if update.callback_query:
        return _pressed(update.update_id, update.callback_query, now)
    if update.message_reaction:
        return _reacted(update.update_id, update.message_reaction)
    if update.my_chat_member:
        return _member(update.update_id, update.my_chat_member)
    return Incoming(update.update_id)


def _unread(raw: bytes, now: float) -> Incoming | None:
    try:
        number = _numbered.decode(raw).update_id
    except _BROKEN:
        return None
    reason = N_("Telegram told something that this channel cannot read.")
    event = UnreadableIn(id=f"update/{number}", remote="unknown", at=now, reason=reason)
    return Incoming(number, events=(event,))


def message_name(chat: int, message: int) -> str:
    return f"{chat}/{message}"


# --- messages ------------------------------------------------------------------------------------


def _message(update: int, message: Message) -> Incoming:
    chat = message.chat
    if chat.type != "private":
        return Incoming(update, lane=str(chat.id), group=_group(chat.type, chat.id))
    text, files = _text(message), tuple(_files(message))
    if text or files:
        events: tuple[Event, ...] = (_message_in(message, text),)
    elif _is_telegrams_own(message):
        events = ()
    else:
        events = (_of_unknown_kind(message),)
    return Incoming(update, lane=str(chat.id), events=events, files=files)


def _group(type_: str, chat: int) -> int:
    """Channels are not answered: a bot is there only when their owner put it there."""
    return chat if type_ in ("group", "supergroup") else 0


def _message_in(message: Message, text: str) -> MessageIn:
    user = _user(message)
    return MessageIn(
        id=message_name(message.chat.id, message.message_id),
        remote=str(message.chat.id),
        sender=party(user),
        at=float(message.date),
        text=text,
        folds=_quoted(message),
        language=_language(user.language_code),
        notes=_notes(user) | ({"forwarded": "yes"} if bytes(message.forward_origin) else {}),
    )


def _of_unknown_kind(message: Message) -> UnreadableIn:
    return UnreadableIn(
        id=message_name(message.chat.id, message.message_id),
        remote=str(message.chat.id),
        at=float(message.date),
        reason=N_("It is of a kind that this channel cannot read."),
        sender=party(_user(message)),
    )


def _edited(update: int, message: Message) -> Incoming:
    """A changed message. What it was changed to is its text; files stay as they came."""
    if message.chat.type != "private":
        return Incoming(update)
    remote, name = str(message.chat.id), message_name(message.chat.id, message.message_id)
    event = EditedIn(
        id=f"{name}/edited/{update}",
        remote=remote,
        of=name,
        text=_text(message),
        at=float(message.edit_date or message.date),
    )
    return Incoming(update, lane=remote, events=(event,))


def _user(message: Message) -> User:
    return message.sender or User(id=message.chat.id)


def party(user: User) -> Party:
    return Party(
        address=str(user.id),
        name=clean_line(f"{user.first_name} {user.last_name}", 120) or clean_line(user.username),
        verified=True,
        evidence=N_("the id of a Telegram account"),
    )


def _notes(user: User) -> dict[str, str]:
    username = clean_line(user.username, 64)
    return {"username": f"@{username}"} if username else {}


def _language(code: str) -> str:
    found = _LANGUAGE.match(code.partition("-")[0].lower())
    return found[0] if found else ""


def _quoted(message: Message) -> tuple[Fold, ...]:
    before = message.reply_to_message
    said = (message.quote and message.quote.text) or (before and (before.text or before.caption))
    return (Fold(kind="quote", text=clean(said)),) if said else ()


# --- what is in them -----------------------------------------------------------------------------


def _text(message: Message) -> str:
    said = clean(message.text or message.caption).strip()
    return "\n".join(filter(None, [said, *_chips(message)]))


def _chips(message: Message) -> Iterator[str]:
    """What is neither text nor file, as a word in brackets."""
    if message.sticker:
        yield _chip("sticker", message.sticker.emoji)
    if message.venue:
        yield _chip("place", message.venue.title, message.venue.address)
    if message.location:
        yield _chip("location", f"{message.location.latitude:.5f} {message.location.longitude:.5f}")
    if message.contact:
        name = f"{message.contact.first_name} {message.contact.last_name}"
        yield _chip("contact", name, message.contact.phone_number)
    if message.dice:
        yield _chip(message.dice.emoji, str(message.dice.value))
    if message.poll:
        yield _chip("poll", message.poll.question)


def _chip(*words: str) -> str:
    shown = (clean_line(word) for word in words)
    return f"[{' · '.join(word for word in shown if word)}]"


def not_fetched(file: File) -> str:
    """Stands in the text for a file that did not come."""
    size = f"{file.size / 1e6:.1f} MB" if file.size > 0 else ""
    return _chip(file.name, size, "could not be fetched from Telegram")


def _files(message: Message) -> Iterator[File]:
    if message.photo:
        # Sizes of one picture, the largest last.
        yield _file(message.photo[-1], f"photo-{message.message_id}.jpg", "image/jpeg")
    usual = {
        # An animation comes as a document too.
        "animation.mp4": (message.animation, "video/mp4"),
        "document": (None if message.animation else message.document, "application/octet-stream"),
        "audio.mp3": (message.audio, "audio/mpeg"),
        "video.mp4": (message.video, "video/mp4"),
        "video-message.mp4": (message.video_note, "video/mp4"),
        "voice-message.ogg": (message.voice, "audio/ogg"),
    }
    for name, (media, media_type) in usual.items():
        if media:
            yield _file(media, name, media_type)


def _file(media: Media, name: str, media_type: str) -> File:
    told = media.mime_type.lower()
    return File(
        id=media.file_id,
        name=clean_line(media.file_name.replace("/", "_"), 200) or name,
        media_type=told if _MEDIA_TYPE.fullmatch(told) else media_type,
        size=max(0, media.file_size),
    )


def _is_telegrams_own(message: Message) -> bool:
    said = (
        message.pinned_message,
        message.message_auto_delete_timer_changed,
        message.chat_background_set,
        message.write_access_allowed,
    )
    return any(bytes(raw) for raw in said)


# --- the rest ------------------------------------------------------------------------------------


def _pressed(update: int, query: CallbackQuery, now: float) -> Incoming:
    """A pressed button is said as its label."""
    message, user = query.message, query.sender
    if message and message.chat.type != "private":
        return Incoming(update, lane=str(message.chat.id), button=query.id)
    event = MessageIn(
        id=f"button/{clean_line(query.id, 64)}",
        remote=str(user.id),
        sender=party(user),
        at=now,
        text=_label(query) or BUTTON,
        language=_language(user.language_code),
        notes=_notes(user) | {"button": clean_line(query.data, 64) or BUTTON},
    )
    return Incoming(update, lane=event.remote, events=(event,), button=query.id)


def _label(query: CallbackQuery) -> str:
    keyboard = query.message.reply_markup if query.message else None
    buttons = [each for row in keyboard.inline_keyboard for each in row] if keyboard else []
    labels = [each.text for each in buttons if each.callback_data == query.data]
    return clean_line(labels[0] if labels else query.data)


def _reacted(update: int, told: MessageReaction) -> Incoming:
    """Reactions that were added and that were taken back."""
    if told.chat.type != "private":
        return Incoming(update)
    remote, name = str(told.chat.id), message_name(told.chat.id, told.message_id)
    changed = [(each, True) for each in told.old_reaction if each not in told.new_reaction]
    changed += [(each, False) for each in told.new_reaction if each not in told.old_reaction]
    events = tuple(
        ReactedIn(
            id=f"{name}/reacted/{update}/{place}",
            remote=remote,
            of=name,
            reaction=_reaction(each),
            at=float(told.date),
            taken_back=back,
        )
        for place, (each, back) in enumerate(changed)
    )
    return Incoming(update, lane=remote, events=events)


def _reaction(reaction: Reaction) -> str:
    """Emoji of somebody's own set have no character: they are a star, as paid ones are."""
    return clean_line(reaction.emoji, 16) or "⭐"


def _member(update: int, told: MyChatMember) -> Incoming:
    chat, status = told.chat, told.new_chat_member.status
    if chat.type == "private":
        if status != "kicked":
            return Incoming(update, lane=str(chat.id))
        blocked = (_blocked(update, told),)
        return Incoming(update, lane=str(chat.id), left=str(chat.id), events=blocked)
    joined = status in ("member", "administrator", "restricted")
    return Incoming(update, lane=str(chat.id), group=_group(chat.type, chat.id) if joined else 0)


def _blocked(update: int, told: MyChatMember) -> MessageIn:
    """Stands in the thread, so that nobody writes an answer which cannot be delivered."""
    return MessageIn(
        id=f"{told.chat.id}/blocked/{update}",
        remote=str(told.chat.id),
        sender=party(told.sender or User(id=told.chat.id)),
        at=float(told.date),
        text=_chip("has blocked the bot"),
        automatic=True,
    )
