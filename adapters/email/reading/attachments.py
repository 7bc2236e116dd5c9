"""The files of a mail: their bytes, and a name that is safe to show."""

import mimetypes
from contextlib import suppress
from email import policy

from adapters.email.mail import Attachment
from adapters.email.reading import parts
from adapters.email.reading.headers import Part, words
from adapters.email.reading.structure import children
from adapters.sdk import clean_line

_MAILS = ("message/rfc822", "message/global")
_SEALED = ("application/ms-tnef", "application/vnd.ms-tnef")
_AS_IT_IS = policy.compat32.clone(mangle_from_=False)


def is_sealed(file: Attachment) -> bool:
    """Outlook's own wrapping (TNEF), which may hold the text and the files of the mail."""
    return file.media_type in _SEALED or file.name.lower() == "winmail.dat"


def read(found: tuple[Part, ...]) -> tuple[Attachment, ...]:
    """Every file, a mail inside a mail as one too. Parts without bytes and name are none."""
    files = (_attachment(part) for part in found)
    return tuple(one for one in files if one.content or one.name)


def _attachment(part: Part) -> Attachment:
    kind = parts.media_type(part)
    inner = children(part)
    content = b"\n".join(map(_bytes, inner)) if inner else parts.content(part)
    named = parts.file_name(part) or (
        _subject(inner[0]) if inner and kind == "message/rfc822" else ""
    )
    if not named and kind in _SEALED:
        named = "winmail.dat"
    content_id = clean_line(str(part.get("content-id", "")), 300).strip("<> ")
    return Attachment(
        name=named or (_invented(kind) if content else ""),
        media_type=kind,
        size=len(content),
        content=content,
        inline=parts.disposition(part) == "inline" or _is_drawn(part, content_id),
        content_id=content_id,
    )


def _is_drawn(part: Part, content_id: str) -> bool:
    """A picture that the HTML shows; some programs give every attachment a Content-ID."""
    return bool(content_id) and parts.disposition(part) != "attachment"


def _bytes(inner: Part) -> bytes:
    with suppress(ValueError, LookupError, TypeError, AttributeError):
        return inner.as_bytes(policy=_AS_IT_IS)
    return b""


def _subject(inner: Part) -> str:
    subject = clean_line(words(str(inner.get("subject", ""))[:1000]), 80)
    return f"{subject.replace('/', '-').lstrip('.- ') or 'mail'}.eml"


def _invented(kind: str) -> str:
    return f"unnamed{mimetypes.guess_extension(kind) or ''}"
