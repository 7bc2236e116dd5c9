"""The stem of a Ukrainian word, by its endings alone. Pure.

Snowball has no Ukrainian. This one keeps the shape of Porter's Russian stemmer (endings are cut
only behind the first vowel, inflection before word-building) with endings taken from the paradigms
of the 2019 orthography, and then levels what Ukrainian does to the stem itself: дохід-доходу,
посилка-посилок, картка-картці, замовити-замовлення. What is left need not be a root; it need only
be the same for every form.
"""

from __future__ import annotations

import re

_VOWEL = re.compile("[аеєиіїоуюя]")
_REFLEXIVE = re.compile("с[ья]$")

_ADJECTIVE = "ого|ому|ими|іми|їми|ього|ьому|ий|ій|їй|ої|єї|ою|єю|им|ім|їм|их|іх|їх|ьої|ьою"
_NOUN = (
    "ами|ями|има|ьми|ові|еві|єві|ам|ям|ах|ях|ом|ем|єм|ів|їв|ей|ею|ях|ій|"
    "ія|ії|ію|ією|іє|іям|іями|іях|оєм|оїв|оям|оями|оях|ості|ість|істю|остей|остям|остями|остях"
)
_VERB = (
    "[ую]вати|[аяиіїую]ти|"
    "(?:[ую]ва|[аяиіїую])(?:в|ла|ло|ли|вши|тиму|тиме|тимуть)|"
    "[аяую](?:ю|єш|є|ємо|єте|ють|й|ймо|йте)|"
    "[аяую]?єть|еш|єш|иш|їш|ить|їть|ать|ять|уть|ють|емо|ємо|имо|їмо|ете|єте|ите|їте|імо|іть|йте"
)
_VOWEL_ENDING = "[аеєиіїоуюя]"
_INFLECTION = re.compile(f"(?:{_ADJECTIVE}|{_NOUN}|{_VERB}|{_VOWEL_ENDING}|ь|й)$")
_SHORT_INFLECTION = re.compile("[аеєиіїоуюяь]$")

# What builds nouns and participles on a verb (скас-ува-ння, скас-ова-ний), and the same letters
# where they end a plain noun: "оплати" may be a plural or an infinitive, so "оплата" gives way too.
_BUILDING = re.compile("(?:(?:[ую]в|ов|йов)?[аяиіїую][нл]|(?:[ую]в|ов)?[аяиую]т|[еє]н|ост)$")

_LEVELLED = (
    (re.compile("ь"), ""),
    (re.compile("(?<=..)([бпвмф])л$"), r"\1"),  # замовлення, замовити
    (re.compile("дж$"), "д"),  # підтвердження, підтвердити
    (
        re.compile("([аеєиіїоуюя].*[^аеєиіїоуюя])[ое]([кц])$"),
        r"\1\2",
    ),  # рахунок, рахунку; покупець, покупця
    (re.compile("ц$"), "к"),  # картці, картка
    (re.compile("з$"), "г"),  # послузі, послуга
    (re.compile("(?<=.)[іе](?=[^аеєиіїоуюя]$)"), "о"),  # договір, договору; річ, речі
)
_DOUBLED = re.compile(r"([^аеєиіїоуюя])\1$")


def stem(word: str) -> str:
    """The stem of a lower-case word without apostrophes."""
    if len(word) > 5:
        word = _REFLEXIVE.sub("", word)
    word = _DOUBLED.sub(r"\1", _without(word, _INFLECTION, _SHORT_INFLECTION))
    while (shorter := _without(word, _BUILDING)) != word:
        word = shorter
    for pattern, level in _LEVELLED:
        word = pattern.sub(level, word)
    return word


def _without(word: str, ending: re.Pattern[str], short: re.Pattern[str] | None = None) -> str:
    """Cut the longest ending that leaves three letters and a vowel, or else a single letter."""
    vowel = _VOWEL.search(word)
    found = ending.search(word, max(3, vowel.end())) if vowel else None
    if found is None and short is not None:
        found = short.search(word, 2)
    return word[: found.start()] if found else word
