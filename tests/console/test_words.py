"""Words: each sentence in each language, time as people say it."""

from datetime import timedelta, timezone

import pytest

from console.words import catalogue, times, tooling
from console.words.catalogue import PSEUDO, _, n_, preferred, sentences, told, use
from wire.messages.base import Said

pytestmark = pytest.mark.pure


def test_every_sentence_is_in_every_language() -> None:
    assert list(tooling.problems()) == []


@pytest.mark.parametrize(
    ("left", "words"),
    [(48, "0:48"), (0, "0:00"), (-132, "−2:12"), (11_940, "3h 19m"), (100_000, "1d 3h"),
     (-4_000, "−1h 6m")],
)  # fmt: skip
def test_what_is_left_is_told_as_people_say_it(left: float, words: str) -> None:
    assert times.countdown(left) == words


def test_days_and_clocks_are_of_the_readers_zone() -> None:
    kyiv = timezone(timedelta(hours=2))
    assert times.day(1_700_490_720, kyiv) == "Mon 20 Nov"
    assert times.clock(1_700_490_720, kyiv) == "16:32"
    assert times.when(1_700_490_720, 1_700_490_000, kyiv) == "16:32"
    assert times.when(1_700_490_720, 1_700_990_000, kyiv) == "Mon 20 Nov 16:32"


def test_a_place_without_a_value_shows_its_name() -> None:
    assert told(Said(text="given to {agent}", args={})) == "given to {agent}"
    assert told(Said(text="given to {agent}", args={"agent": "{ana}"})) == "given to {ana}"
    assert told(Said(text="a { alone {agent}", args={"agent": "x"})) == "a { alone {agent}"


def test_a_reason_is_said_in_the_readers_language_as_far_as_it_is_known() -> None:
    use("uk")
    try:
        assert sentences("the sender is blocked") == "відправника заблоковано"
        refused = "the mail server refuses it: 550 5.7.1 not from you"
        assert sentences(refused) == "поштовий сервер відмовляє: 550 5.7.1 not from you"
        assert sentences("The mail is empty. Odd: yes.") == "Лист порожній. Odd: yes."
        assert sentences("") == ""
        said = Said(text="It is not taken: {reason}", args={"reason": "the sender is blocked"})
        assert told(said) == "Не прийнято: відправника заблоковано"
    finally:
        use("en")


def test_a_time_in_a_sentence_is_told_by_the_readers_clock() -> None:
    noon = 1_700_481_600.0
    said = Said(text="lacks {skill} until {until}", args={"skill": "fr", "until": noon})
    assert told(said, noon) == f"lacks fr until {times.clock(noon)}"
    assert told(said, noon + 3 * 86_400) == f"lacks fr until {times.when(noon, 0.0)}"
    idle = Said(text="idle {idle_for}, {units} units", args={"idle_for": 252.7, "units": 3})
    assert told(idle) == "idle 4:12, 3 units"
    assert told(Said(text="since {at}", args={"at": "long ago"})) == "since long ago"


def test_the_pseudo_language_is_longer_and_keeps_its_places() -> None:
    use(PSEUDO)
    try:
        plain = "Given to {agent} by the rule"
        assert len(_(plain)) >= len(plain) * 1.35
        assert "{agent}" in _(plain)
        assert "7" in n_("{count} new", "{count} new", 7)
    finally:
        use("en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"LANG": "uk_UA.UTF-8"}, "uk"), ({"LANG": "ru_RU"}, "ru"), ({"LANG": "fr_FR"}, "en"),
     ({}, "en"), ({"LC_ALL": "uk", "LANG": "ru"}, "uk"), ({"LC_ALL": "C.UTF-8"}, "en")],
)  # fmt: skip
def test_the_environment_says_which_language(environment: dict[str, str], language: str) -> None:
    assert preferred(environment) == language


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_numbers_have_their_three_forms(language: str) -> None:
    use(language)
    try:
        forms = {
            n_("{count} quoted line", "{count} quoted lines", count).split(" ", 1)[1]
            for count in (1, 3, 5)
        }
        assert len(forms) == 3
    finally:
        use("en")


def test_languages_are_named() -> None:
    assert set(tooling.TRANSLATED) | {"en"} == set(catalogue.LANGUAGES)
