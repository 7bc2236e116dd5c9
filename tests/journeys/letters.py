"""What customers write and read by mail, as their mail programs do."""

import smtplib
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import make_msgid
from pathlib import Path

DESK = "support@desk.test"


def letter(sender: str, subject: str, text: str, **headers: str) -> EmailMessage:
    """A mail of a customer to the desk."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = DESK
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="home.test")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answer(sender: str, to: EmailMessage, text: str) -> EmailMessage:
    """What a mail program makes of "reply": the headers that tie it to the mail it answers."""
    references = f"{to['References'] or ''} {to['Message-ID']}".strip()
    return letter(
        sender, f"Re: {to['Subject']}", text, In_Reply_To=to["Message-ID"], References=references
    )


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_of(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": bytes_of(part) for part in message.iter_attachments()}


def bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


def post(port: int, message: EmailMessage | bytes) -> None:
    """Bring it to the desk's own door, as the customer's mail server does."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=30) as smtp:
        smtp.sendmail("bounces@home.test", [DESK], raw)


def arrived(mailbox: Path) -> Iterator[EmailMessage]:
    """What the desk put into the Maildir of its customers."""
    for path in sorted((mailbox / "new").glob("*")):
        yield read(path.read_bytes())


def first(mailbox: Path, wanted: Callable[[EmailMessage], bool]) -> EmailMessage | None:
    return next(filter(wanted, arrived(mailbox)), None)
