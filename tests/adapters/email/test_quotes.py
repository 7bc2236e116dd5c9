"""What a person wrote, apart from what they quoted and signed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.reading import splitters
from adapters.email.reading.quotes import fold, marks

pytestmark = pytest.mark.pure

INTRODUCTIONS = [
    "On Fri, 4 Oct 2024 at 12:30, Ann Doe <ann@x.test> wrote:",
    "On Fri, 4 Oct 2024 at 12:30, Ann Doe\n<a-very-long-address-indeed@mail.example.test> wrote:",
    "On Nov 30, 2023, at 12:47 PM, Somebody <\nlong@somebody.example.test>\nwrote:",
    "Am 04.10.2024 um 12:30 schrieb Max Muster:",
    "Am Fr., 4. Okt. 2024 um 12:30 Uhr schrieb Max <m@x.test>:",
    "Le ven. 4 oct. 2024 à 12:30, Anne <a@x.test> a écrit :",
    "El vie, 4 oct 2024 a las 12:30, Ana (<a@x.test>) escribió:",
    "Il giorno ven 4 ott 2024 alle ore 12:30 Anna <a@x.test> ha scritto:",
    "Op vr 4 okt 2024 om 12:30 schreef Jan <j@x.test>:",
    "W dniu 04.10.2024 o 12:30, Jan pisze:\nUżytkownik Jan <j@x.test> napisał:",
    "pt., 4 paź 2024 o 12:30 Jan <j@x.test> napisał(a):",
    "Den fre 4 okt. 2024 kl 12:30 skrev Jan <j@x.test>:",
    "Dne pá 4. 10. 2024 12:30 uživatel Jan <j@x.test> napsal:",
    "Em sex., 4 de out. de 2024 às 12:30, Ana <a@x.test> escreveu:",
    "Vào Th 6, 4 thg 10, 2024 vào lúc 12:30 An <a@x.test> đã viết:",
    "2024年10月4日(金) 12:30 田中 <t@x.test>:",
    "在 2024年10月4日 12:30, 王 <w@x.test> 写道：",
    # Russian: Gmail, Apple, Thunderbird, Mail.ru, Yandex, The Bat!
    "пт, 4 окт. 2024 г. в 12:30, Иван Петров <ivan@x.test>:",
    "4 окт. 2024 г., в 12:30, Иван Петров <ivan@x.test> написал(а):",
    "04.10.2024 12:30, Иван Петров пишет:",
    "Пятница, 4 октября 2024, 12:30 +03:00 от Иван Петров <ivan@x.test>:",
    '04.10.2024, 12:30, "Иван Петров" <ivan@x.test>:',
    "02.04.2012 14:20 пользователь Иван <\nivan@x.test> написал:",
    "4 октября 2024 г. 12:30:05 GMT+03:00, Иван <ivan@x.test> пишет:",
    # Ukrainian
    "пт, 4 жовт. 2024 р. о 12:30 Іван Петренко <ivan@x.test> пише:",
    "04.10.24 12:30, Іван Петренко пише:",
    "4 жовт. 2024 р. о 12:30 Іван <ivan@x.test> написав(-ла):",
    "П'ятниця, 4 жовтня 2024, 12:30 +03:00 від Іван <ivan@x.test>:",
    # Separators
    "-----Original Message-----",
    "-------- Исходное сообщение --------",
    "-------- Початкове повідомлення --------",
    "-----Ursprüngliche Nachricht-----",
    "From: Ann [mailto:ann@x.test]\nSent: Friday, October 4, 2024 12:30\nTo: Desk\nSubject: Order",
    "*From:* Ann <ann@x.test>\n*Date:* Friday\n*To:* Desk\n*Subject:* Order",
    "________________________________\nVon: Max <m@x.test>\nGesendet: Freitag\nAn: A\nBetreff: X",
    "От: Иван <ivan@x.test>\nОтправлено: 4 октября 2024 г. 12:30\nКому: Стол\nТема: Заказ",
    "Від: Іван <ivan@x.test>\nНадіслано: 4 жовтня 2024 р. 12:30\nКому: Стіл\nТема: Замовлення",
    "Від: Іван\nДата: 4 жовтня\nКому: Стіл\nТема: Замовлення",
    "--- Please write your reply above this line ---",
    f"## {splitters.ABOVE[1]} ##",
    f"-- {splitters.ABOVE[2]} --",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("older", ["> the older words\n> of the thread", "the older words"])
def test_the_older_mail_is_folded(introduction: str, older: str) -> None:
    folded = fold(f"My answer,\nin two lines\n\n{introduction}\n\n{older}\n")
    assert folded.text == "My answer,\nin two lines"
    assert folded.quoted.startswith(introduction)
    assert "the older words" in folded.quoted


def test_an_answer_below_the_quote_is_the_text() -> None:
    folded = fold("On Fri, 4 Oct 2024 12:30, Ann wrote:\n> one\n> two\n\nMy answer")
    assert folded.text == "My answer"


def test_an_answer_around_the_quote_is_the_text() -> None:
    folded = fold("Above\n\nOn Fri, 4 Oct 2024 12:30, Ann wrote:\n> one\n> two\n\nBelow")
    assert (folded.text, folded.quoted.count(">")) == ("Above\n\nBelow", 2)


def test_answers_between_the_quotes_leave_everything_open() -> None:
    text = "On Fri, 4 Oct 2024 12:30, Ann wrote:\n> one?\nyes\n> two?\nno"
    assert (fold(text).text, fold(text).quoted) == (text, "")


def test_an_answer_on_the_line_of_the_introduction_is_kept() -> None:
    folded = fold("yes please On Wed, Apr 4, 2012 at 3:59 PM, bob@x.test wrote:\n> Hi")
    assert folded.text == "yes please"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello,\nOn the other hand I wrote:\nnothing",
        "> one line in somebody's style\nand no more",
        "From: Berlin\nTo: Paris\nDate: 5 May 2025\n\nPlease book this.",
        "I need:\n- a cable\n- a plug",
        "See <http://x.test/a\n> for more\nand more",
        "FYI\n\n---------- Forwarded message ---------\nFrom: x@y.test\nSubject: S\n\nthe words",
        "Смотри ниже\n\n-------- Пересылаемое сообщение --------\nОт: a@b.test\n\nслова",
        "В 2023 году мне писал:\nникто",
        "5 May is fine for me: come",
    ],
)
def test_what_is_no_quote_stays(text: str) -> None:
    assert (fold(text).text, fold(text).quoted) == (text, "")


def test_a_mail_that_is_all_quote_is_shown() -> None:
    text = "On Fri, 4 Oct 2024 12:30, Ann wrote:\n> one\n> two"
    assert fold(text).text == text


def test_very_little_above_much_that_is_not_marked_leaves_everything_open() -> None:
    older = "some words of the older mail\n" * 200
    header = "On Fri, 4 Oct 2024 12:30, Ann wrote:\n\n"
    assert fold(f"ok\n\n{header}{older}").quoted == ""
    marked = fold(f"ok\n\n{header}" + older.replace("some", "> some"))
    assert marked.text == "ok"


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Doe\nhttps://x.test",
        "--\nAnn",
        "Best regards,\nAnn Doe\n+1 234",
        "Kind regards\nAnn",
        "Sincerely, Ann",
        "Mit freundlichen Grüßen\nMax Muster",
        "С уважением,\nИван Петров\nтел. 123",
        "З повагою, Іван",
        "Sent from my iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Надіслано з iPhone",
    ],
)
def test_a_signature_is_folded(signature: str) -> None:
    older = "On Fri, 4 Oct 2024 12:30, Ann wrote:\n> one"
    folded = fold(f"My question is here.\n\n{signature}\n\n{older}")
    assert (folded.text, folded.signature) == ("My question is here.", signature)
    assert folded.quoted == older


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, it works",
        "Thanks,\nbut can you tell me when it comes?",
        "Best regards,\nAnn\nP.S. refund it please",
        "Regards, Ann",
        "Hello\n- one\n- two",
        "Take care of my order",
        "Regards to the long line of people who " + "very " * 30 + "much helped",
    ],
)
def test_what_is_no_signature_stays(text: str) -> None:
    assert (fold(text).text, fold(text).signature) == (text, "")


LINES = st.one_of(
    st.text(
        st.characters(exclude_categories=("Cs", "Co"), exclude_characters="\r\x0b\x0c"), max_size=60
    ),
    st.sampled_from(
        ["", "", "> quoted", ">", "-- ", "Regards,", "wrote:", "Sent from my iPhone", "_" * 32]
        + [line for introduction in INTRODUCTIONS for line in introduction.split("\n")]
    ),
)


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_every_word_is_still_there(text: str) -> None:
    folded = fold(text)
    kept = " ".join((folded.text, folded.signature, folded.quoted))
    assert sorted(re.findall(r"\w+", kept)) == sorted(re.findall(r"\w+", text))
    assert not text.strip() or folded.text.strip()


@given(st.lists(LINES, max_size=30))
def test_each_line_has_one_mark(lines: list[str]) -> None:
    lines = [piece for line in lines for piece in line.split("\n")]
    assert len(marks(lines)) == len(lines)


def test_the_part_that_is_too_long_to_look_at_is_not_lost() -> None:
    tail = "the older words\n" * 9000
    folded = fold(
        f"My answer is not so short, {'really ' * 600}\n\n{INTRODUCTIONS[0]}\n\n{tail}end"
    )
    assert folded.text.startswith("My answer")
    assert folded.quoted.endswith("end")
    answer_below = fold(f"{'words ' * 20_000}\n\nend")
    assert answer_below.text.endswith("end")
