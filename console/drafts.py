"""What is being written: one draft per conversation and kind, kept in files until it is sent."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from wire import codec, private_file
from wire.codec import Malformed
from wire.messages import verbs
from wire.messages.base import Wire
from wire.messages.channel import Attachment, Party

Mode = Literal["reply", "comment", "forward", "compose"]


class Draft(Wire, frozen=True):
    """A text on its way: to whom, by what, and what its writer had seen when it was begun.

    `key` names the command of the last try and `tried` what was asked then: the same words under
    the same key are the same command, so a second try after a crash sends once.
    """

    mode: Mode
    conversation: int = 0
    contact: int = 0
    # The message that is forwarded.
    message: int = 0
    kind: str = ""
    account: str = ""
    remote: str = ""
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    bcc: tuple[Party, ...] = ()
    subject: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    seen: int = 0
    key: str = ""
    tried: str = ""

    @property
    def name(self) -> str:
        return f"{self.mode}-{self.message or self.conversation}"

    @property
    def empty(self) -> bool:
        return not self.text.strip() and not self.attachments


def asked(draft: Draft, *, anyway: bool = False) -> verbs.Ask:
    """The command that sends it."""
    match draft.mode:
        case "comment":
            return verbs.Comment(conversation=draft.conversation, text=draft.text.strip())
        case "forward":
            return verbs.Forward(
                message=draft.message, to=draft.to, cc=draft.cc, text=draft.text.strip()
            )
        case "compose":
            return verbs.Compose(
                kind=draft.kind, account=draft.account, to=draft.to, cc=draft.cc, bcc=draft.bcc,
                subject=draft.subject, text=draft.text.strip(), attachments=draft.attachments,
                contact=draft.contact,
            )  # fmt: skip
    return verbs.Reply(
        conversation=draft.conversation, text=draft.text.strip(), seen=draft.seen, anyway=anyway,
        kind=draft.kind, account=draft.account, remote=draft.remote, to=draft.to, cc=draft.cc,
        bcc=draft.bcc, subject=draft.subject, attachments=draft.attachments,
    )  # fmt: skip


_ADDRESS = re.compile(r"^(?P<name>[^<]*)<(?P<address>[^>]+)>$")


def parties_shown(draft: Draft) -> str:
    """To, CC and BCC on one line that can be edited: "olga@x, ihor@y cc: z bcc: w"."""
    found = ", ".join(map(_party, draft.to))
    for name, parties in (("cc", draft.cc), ("bcc", draft.bcc)):
        if parties:
            found += f" {name}: " + ", ".join(map(_party, parties))
    return found


def _party(party: Party) -> str:
    return f"{party.name} <{party.address}>" if party.name else party.address


def with_parties(draft: Draft, line: str) -> Draft:
    """The draft with the recipients that the line names."""
    line = re.sub(r"^\s*to:", "", line, flags=re.IGNORECASE)
    head, *rest = re.split(r"\b(cc|bcc):", line, flags=re.IGNORECASE)
    found = {"to": _parties(head), "cc": (), "bcc": ()}
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        found[name.lower()] += _parties(text)
    return msgspec.structs.replace(draft, **found)


def _parties(text: str) -> tuple[Party, ...]:
    return tuple(_read(part.strip()) for part in re.split(r"[,;]", text) if part.strip())


def _read(text: str) -> Party:
    match = _ADDRESS.match(text)
    if match is None:
        return Party(address=text)
    return Party(address=match["address"].strip(), name=match["name"].strip().strip('"'))


class DraftBook:
    """All drafts of this agent on this machine. Files are 0600 and whole: written beside, moved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts: dict[str, Draft] = {}
        self._dirty: set[str] = set()

    def load(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self._folder.glob("*.json")):
                draft = codec.decode(path.read_bytes(), Draft)
                if not isinstance(draft, Malformed):
                    self._drafts[draft.name] = draft

    def get(self, name: str) -> Draft | None:
        return self._drafts.get(name)

    def of(self, conversation: int) -> Iterator[Draft]:
        for mode in ("reply", "comment"):
            if draft := self._drafts.get(f"{mode}-{conversation}"):
                yield draft

    def texts(self) -> dict[int, str]:
        """Words of unsent replies by conversation: queue and strip show them."""
        return {
            draft.conversation: draft.text
            for draft in self._drafts.values()
            if draft.mode == "reply" and not draft.empty
        }

    def unsent(self) -> list[Draft]:
        return [draft for draft in self._drafts.values() if not draft.empty]

    def keep(self, draft: Draft) -> None:
        """Remember it; `save` puts it on disk."""
        if self._drafts.get(draft.name) != draft:
            self._drafts[draft.name] = draft
            self._dirty.add(draft.name)

    def drop(self, name: str) -> None:
        self._drafts.pop(name, None)
        self._dirty.discard(name)
        self._path(name).unlink(missing_ok=True)

    def save(self) -> None:
        for name in sorted(self._dirty):
            draft = self._drafts[name]
            if draft.empty:
                self._path(name).unlink(missing_ok=True)
            else:
                private_file.folder(self._folder)
                private_file.write(self._path(name), codec.encode(draft).decode())
        self._dirty.clear()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
