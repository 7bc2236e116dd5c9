"""Mails as customers' programs write them, and what is in the answers. Pure."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime, formatdate, parsedate_to_datetime

from cordboard.demo.customers import tokens
from cordboard.demo.people import Person

_PROGRAMS = ("Thunderbird 145.0", "Apple Mail (2.3864)", "K-9 Mail", "Webmail 4.2")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that came to a customer."""

    message_id: str
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    date: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def write(
    who: Person, desk: str, subject: str, text: str, *, token: str, at: float, to: Letter | None
) -> EmailMessage:
    """A new mail or, with `to`, an answer that quotes what it answers."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(who.name, addr_spec=who.email)
    mail["To"] = desk
    mail["Subject"] = subject
    mail["Date"] = formatdate(at, localtime=False)
    mail["Message-ID"] = message_id(who, token)
    mail["User-Agent"] = _PROGRAMS[who.number % len(_PROGRAMS)]
    mail["Content-Language"] = who.language
    if to is not None:
        mail["In-Reply-To"] = to.message_id
        mail["References"] = " ".join([*to.references, to.message_id])
        text = f"{text}\n\n{quoted(to)}"
    mail.set_content(text, cte="quoted-printable" if who.number % 2 else "base64")
    return mail


def message_id(who: Person, token: str) -> str:
    """The same for every try: a mail that is sent again is the same mail."""
    return f"<{token.lower()}.{who.number}@{who.email.partition('@')[2]}>"


def quoted(letter: Letter) -> str:
    lines = "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())
    return f"On {letter.date}, {letter.sender} wrote:\n{lines}"


def answer_subject(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def parse(raw: bytes) -> Letter:
    mail = BytesParser(policy=default).parsebytes(raw)
    body = mail.get_body(("plain", "html"))
    named = [
        a for field in ("To", "Cc") for value in mail.get_all(field, []) for a in value.addresses
    ]
    senders = mail["From"].addresses if mail["From"] else ()
    return Letter(
        message_id=str(mail["Message-ID"] or "").strip(),
        to=tuple(address.addr_spec.lower() for address in named),
        sender=str(senders[0].display_name or senders[0].addr_spec) if senders else "",
        subject=str(mail["Subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
        date=_shown(str(mail["Date"] or "")),
        in_reply_to=str(mail["In-Reply-To"] or "").strip(),
        references=tuple(str(mail["References"] or "").split()),
    )


def _shown(date: str) -> str:
    try:
        return format_datetime(parsedate_to_datetime(date))
    except ValueError:
        return date


def answered_token(letter: Letter) -> str:
    """The customer's message that it answers, by its In-Reply-To and References."""
    known = map(tokens.of_message_id, (letter.in_reply_to, *reversed(letter.references)))
    return next(filter(None, known), "")


def own_words(text: str) -> str:
    """Without what is quoted below."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(">"):
            break
        lines.append(line)
    return "\n".join(lines).strip()
