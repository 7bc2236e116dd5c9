"""Forms of one word meet in one stem; addresses, numbers and hostile text are taken as they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.search import stems, ukrainian
from router.search.terms import MAX_WORD, Word, terms, words

pytestmark = pytest.mark.pure


def only(text: str) -> Word:
    [word] = words(text)
    return word


@pytest.mark.parametrize(
    "forms",
    [
        "повернення поверненню повернень повернути повернув",
        "скасувати скасував скасую скасуйте скасовано скасований скасовані скасування",
        "рахунок рахунку рахунки рахунків рахунком",
        "посилка посилки посилок посилці посилкою",
        "замовлення замовлень замовити замовив замовляю замовлено",
        "оплата оплати оплату оплатити оплатив оплат",
        "відправлення відправити відправив відправили відправлень",
        "гарантія гарантії гарантією гарантій",
        "договір договору договори",
        "матеріал матеріали матеріалів",
        "крамниця крамниці крамницю крамниць",
        "вилетів вилітає вилітають",
    ],
)
def test_ukrainian_forms_share_a_stem(forms: str) -> None:
    assert len({ukrainian.stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        "ablehnen abgelehnt ablehnt Ablehnung",
        "kündigen gekündigt kündige Kündigung kuendigen",
        "liefern geliefert Lieferung Lieferungen liefert",
        "ändern geändert Änderung aendern",
        "Geschäft Geschäfte Geschäften",
        "Gebühr Gebühren Gebuehr",
        "Akku Akkus",
        "Größe Grösse Groesse Größen",
        "zurücksetzen zurückgesetzt zurückzusetzen",
    ],
)
def test_german_forms_share_a_stem(forms: str) -> None:
    assert len({only(form).de_uk for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    ["refund refunds refunded refunding", "lose lost losing", "pay paid payment payments",
     "customer customers customer's customer’s", "deliver delivered delivery deliveries"],
)  # fmt: skip
def test_english_forms_share_a_stem(forms: str) -> None:
    assert len({only(form).en_ru for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    ["возврат возврата возвраты возвратов", "посылка посылок посылки", "деньги денег деньгами",
     "счёт счета счет счетов", "отменённый отмененные"],
)  # fmt: skip
def test_russian_forms_share_a_stem(forms: str) -> None:
    assert len({only(form).en_ru for form in forms.split()}) == 1


def test_different_words_stay_apart() -> None:
    for one, other in [("рахунок", "рушник"), ("Rechnung", "Rechte"), ("order", "border")]:
        assert only(one).en_ru != only(other).en_ru
        assert only(one).de_uk != only(other).de_uk


def test_letters_of_one_language_decide_for_it() -> None:
    assert only("гарантії").en_ru == only("гарантії").de_uk == ukrainian.stem("гарантії")
    assert only("возвращены").de_uk == stems.russian("возвращены")
    either = only("доставка")
    assert (either.en_ru, either.de_uk) == (stems.russian("доставка"), ukrainian.stem("доставка"))


def test_an_address_is_found_whole_and_in_parts() -> None:
    form = terms("Write to Anna.Berg@example.org!").form.split()
    assert {"anna", "berg", "example", "org", "annabergexampleorg"} <= set(form)


def test_an_order_number_is_the_same_with_and_without_its_hyphens() -> None:
    assert "ord202400417" in terms("ORD-2024-00417").form.split()
    assert "email" in terms("E-Mail").form.split()


def test_marks_and_invisible_characters_do_not_part_a_word() -> None:
    assert only("пове́рнення").form == only("повернення").form
    assert only("im\u00adpor\u200btant").form == "important"
    assert only(unicodedata.normalize("NFD", "їжа")).form == "їжа"
    assert [word.form for word in words("ім'я м’який")] == ["імя", "мякий"]


def test_chinese_characters_are_words() -> None:
    assert [word.form for word in words("退款")] == ["退", "款"]


def test_a_word_without_an_end_is_cut() -> None:
    assert max(map(len, terms("x" * 100_000).form.split())) == MAX_WORD


@given(st.text(max_size=300))
def test_any_text_gives_letters_and_digits_only(text: str) -> None:
    for column in terms(text):
        assert all(term.isalnum() for term in column.split())
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert word.form


@given(
    st.lists(st.sampled_from(["Заказ", "refunded", "Größe", "імʼя", "ORD-17", "b@c.de", "退款"]))
)
def test_the_columns_are_the_words_in_their_order(parts: list[str]) -> None:
    text = " ".join(parts)
    assert terms(text).en_ru.split() == [word.en_ru for word in words(text)]
    assert terms(text).de_uk.split() == [word.de_uk for word in words(text)]
