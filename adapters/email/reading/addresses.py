"""Addresses in a header, read strictly and in one pass; names are decoded after the cutting."""

import re
import unicodedata

import msgspec

from adapters.email.mail import Address, Sender
from adapters.email.reading import limits, scripts
from adapters.email.reading.headers import Headers, words
from adapters.sdk import clean_line
from adapters.sdk.words import N_

_LOCAL = r'(?:[^\x00-\x20\x7f-\xa0"(),:;<>@\[\]\\]{1,128}|"(?:[^"\\\x00-\x1f]|\\[ -~]){1,126}")'
_DOMAIN = r"(?:[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\]\\]{1,253}|\[[0-9A-Za-z:.]{3,60}\])"
_ADDRESS = re.compile(f"({_LOCAL})@({_DOMAIN})")
_LOOKS_LIKE_ONE = re.compile(r"[^\s<>@\"',;()\[\]]{1,128}@[^\s<>@\"',;()\[\]]{1,253}")

NO_FROM = N_("The mail has no From header.")
TWO_FROM = N_("The mail has two From headers.")
NO_ADDRESS = N_("The From header has no usable address.")
TWO_ADDRESSES = N_("The From header has more than one address.")
NAME_IS_ADDRESS = N_("The sender's name contains another address.")
MALFORMED = N_("The From header is malformed.")
MIXED_NAME = N_("The sender's name is written in letters of several alphabets.")
MIXED_ADDRESS = N_("The sender's address is written in letters that look like others.")


class Mailbox(msgspec.Struct, frozen=True):
    """One entry of an address header; `address` is "" when it cannot be used."""

    address: str
    name: str
    malformed: bool = False


def sender(headers: Headers) -> Sender:
    """Exactly one From header with exactly one address, or the problem is told."""
    values = headers.all("from")
    found = mailboxes(values[0]) if values else ()
    usable = [one for one in found if one.address]
    first = usable[0] if usable else Mailbox("", found[0].name if found else "")
    problem = _problem(values, found, first)
    return Sender(address=first.address, name=first.name, problem=problem)


def recipients(headers: Headers, name: str) -> tuple[Address, ...]:
    """Everybody in all headers of this name who has a usable address."""
    found = [one for value in headers.all(name) for one in mailboxes(value) if one.address]
    return tuple(Address(one.address, one.name) for one in found[: limits.ADDRESSES])


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """The entries of an address header. One pass, no recursion: quotes and comments may be deep."""
    entries: list[Mailbox] = []
    scan = _Scan(value[: limits.ADDRESS_HEADER])
    while scan.more and len(entries) < limits.ADDRESSES:
        if entry := scan.entry():
            entries.append(entry)
    return tuple(entries)


def usable(address: str) -> str:
    """The address with its domain in small letters; "" when it is none."""
    found = _ADDRESS.fullmatch(address)
    if not found or ".." in found[2] or found[2].startswith(".") or found[2].endswith("."):
        return ""
    if any(unicodedata.category(letter)[0] in "CZ" for letter in address if letter != " "):
        return ""
    return f"{found[1]}@{found[2].lower()}"


def _problem(values: tuple[str, ...], found: tuple[Mailbox, ...], first: Mailbox) -> str:
    if not values:
        return NO_FROM
    if len(values) > 1:
        return TWO_FROM
    if not first.address:
        return NO_ADDRESS
    if len(found) > 1:
        return TWO_ADDRESSES
    if first.malformed:
        return MALFORMED
    others = {other.casefold() for other in _LOOKS_LIKE_ONE.findall(first.name)}
    if others - {first.address.casefold()}:
        return NAME_IS_ADDRESS
    local, _, domain = first.address.rpartition("@")
    if scripts.disguised(domain) or scripts.mixed(local):
        return MIXED_ADDRESS
    return MIXED_NAME if scripts.mixed(first.name) else ""


class _Scan:
    """A cursor over an address header."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.at = 0

    @property
    def more(self) -> bool:
        return self.at < len(self.value)

    def entry(self) -> Mailbox | None:
        """The next mailbox, up to its comma; None for an empty place."""
        plain: list[str] = []
        angles: list[str] = []
        comments: list[str] = []
        whole, addressed = True, False
        while self.more:
            letter = self.value[self.at]
            self.at += 1
            if letter in ",;":
                break
            if letter == '"':
                quoted, closed = self._until_quote()
                plain.append(f'"{quoted}"')
                whole &= closed
            elif letter == "(":
                comment, closed = self._until_closed()
                comments.append(comment)
                whole &= closed
            elif letter == "<":
                angle, closed = self._until_angle()
                angles.append(angle)
                whole &= closed
            elif letter == ":" and not angles and not addressed:
                plain.clear()  # the name of a group
            else:
                addressed |= letter == "@"
                plain.append(letter)
        return _mailbox("".join(plain).strip(), angles, comments, whole)

    def _until_quote(self) -> tuple[str, bool]:
        start = self.at
        while self.more:
            letter = self.value[self.at]
            self.at += 2 if letter == "\\" else 1
            if letter == '"':
                return self.value[start : self.at - 1], True
        return self.value[start:], False

    def _until_closed(self) -> tuple[str, bool]:
        start, depth = self.at, 1
        while self.more:
            letter = self.value[self.at]
            self.at += 2 if letter == "\\" else 1
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if not depth:
                return self.value[start : self.at - 1], True
        return self.value[start:], False

    def _until_angle(self) -> tuple[str, bool]:
        end = self.value.find(">", self.at)
        start, closed = self.at, end >= 0
        self.at = end + 1 if closed else len(self.value)
        return self.value[start : end if closed else None], closed


def _mailbox(plain: str, angles: list[str], comments: list[str], whole: bool) -> Mailbox | None:
    if not angles:
        if not plain:
            return None
        name = _name(comments[0]) if comments else ""
        return Mailbox(usable(plain), name or ("" if usable(plain) else _name(plain)), not whole)
    inside = angles[0].strip()
    if inside.startswith("@") and ":" in inside:  # an old route: <@relay:user@host>
        inside = inside.rsplit(":", 1)[1]
    name = _name(plain) or (_name(comments[0]) if comments else "")
    return Mailbox(usable(inside), name, not whole or len(angles) > 1)


def _name(phrase: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", phrase.replace('\\"', "\0").replace('"', "").replace("\0", '"'))
    return clean_line(words(plain), 200).strip("'\" ")
