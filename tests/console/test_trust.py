"""Is it they? What is proved, unsure or doubted stands beside the name; what went wrong, below."""

from dataclasses import replace

import pytest

from console.lines import Line
from console.paint.message import Shown, message_lines
from console.paint.queue import RowState, row_lines
from router.doors import shown
from wire.messages.channel import Attachment, Party
from wire.messages.desk import ConversationRow, MessageRow

pytestmark = pytest.mark.pure

WIDE = Shown(width=160)


def row(**facts: object) -> MessageRow:
    plain = {"id": 1, "version": 1, "conversation": 1, "contact": 1, "by": "customer", "at": 1.0,
             "accepted": 1.0, "kind": "email", "text": "hello", "author": "Ann"}  # fmt: skip
    return MessageRow(**(plain | facts))  # type: ignore[arg-type]


def text(lines: tuple[Line, ...]) -> str:
    return "\n".join("".join(span.text for span in (*one.left, *one.right)) for one in lines)


def by(**facts: object) -> str:
    sender = Party(address="ann@x.test", **facts)  # type: ignore[arg-type]
    return text(message_lines(row(sender=sender), 0, WIDE))


def test_a_sender_is_verified_unsure_or_doubted() -> None:
    assert "✓ verified" in by(verified=True)
    assert "unsure" in by()
    doubted = by(doubt="The mail has two From headers. The mail has no From header.")
    assert "⚠ The mail has two From headers. The mail has no From header." in doubted


def test_nobody_asks_where_an_address_cannot_be_written_by_others() -> None:
    chat = text(message_lines(row(kind="webchat", sender=Party(address="visitor 1")), 0, WIDE))
    assert "unsure" not in chat


def test_a_look_alike_domain_is_shown_both_ways() -> None:
    notes = {"address": "p\u0430ypal.test = xn--pypal-4ve.test"}
    found = row(sender=Party(address="a@b", doubt="Odd."), notes=notes)
    assert "xn--pypal-4ve.test" in text(message_lines(found, 0, WIDE))


def test_a_mail_that_could_not_be_read_says_why_and_offers_the_original() -> None:
    original = Attachment(sha256="0" * 64, name="mail.eml", media_type="message/rfc822", size=9)
    found = row(text="", notes={"unreadable": "The mail is empty."}, attachments=(original,))
    shown_text = text(message_lines(found, 0, WIDE))
    assert "This message could not be read: The mail is empty." in shown_text
    assert "mail.eml" in shown_text


def test_what_was_lost_and_a_repeated_id_are_said_and_the_rest_when_it_is_opened() -> None:
    notes = {"lost": "a.pdf", "same_id": "x", "remote": "The mail would load pictures."}
    found = row(notes=notes)
    closed = text(message_lines(found, 0, WIDE))
    assert "Files that were not kept: a.pdf" in closed
    assert "same Message-ID" in closed
    assert "pictures" not in closed
    assert "pictures" in text(message_lines(found, 0, replace(WIDE, open=True)))


@pytest.mark.parametrize(
    ("writer", "trust", "mark"),
    [
        (Party(address="a@b", verified=True), "verified", "Ann ✓"),
        (Party(address="a@b"), "unsure", "Ann ?"),
        (Party(address="a@b", verified=True, doubt="Odd."), "doubt", "Ann ⚠"),
        (Party(address="visitor 1"), "", "Ann"),
        (None, "", "Ann"),
    ],
)
def test_the_queue_marks_whose_words_are_newest(
    writer: Party | None, trust: str, mark: str
) -> None:
    assert shown.trust(writer) == trust
    conversation = ConversationRow(
        id=1, version=1, contact=1, contact_name="Ann", kind="email", account="support",
        subject="x", status="waiting", team="support", trust=trust,
    )  # fmt: skip
    first, _ = row_lines(conversation, RowState(), 0.0)
    assert "".join(span.text for span in first.left).strip() == mark
