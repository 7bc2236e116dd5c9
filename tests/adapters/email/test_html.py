"""HTML as a terminal shows it."""

import pytest

from adapters.email.reading import quotes
from adapters.email.reading.html import is_remote, page, shown_target

pytestmark = pytest.mark.pure

GMAIL = (
    '<div class="gmail_quote"><div class="gmail_attr">пт, 4 окт. 2024 г. в 12:30, Имя '
    '&lt;<a href="mailto:a@b.test">a@b.test</a>&gt;:<br></div>'
    '<blockquote class="gmail_quote">old words<br>more</blockquote></div>'
)


@pytest.mark.parametrize(
    "older",
    [
        GMAIL,
        '<blockquote type="cite"><div>On 4 Oct 2024, A wrote:</div>old words</blockquote>',
        '<div class="moz-cite-prefix">Skrev en vän:<br></div>'
        '<blockquote type="cite">old words</blockquote>',
        '<div id="OLK_SRC_BODY_SECTION">old words</div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> x</div>old words',
        '<div class="yahoo_quoted" id="yahoo_quoted_1">someone said<br>old words</div>',
        '<div class="protonmail_quote">-------- Original --------<br>old words</div>',
        "<div><div style='border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> A &lt;a@b.test&gt;<br>"
        "<b>Sent:</b> Friday<br><b>To:</b> C<br><b>Subject:</b> hello</p></div></div><p>old words",
    ],
)
def test_what_the_mail_program_quotes_is_folded(older: str) -> None:
    folded = quotes.fold(page(f"<html><body><p>my answer</p>{older}</body></html>").text)
    assert folded.text == "my answer"
    assert "old words" in folded.quoted


def test_an_answer_below_the_quote_is_the_text() -> None:
    folded = quotes.fold(page(f"{GMAIL}<div>my answer</div>").text)
    assert folded.text == "my answer"
    assert "old words" in folded.quoted


def test_answers_between_the_quotes_leave_everything_open() -> None:
    source = (
        '<div class="gmail_quote"><blockquote class="gmail_quote">one?</blockquote>'
        '<div>yes</div><blockquote class="gmail_quote">two?</blockquote><div>no</div></div>'
    )
    folded = quotes.fold(page(source).text)
    assert folded.quoted == ""
    assert folded.text == "> one?\n\nyes\n\n> two?\n\nno"


def test_a_forward_is_content() -> None:
    source = (
        '<div>FYI</div><div class="gmail_quote">---------- Forwarded message ---------<br>'
        "From: x@y.test<br>Subject: S<br><br>the words</div>"
    )
    folded = quotes.fold(page(source).text)
    assert "the words" in folded.text


def test_a_mail_that_is_all_quote_is_shown() -> None:
    assert "old words" in quotes.fold(page(GMAIL).text).text


def test_layout_is_kept() -> None:
    table = "<table><tr><th>Item<th>Qty<tr><td>A long cable<td>2</table><ul><li>one<li>two</ul>"
    assert page(table).text == "Item          Qty\nA long cable  2\n\n  * one\n  * two"


def test_scripts_styles_and_hidden_text_are_not_shown() -> None:
    found = page(
        "<head><title>t</title></head><style>p{}</style><script>alert(1)</script>"
        "<div style='max-height: 0px; overflow:hidden'>pre<p style='display:none'>header</p></div>"
        "<p>words<template>x</template></p><script>open"
    )
    assert (found.text, found.hidden) == ("words", True)


@pytest.mark.parametrize(
    ("href", "label", "shown"),
    [
        ("https://shop.test/o/1", "my order", "https://shop.test/o/1"),
        ("https://shop.test/o/1", "https://shop.test/o/1", ""),
        ("https://shop.test/", "shop.test", ""),
        ("https://evil.test/x", "https://bank.test/x", "https://evil.test/x"),
        ("https://bank.test@evil.test/a", "bank.test", "https://evil.test/…"),
        ("https://t.test/" + "a" * 500, "here", "https://t.test/…"),
        ("mailto:ann@x.test?subject=y", "write to me", "ann@x.test"),
        ("mailto:ann@x.test", "ann@x.test", ""),
        ("javascript:alert(1)", "here", ""),
        ("file:///etc/passwd", "here", ""),
        ("data:text/html,x", "here", ""),
        ("http://[broken", "here", ""),
        ("java\nscript:x", "here", ""),
    ],
)
def test_a_link_shows_where_it_leads(href: str, label: str, shown: str) -> None:
    assert shown_target(href, label) == shown


def test_links_and_pictures_stand_in_the_text() -> None:
    source = "See <a href='https://a.test/x'>this</a>.<br><img src=cid:1 alt='Our logo'>"
    assert page(source).text == "See this <https://a.test/x>.\n[Our logo]"


@pytest.mark.parametrize(
    ("source", "remote"),
    [
        ("<img width=1 src='https://t.test/1.gif'>", True),
        ("<IMG SRC=//t.test/1.gif>", True),
        ("<td background='http://t.test/b.png'>", True),
        ("<p style=\"background:url('https://t.test')\">", True),
        ("<style>@import 'x'</style>", True),
        ("<a href='https://t.test'>x</a>", False),
        ("<img src='cid:logo'><img src='data:image/gif;base64,x'>", False),
    ],
)
def test_remote_content_is_noticed(source: str, remote: bool) -> None:
    assert is_remote(source) is remote


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 59_000 + "words",
        "<blockquote>" * 30_000 + "words",
        "<table><tr><td>" * 3000 + "words",
        "<ul><li>" * 20_000 + "words",
        "words" + "<b>x</b>" * 40_000,
        "<table><tr><td>" + "words" * 9000 + "</td></tr>" + "<tr><td>x</td></tr>" * 5000,
    ],
)
def test_a_page_that_is_built_to_be_expensive_is_shown_without_layout(bomb: str) -> None:
    assert "words" in page(bomb).text


@pytest.mark.parametrize(
    "odd", ["", "<", "\0", "<!-- ", "<![CDATA[x", "&#xD800;&#0;", "\ue0f20\ue0f2"]
)
def test_odd_pages_do_no_harm(odd: str) -> None:
    page(odd).text.encode()
