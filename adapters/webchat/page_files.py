"""What a browser loads of the chat: small, cached, and under strict headers."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

LANGUAGES = ("en", "uk", "ru")
_INDENT = re.compile(r"^[ ]+", re.MULTILINE)
_COMMENT = re.compile(r"^(//.*|/\*.*\*/)?\n", re.MULTILINE)

DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


@dataclass(frozen=True)
class PageFile:
    body: bytes
    media_type: str

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]


def load() -> dict[str, PageFile]:
    """By path. Indents and lines that are comments stay at home: visitors pay for each byte."""
    page = files("adapters.webchat") / "page"

    def text(name: str) -> str:
        return (page / name).read_text("utf-8")

    words = {f"words/{each}.json": _json(text(f"words/{each}.json")) for each in LANGUAGES}
    return {
        "widget.js": PageFile(_slim(text("widget.js")), "text/javascript"),
        "widget.css": PageFile(_slim(text("widget.css")), "text/css"),
        "demo.css": PageFile(_slim(text("demo.css")), "text/css"),
        "demo.svg": PageFile(text("demo.svg").encode(), "image/svg+xml"),
        "index.html": PageFile(text("index.html").encode(), "text/html"),
        **words,
    }


def _slim(source: str) -> bytes:
    return _COMMENT.sub("", _INDENT.sub("", source)).encode()


def _json(source: str) -> PageFile:
    return PageFile(_slim(source), "application/json")
