"""A mail that was read, as the desk's event. Pure."""

import hashlib
from collections.abc import Iterable

from adapters.email import bounces, tokens
from adapters.email.mail import Address, Mail, Unreadable
from adapters.email.reading import scripts
from adapters.sdk import (
    Attachment,
    BouncedIn,
    Event,
    Fold,
    MessageIn,
    Party,
    UnreadableIn,
)
from adapters.sdk.words import N_

# Who wrote a mail that does not say so.
NOBODY = "unknown"
CAME_BACK = N_("It is a mail of ours that came back.")
HTML = N_("The mail has no plain text of its own.")
REMOTE = N_("The mail would load pictures from elsewhere.")
DISOWNED = N_("The sender's own domain says that this mail is not from there.")


def event(
    mail: Mail,
    raw: bytes,
    *,
    id_: str,
    at: float,
    secret: bytes,
    domain: str,
    evidence: str = "",
    files: tuple[Attachment, ...] = (),
    recipients: Iterable[str] = (),
    lost: str = "",
) -> Event:
    """A message or a bounce. `evidence` names the raw mail, `lost` files that were not kept."""
    remote = mail.sender.address or NOBODY
    to = (*recipients, *mail.delivered_to, *(one.address for one in (*mail.to, *mail.cc)))
    bounce = bounces.read(mail, raw, secret, addresses=to, domain=domain)
    if bounce is not None:
        return BouncedIn(
            id=id_,
            remote=remote,
            at=at,
            message_id=bounce.message_id,
            address=bounce.address,
            reason=bounce.reason,
            proved=bounce.proved,
            text=mail.text,
            raw=evidence,
        )
    # A list or a rule sent our own words back: answering them would go on for ever.
    own = bool(tokens.proved(secret, ids=(mail.message_id,)))
    named = _named(mail, raw, secret, to, domain)
    return MessageIn(
        id=id_,
        remote=remote,
        sender=sender(mail),
        at=mail.date or at,
        text=mail.text,
        subject=mail.subject,
        folds=_folds(mail),
        to=_parties(mail.to),
        cc=_parties(mail.cc),
        reply_to=_parties(mail.reply_to),
        attachments=files,
        raw=evidence,
        # One without an id is known again by all of it, after a folder was renumbered.
        message_id=mail.message_id or f"raw:{hashlib.sha256(raw).hexdigest()}",
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        proved=tokens.proved(secret, addresses=to, ids=named),
        proved_by="" if tokens.proved(secret, addresses=to) else tokens.proving(secret, named),
        claimed=tokens.claimed(secret, addresses=to, ids=named),
        body_hash=mail.body_hash,
        automatic=mail.auto or own,
        notes=_notes(mail, lost, own),
    )


def _named(
    mail: Mail, raw: bytes, secret: bytes, to: tuple[str, ...], domain: str
) -> tuple[str, ...]:
    """Ids of ours that it may be about. Machines answer to the return path, and a server that
    says "delayed" encloses the mail."""
    back = tokens.returned(secret, to, domain)
    inside = bounces.enclosed(raw, secret) if mail.bounce else ""
    return (back, mail.in_reply_to, *reversed(mail.references), inside)


def unreadable(
    why: Unreadable,
    *,
    id_: str,
    at: float,
    evidence: Attachment | None = None,
    writer: Party | None = None,
) -> UnreadableIn:
    """The raw mail is its only file: a person can open it elsewhere."""
    return UnreadableIn(
        id=id_,
        remote=writer.address if writer and writer.address else NOBODY,
        at=at,
        reason=why.reason,
        raw=evidence.sha256 if evidence else "",
        sender=writer,
        attachments=(evidence,) if evidence else (),
    )


def sender(mail: Mail) -> Party:
    passed = mail.authentication == "pass" and not mail.sender.problem
    doubts = (mail.sender.problem, DISOWNED if mail.authentication == "fail" else "")
    return Party(
        address=mail.sender.address or NOBODY,
        name=mail.sender.name,
        verified=passed,
        evidence=N_("mail authentication pass") if passed else "",
        doubt=" ".join(filter(None, doubts)),
    )


def _spelled(address: str) -> str:
    """A domain in other letters than ASCII, as it reads and as it is written."""
    domain = address.rpartition("@")[2]
    read, written = scripts.readable(domain), scripts.wire(domain)
    return "" if read == written else f"{read} = {written}"


def _parties(addresses: tuple[Address, ...]) -> tuple[Party, ...]:
    return tuple(Party(address=one.address, name=one.name) for one in addresses)


def _folds(mail: Mail) -> tuple[Fold, ...]:
    folds = (Fold(kind="quote", text=mail.quoted), Fold(kind="signature", text=mail.signature))
    return tuple(fold for fold in folds if fold.text)


def _notes(mail: Mail, lost: str, own: bool) -> dict[str, str]:
    notes = {
        "problems": " ".join(mail.problems),
        "automatic": mail.why or (CAME_BACK if own else ""),
        "html": HTML if mail.html_only else "",
        "remote": REMOTE if mail.remote_content else "",
        "address": _spelled(mail.sender.address),
        "lost": lost,
    }
    return {key: said for key, said in notes.items() if said}
