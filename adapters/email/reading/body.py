"""The text of a mail: its plain part, or its HTML part when the plain one says nothing."""

import re

import msgspec

from adapters.email.reading import flowed, html, limits, parts
from adapters.email.reading.headers import Part
from adapters.email.reading.splitters import CUT
from adapters.email.reading.structure import children
from adapters.sdk.words import N_

_STUB = re.compile(
    r"(?i)view (?:it |this (?:e-?mail|message|page) )?"
    r"(?:online|in (?:your|a|the) (?:web ?)?browser)"
    r"|html[- ](?:version|e-?mail|message|format|capable|compatible|enabled)"
    r"|(?:not|n't) (?:support|display) html"
    r"|does not display (?:correctly|properly)|no plain[- ]text|открыть в браузере"
    r"|посмотреть (?:письмо )?в браузере|переглянути (?:лист )?(?:в|у) браузері"
)
_STUB_LETTERS = 400
_SOLE_LINK = re.compile(r"\s*<?https?://\S+>?\s*")

CUT_SHORT = N_("The text was very long; only its beginning is shown.")
HIDDEN = N_("The mail contains hidden text.")


class Body(msgspec.Struct, frozen=True):
    """The words of a mail, before quotes are folded, and the parts that are no words of it."""

    text: str
    html_only: bool
    remote: bool
    files: tuple[Part, ...]
    problems: tuple[str, ...] = ()


def read(root: Part) -> Body:
    """The text to show and what is attached."""
    plains: list[str] = []
    pages: list[str] = []
    files: list[Part] = []
    for part in _leaves(root):
        kind = "" if _is_file(part) else parts.media_type(part)
        if kind == "text/plain":
            plains.append(_plain(part))
        elif kind == "text/html":
            pages.append(parts.text(part))
        else:
            files.append(part)
    return _chosen("\n\n".join(filter(str.strip, plains)), "\n".join(pages), tuple(files))


def _leaves(root: Part) -> list[Part]:
    """The parts that are not made of parts; a mail inside a mail is a file."""
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and children(part):
            waiting += reversed(children(part))
        else:
            found.append(part)
    return found


def _is_file(part: Part) -> bool:
    if parts.disposition(part) == "attachment":
        return True
    return parts.disposition(part) != "" and bool(parts.file_name(part))


def _plain(part: Part) -> str:
    text = parts.text(part).replace(CUT, "")
    if parts.parameter(part, "format").lower() != "flowed":
        return text
    return flowed.unfold(text, delete_space=parts.parameter(part, "delsp").lower() == "yes")


def _chosen(plain: str, source: str, files: tuple[Part, ...]) -> Body:
    page = html.page(source) if source and _says_nothing(plain) else html.Page("")
    text = page.text if page.text.strip() else plain
    problems = [CUT_SHORT] * (len(text) > limits.TEXT) + [HIDDEN] * page.hidden
    return Body(
        text[: limits.TEXT],
        html_only=bool(source) and not plain.strip(),
        remote=html.is_remote(source),
        files=files,
        problems=tuple(problems),
    )


def _says_nothing(plain: str) -> bool:
    """Empty, or only a pointer to the HTML."""
    if not plain.strip() or _SOLE_LINK.fullmatch(plain):
        return True
    return len(plain.strip()) < _STUB_LETTERS and bool(_STUB.search(plain))
