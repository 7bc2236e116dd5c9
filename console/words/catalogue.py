"""Every word that a person reads, in their language. The ids are the English sentences."""

import gettext
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

from wire.messages.base import Said

DOMAIN = "cordboard"
HERE = Path(__file__).parent
LANGUAGES = ("en", "uk", "ru")
# Words a third longer than English, in other letters: shows what is not in the catalogue.
PSEUDO = "xx"
SENTENCES = re.compile(r"(?<=\.) ")

_current: gettext.NullTranslations = gettext.NullTranslations()


class _Longer(gettext.NullTranslations):
    """The pseudo-language."""

    def gettext(self, message: str) -> str:
        return longer(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return longer(msgid1 if n == 1 else msgid2)


def use(language: str) -> None:
    """Speak this language from now on; English when there is no catalogue for it."""
    global _current
    if language == PSEUDO:
        _current = _Longer()
        return
    _current = gettext.translation(DOMAIN, HERE, languages=[language], fallback=True)


def preferred(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the environment asks for, of those that we speak."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            code = value.split(".")[0].split("_")[0].lower()
            return code if code in LANGUAGES else "en"
    return "en"


def _(text: str, **args: object) -> str:
    """The sentence in the current language, its `{named}` places filled."""
    return _filled(_current.gettext(text), args)


def n_(one: str, many: str, count: int, **args: object) -> str:
    """The form that goes with the number; `{count}` is filled."""
    return _filled(_current.ngettext(one, many, count), {"count": count, **args})


def N_(text: str) -> str:
    """Mark a sentence that is translated where it is shown."""
    return text


def told(said: Said | None, now: float | None = None) -> str:
    """What the router said, in the current language and by the reader's clock."""
    if said is None or not said.text:
        return ""
    now = time.time() if now is None else now
    args = {name: _place(name, value, now) for name, value in said.args.items()}
    return _filled(_current.gettext(said.text), args)


def _place(name: str, value: str | float, now: float) -> str | float:
    """Places called `at`, `until` or `…_at` hold a moment (epoch seconds), `…_for` a length."""
    from console.words import times  # which needs this module

    if isinstance(value, str):
        return sentences(value) if name == "reason" else value
    if name in ("at", "until") or name.endswith("_at"):
        return times.when(value, now)
    return times.span(int(value)) if name.endswith("_for") else value


def sentences(said: str) -> str:
    """What an adapter or a reason says, each sentence in this language as far as it is known."""
    return " ".join(_sentence(one) for one in SENTENCES.split(said) if one)


def _sentence(said: str) -> str:
    """Whole, or its beginning and what follows a colon, such as a server's own words."""
    known = _(said)
    begun, colon, rest = said.partition(": ")
    return known if known != said or not (begun and rest) else _(begun) + colon + _(rest)


class _Places(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _filled(text: str, args: Mapping[str, object]) -> str:
    if not args:
        return text
    try:
        return text.format_map(_Places(args))
    except (ValueError, LookupError, AttributeError):
        return text  # a brace too many must not cost the sentence


def longer(text: str) -> str:
    """35 % longer, with its `{places}` and ends as they are."""
    words = [word if "{" in word else word.translate(_ODD) for word in text.split(" ")]
    return " ".join(words) + "~" * ((len(text) * 35 + 99) // 100)


_ODD = str.maketrans("aeioucnsyAEIOUCNSY", "áéíóúçñšýÁÉÍÓÚÇÑŠÝ")


def in_language(language: str, text: str) -> str:
    """A sentence for somebody who reads another language than this agent; English if unknown."""
    known = gettext.translation(DOMAIN, HERE, languages=[language[:2] or "en"], fallback=True)
    return known.gettext(text)
