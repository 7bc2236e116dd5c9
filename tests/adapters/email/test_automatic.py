"""Machines are told from people, and our server's word from a stranger's."""

import pytest

from tests.adapters.email.letters import letter, mixed, part, read

pytestmark = pytest.mark.pure

OURS = "mx.desk.test"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: bulk",
        "Precedence: LIST",
        "Precedence: auto_reply",
        "List-Id: <news.example.test>",
        "List-Unsubscribe: <mailto:x@y.test>",
        "X-Auto-Response-Suppress: DR, OOF",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "X-Autorespond: yes",
        "Return-Path: <>",
        "Subject: Automatic reply: your order",
        "Subject: Автоответ: заказ",
        "Subject: Автоматический ответ: заказ",
        "Subject: Нет на месте: заказ",
        "Subject: В отпуске до 1 декабря",
        "Subject: Out of Office AutoReply: your order",
        "Subject: Out of the office until Monday",
        "Subject: Автоответ на ваше письмо",
        "Subject: [Abwesenheitsnotiz] Bestellung",
        "Subject: =?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?=",
    ],
)
def test_an_automatic_mail_is_recognised_and_says_why(header: str) -> None:
    mail = read(letter("hello", header))
    assert mail.auto
    assert mail.why.endswith(".")


@pytest.mark.parametrize(
    "sender", ["no-reply@x.test", "noreply+7@x.test", "do_not_reply@x.test", "MAILER-DAEMON@x.test"]
)
def test_a_sender_that_is_no_person_is_recognised(sender: str) -> None:
    assert read(letter(sender=sender)).auto


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Return-Path: <ann@example.test>",
        "X-Auto-Response-Suppress: DR",
        "Subject: Re: automatic door is broken",
        "Subject: Автоответ не работает в вашем приложении",
        "Subject: Automatic reply settings are lost",
        "Subject: Out of office chairs, order 47",
        "Subject: В отпуске не пришла посылка",
    ],
)
def test_a_person_is_no_machine(header: str) -> None:
    mail = read(letter("hello", header))
    assert (mail.auto, mail.why, mail.bounce) == (False, "", None)


def test_a_delivery_report_is_a_bounce_and_a_read_receipt_is_none() -> None:
    status = part("Action: failed\r\n", "Content-Type: message/delivery-status")
    assert read(mixed(part("no"), status, kind="report; report-type=delivery-status")).bounce
    receipt = mixed(part("read"), kind="report; report-type=disposition-notification")
    assert not read(receipt).bounce


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("ann@example.test", "X-Failed-Recipients: bob@x.test"),
        ("MAILER-DAEMON@x.test", "Subject: Undelivered Mail Returned to Sender"),
        ("ann@example.test", "Return-Path: <>\r\nSubject: Mail delivery failed: returning"),
    ],
)
def test_a_bounce_without_a_report_is_recognised(sender: str, header: str) -> None:
    assert read(letter("hello", header, sender=sender)).bounce


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (f"{OURS}; dmarc=pass (p=reject) header.from=example.test", "pass"),
        (f"{OURS} 1; spf=pass smtp.mailfrom=bounce@x.test; dmarc=fail header.from=x", "fail"),
        (f"{OURS}; dkim=pass header.d=mail.example.test; spf=fail smtp.mailfrom=x.test", "pass"),
        (f"{OURS}; dkim=pass header.d=evil.test", "none"),
        (f"{OURS}; dkim=pass header.d=test", "none"),
        (f"{OURS}; spf=pass smtp.mailfrom=ann@example.test", "pass"),
        (f"{OURS}; spf=fail smtp.mailfrom=ann@example.test", "fail"),
        (f"{OURS}; none", "none"),
        (f"{OURS} (dmarc=pass); spf=none (; dmarc=pass)", "none"),
        ("mx.evil.test; dmarc=pass", "none"),
        (f"mx.evil.test ({OURS}); dmarc=pass", "none"),
        ("; dmarc=pass", "none"),
    ],
)
def test_only_our_own_server_is_believed(results: str, verdict: str) -> None:
    mail = read(letter("hello", f"Authentication-Results: {results}"), authserv_id=OURS)
    assert mail.authentication == verdict


def test_a_result_below_a_foreign_one_came_with_the_mail() -> None:
    foreign = "Authentication-Results: mx.evil.test; dmarc=none"
    forged = f"Authentication-Results: {OURS}; dmarc=pass"
    assert read(letter("hello", foreign, forged), authserv_id=OURS).authentication == "none"


def test_without_a_name_for_our_server_nothing_is_believed() -> None:
    assert read(letter("x", f"Authentication-Results: {OURS}; dmarc=pass")).authentication == "none"
    assert read(letter("x", "Authentication-Results: ; dmarc=pass")).authentication == "none"


def test_two_senders_are_never_proved() -> None:
    two = letter("x", f"Authentication-Results: {OURS}; dmarc=pass", "From: b@x.test")
    assert read(two, authserv_id=OURS).authentication == "none"
