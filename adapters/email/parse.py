"""A raw mail becomes a `Mail`. Pure: bytes go in, a frozen value or `Unreadable` comes out."""

import hashlib
import unicodedata

from adapters.email.mail import Attachment, Mail, Unreadable
from adapters.email.reading import (
    addresses,
    attachments,
    authentication,
    automatic,
    body,
    bounces,
    dates,
    headers,
    limits,
    quotes,
    structure,
)
from adapters.sdk import clean, clean_line
from adapters.sdk.words import N_

STRANGE = N_("The mail is built in a way that cannot be read.")
SEALED = N_("A part of the mail is wrapped in winmail.dat, which only Outlook opens.")
REPORT = N_("It is a mail server's report.")
MANY = N_("The mail has more recipients than are shown.")


def message(raw: bytes, *, received: float, authserv_id: str = "") -> Mail:
    """Read one mail. Believes `Authentication-Results` only of the server `authserv_id`."""
    try:
        return _read(raw, received, authserv_id)
    except (Unreadable, MemoryError):
        raise
    except RecursionError as error:
        raise Unreadable(structure.DEEP) from error
    except Exception as error:  # reading a payload: whatever it breaks, it is the mail's fault
        raise Unreadable(STRANGE) from error


def _read(raw: bytes, received: float, authserv_id: str) -> Mail:
    root = structure.tree(raw)
    head = headers.read(root)
    sender = addresses.sender(head)
    words = body.read(root)
    files = attachments.read(words.files)
    folded = quotes.fold(words.text)
    returned = bounces.read(root, head, sender.address, raw)
    why = automatic.why(head, sender.address) or (REPORT if returned and returned.sure else "")
    one_sender = sender.problem not in (addresses.TWO_FROM, addresses.TWO_ADDRESSES)
    to, cc = addresses.recipients(head, "to"), addresses.recipients(head, "cc")
    many = (MANY,) if len(to) + len(cc) >= limits.ADDRESSES else ()
    sealed = (SEALED,) if any(map(attachments.is_sealed, files)) else ()
    return Mail(
        message_id=_id(headers.message_id(head.first("message-id"))),
        in_reply_to=_id("".join(headers.ids(head.first("in-reply-to"))[:1])),
        references=tuple(map(_id, headers.ids(head.first("references"))[-limits.REFERENCES :])),
        subject=clean_line(head.words("subject")),
        sender=sender,
        to=to,
        cc=cc,
        reply_to=addresses.recipients(head, "reply-to"),
        delivered_to=_delivered(head),
        date=dates.sent(head, received=received),
        auto=bool(why),
        why=why,
        bounce=returned,
        text=clean(folded.text),
        signature=clean(folded.signature),
        quoted=clean(folded.quoted),
        html_only=words.html_only,
        remote_content=words.remote,
        attachments=files,
        authentication=authentication.verdict(
            head, authserv_id=authserv_id, address=sender.address if one_sender else ""
        ),
        body_hash=_hash(sender.address, words.text, files),
        problems=words.problems + many + sealed,
    )


def _id(message_id: str) -> str:
    return clean_line(message_id, 502)


def _delivered(head: headers.Headers) -> tuple[str, ...]:
    """Where it went, plus-tag included: what the servers wrote, the last one first."""
    values = (*head.all("delivered-to"), *head.all("x-original-to"))[: limits.REFERENCES]
    found = [one.address for value in values for one in addresses.mailboxes(value)]
    return tuple(dict.fromkeys(address for address in found if address))


def _hash(sender: str, text: str, files: tuple[Attachment, ...]) -> str:
    """The same for the same words and files of one sender, however they are spaced and broken.

    Some programs give every mail one Message-ID: then only this tells two customers apart.
    """
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    said = hashlib.sha256(f"{sender.lower()}\n{normal}".encode("utf-8", "replace"))
    for file in files:
        said.update(hashlib.sha256(file.content).digest())
    return said.hexdigest()
