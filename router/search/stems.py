"""One stem for all forms of a word: Snowball's, and what Snowball leaves apart. Pure.

Snowball cuts endings. What a language does inside a word (lost, gekündigt, посылок) stays in its
way and is levelled here, by a short table for English and by rule for German and Russian.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Final

import snowballstemmer

_IRREGULAR: Final = """
began begun:begin  bent:bend  bit bitten:bite  bought:buy  broke broken:break  brought:bring
built:build  burnt:burn  came:come  caught:catch  chose chosen:choose  did done:do  drew drawn:draw
drove driven:drive  fell fallen:fall  felt:feel  flew flown:fly  forgot forgotten:forget
found:find  froze frozen:freeze  gave given:give  went gone:go  got gotten:get  grew grown:grow
heard:hear  held:hold  hid hidden:hide  kept:keep  knew known:know  left:leave  lent:lend
lost:lose  made:make  meant:mean  met:meet  misled:mislead  mistook mistaken:mistake  paid:pay
ran:run  rang rung:ring  rode ridden:ride  said:say  saw seen:see  sent:send  shook shaken:shake
shown:show  slept:sleep  sold:sell  spent:spend  spoke spoken:speak  stole stolen:steal
stood:stand  stuck:stick  taught:teach  threw thrown:throw  told:tell  took taken:take
tore torn:tear  thought:think  understood:understand  withdrew withdrawn:withdraw
won:win  wore worn:wear
wrote written:write  payment payments:pay  complaint complaints:complain
delivery deliveries:deliver  subscription subscriptions:subscribe  loss losses:lose
sale sales:sell  choice choices:choose
"""
_BASE: Final = {
    form: base
    for forms, base in re.findall(r"((?:\w+ )*\w+):(\w+)", _IRREGULAR)
    for form in forms.split()
}

_PREFIX: Final = (
    "ab|an|auf|aus|bei|ein|fest|frei|fort|her|hin|los|mit|nach|um|vor|weg|weiter|wieder|zu|zuruck"
)
# On what Snowball leaves, where the forms of a noun are one already: Geschäft and Geschäfte.
_GERMAN: Final = (
    (re.compile(f"^({_PREFIX})(?:ge|zu)(?=.{{3}})"), r"\1"),  # abgelehnt, abzulehnen
    (re.compile("^ge(?=.{3,}[dt]$)"), ""),  # gekündigt, gesendet
    (re.compile("(?<=....)ung$"), ""),  # Kündigung
    (re.compile("(?<=...[^aeiouyt])t$"), ""),  # kündigt
    (re.compile("(?<=..[aiouy])s$"), ""),  # Akkus, Handys
    (re.compile("(?<=...)er$"), ""),  # geliefert, liefern
)

_FLEETING: Final = re.compile("([аеиоуыэюя].*[^аеиоуыэюяйь])[ое]к$")  # посылок, посылка


def english(word: str) -> str:
    """An apostrophe may stand before the s of a possessive."""
    return _snowball("english", _BASE.get(word, word))


def german(word: str) -> str:
    """Snowball folds ä and ae, ö and oe, ü and ue, ß and ss; the verb and its noun become one."""
    stem = _snowball("german", word)
    for pattern, level in _GERMAN:
        stem = pattern.sub(level, stem)
    return stem


def russian(word: str) -> str:
    """Without ё; forms of "деньги" have their vowel in another place."""
    stem = _snowball("russian", word)
    return "деньг" if stem == "денег" else _FLEETING.sub(r"\1к", stem)


_STEMMERS: Final[dict[str, Any]] = {
    language: snowballstemmer.stemmer(language) for language in ("english", "russian", "german")
}
_STEMMING: Final = threading.Lock()  # a stemmer keeps its word in itself while it works


def _snowball(language: str, word: str) -> str:
    with _STEMMING:
        return str(_STEMMERS[language].stemWord(word))
