"""Bytes to text whatever the label says: never fails, never runs a codec that is not a charset."""

import codecs
import re

from charset_normalizer import from_bytes

# What mail programs write, and what they mean by it.
_MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8-sig": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "koi8-ru": "koi8-u",
    "x-mac-cyrillic": "mac-cyrillic",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,39}")
# Codecs of text that are no charset of mail. UTF-7 hides "<script>" from every filter on bytes.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_SAMPLE = 8 * 1024
_BROKEN = 0.02
_FOREIGN = 0.3


def decode(raw: bytes, declared: str = "") -> str:
    """The text of `raw`: by its label when that works, else by what the bytes look like."""
    codec = _codec(_name(declared))
    if codec == "utf-7":
        return raw.decode("ascii", "replace")
    return _strictly(raw, codec) or _guess(raw, codec)


def _name(declared: str) -> str:
    name = declared.split(";")[0].strip(" \t\r\n\"'").lower()
    return _MEANT.get(name, name)


def _strictly(raw: bytes, codec: str | None) -> str:
    if codec is None:
        return ""
    try:
        return _whole(raw.decode(codec))
    except (UnicodeError, LookupError):
        return ""


def _codec(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, ImportError):
        return None
    # zlib_codec, hex, rot13: codecs, but no charsets. The flag is what bytes.decode looks at.
    text = getattr(found, "_is_text_encoding", False) and found.name not in _REFUSED
    return found.name if text else None


def _guess(raw: bytes, labelled: str | None) -> str:
    if not raw:
        return ""
    if text := _strictly(raw, "utf-8"):
        return text
    if labelled:
        text = _whole(raw.decode(labelled, "replace"))
        if text.count("\ufffd") <= len(text) * _BROKEN:
            return text
    return _strictly(raw, _likely(raw)) or _whole(raw.decode("cp1252", "replace"))


def _likely(raw: bytes) -> str | None:
    sample = raw[:_SAMPLE]
    # Latin text with a few accents is too little to tell charsets apart by.
    if sum(byte >= 0x80 for byte in sample) < len(sample) * _FOREIGN:
        return "cp1252"
    best = from_bytes(sample).best()
    return _codec(best.encoding) if best else None


def _whole(text: str) -> str:
    """Without lone halves of surrogate pairs, which no later codec takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
