"""A message of ours as a mail. Pure: what was written, the files and the account go in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime

from adapters.email import tokens
from adapters.sdk import Attachment, Outbound, Party, Rejected, clean, clean_line

REFERENCES = 20


class KnownHeaders(HeaderRegistry):
    """The library makes a class for every single header of every mail; one a name is enough."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        if name not in self._known:
            self._known[name] = super().__getitem__(name)
        return self._known[name]


# Header lines stay short, and the body is 7-bit: not every server on the way takes 8.
_POLICY = policy.SMTP.clone(cte_type="7bit", header_factory=KnownHeaders())
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,300}>")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class Account:
    """Who writes, and how."""

    address: str
    secret: bytes
    title: str = ""
    signature: str = ""
    quote: bool = True
    plus_address: bool = False
    # Where what cannot be delivered comes back to, with a tag of its own; "" for no tag.
    bounces: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes over the wire. `sender` and `recipients` are the envelope's; `hidden` are those of
    BCC."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    hidden: frozenset[str] = frozenset()


def letter(
    outbound: Outbound, files: tuple[tuple[Attachment, bytes], ...], account: Account
) -> Letter:
    """The whole mail. Raises Rejected for an address that cannot be written to."""
    to = outbound.to or (() if outbound.cc or outbound.bcc else (Party(address=outbound.remote),))
    shown = [_checked(party.address) for party in (*to, *outbound.cc)]
    hidden = [_checked(party.address) for party in outbound.bcc]
    recipients = tuple(dict.fromkeys((*shown, *hidden)))
    id_ = tokens.message_id(account.secret, outbound.conversation, outbound.id, account.domain)
    mail = _mail(outbound, to, account)
    for file, data in files:
        _attach(mail, file, data)
    raw = _thread(outbound, id_) + mail.as_bytes(policy=_POLICY)
    return Letter(
        id_, _returning(outbound, account), recipients, raw, frozenset(hidden) - frozenset(shown)
    )


def _returning(outbound: Outbound, account: Account) -> str:
    """The envelope's sender. Never empty: servers refuse that on submission."""
    if not account.bounces:
        return account.address
    return tokens.return_address(
        account.secret, account.bounces, outbound.conversation, outbound.id
    )


def _mail(outbound: Outbound, to: tuple[Party, ...], account: Account) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _named(Party(address=account.address, name=account.title))
    if to:
        mail["To"] = [_named(party) for party in to]
    if outbound.cc:
        mail["Cc"] = [_named(party) for party in outbound.cc]
    if account.plus_address and outbound.conversation:
        tagged = tokens.reply_address(account.secret, account.address, outbound.conversation)
        mail["Reply-To"] = _named(Party(address=tagged, name=account.title))
    mail["Subject"] = clean_line(outbound.subject)
    mail["Date"] = format_datetime(datetime.fromtimestamp(int(outbound.at), UTC))
    if outbound.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(body(outbound, account))
    return mail


def body(outbound: Outbound, account: Account) -> str:
    """Our text, our signature, and below it what is answered."""
    parts = [clean(outbound.text).rstrip()]
    if account.signature:
        parts.append(f"-- \n{clean(account.signature).rstrip()}")
    # An automatic mail repeats nothing: it would carry a stranger's words to whom he names.
    if account.quote and outbound.quoted and not outbound.automatic:
        parts.append(f"{_attribution(outbound)}\n{_quoted(outbound.quoted)}")
    return "\n\n".join(parts) + "\n"


def _attribution(outbound: Outbound) -> str:
    who = clean_line(outbound.quoted_author) or "you"
    if not outbound.quoted_at:
        return f"{who} wrote:"
    when = datetime.fromtimestamp(outbound.quoted_at, UTC)
    return f"On {when:%Y-%m-%d} at {when:%H:%M} UTC, {who} wrote:"


def _quoted(text: str) -> str:
    lines = clean(text).rstrip().split("\n")
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)


def _thread(outbound: Outbound, id_: str) -> bytes:
    """Written by hand: the library would break long ids into encoded words."""
    known = [one for one in outbound.references if _MESSAGE_ID.fullmatch(one)][-REFERENCES:]
    lines = [f"Message-ID: {id_}"]
    if known:
        lines += [f"In-Reply-To: {known[-1]}", "References: " + "\r\n ".join(known)]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _named(party: Party) -> Address:
    return Address(display_name=clean_line(party.name), addr_spec=_checked(party.address))


def _checked(address: str) -> str:
    """The address in ASCII. Raises Rejected for what is none or what not every server takes."""
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_ = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        ascii_ = ""
    if _ADDRESS.fullmatch(ascii_) is None or ".." in ascii_ or local[:1] == "." or local[-1] == ".":
        raise Rejected(f"{clean_line(address, 100)!r} is no address that mail can be sent to")
    return ascii_


def _attach(mail: EmailMessage, file: Attachment, data: bytes) -> None:
    main, _, sub = file.media_type.lower().partition("/")
    if main in ("message", "multipart") or not (_TYPE.fullmatch(main) and _TYPE.fullmatch(sub)):
        main, sub = "application", "octet-stream"
    name = clean_line(file.name, 150).replace("/", "_").replace("\\", "_") or "file"
    mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
