"""The mail server that the journeys stand on does what they take for granted."""

import imaplib
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot.start(tmp_path_factory.mktemp("mail")) as running:
        yield running


def letter(subject: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Olena <olena@home.test>"
    message["To"] = "support@desk.test"
    message["Subject"] = subject
    message.set_content("Доброго дня")
    return message.as_bytes()


def subjects(messages: list[bytes]) -> list[str]:
    lines = b"\n".join(messages).decode(errors="replace").splitlines()
    return [line.removeprefix("Subject: ") for line in lines if line.startswith("Subject: ")]


def oauth_login(mail: Dovecot, token: str) -> None:
    with imaplib.IMAP4_SSL(mail.host, mail.ports.imaps, ssl_context=mail.tls, timeout=10) as imap:
        imap.authenticate(
            "XOAUTH2", lambda _: f"user=sales\x01auth=Bearer {token}\x01\x01".encode()
        )
        imap.select()


def test_what_is_delivered_can_be_read(mail: Dovecot) -> None:
    mail.deliver("support", letter("delivered"))
    assert "delivered" in subjects(mail.mailbox("support"))


def test_a_tag_in_the_address_reaches_the_mailbox_and_stays_visible(mail: Dovecot) -> None:
    mail.deliver("sales+tok42@desk.test", letter("tagged"))
    assert any(b"sales+tok42@desk.test" in message for message in mail.mailbox("sales"))


def test_what_is_submitted_with_starttls_arrives(mail: Dovecot) -> None:
    with smtplib.SMTP(mail.host, mail.ports.submission, "localhost", timeout=10) as smtp:
        smtp.starttls(context=mail.tls)
        smtp.login("support", mail.users["support"])
        smtp.sendmail("support@desk.test", ["olena@home.test"], letter("submitted"))
    assert "submitted" in subjects(mail.wait_for_mail("olena"))


def test_an_unknown_domain_is_refused_for_good(mail: Dovecot) -> None:
    with smtplib.SMTP(mail.host, mail.ports.submission, "localhost", timeout=10) as smtp:
        smtp.starttls(context=mail.tls)
        smtp.login("support", mail.users["support"])
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("support@desk.test", ["a@nowhere.test"], letter("lost"))
    assert refused.value.recipients["a@nowhere.test"][0] == 550


def test_a_good_token_logs_in(mail: Dovecot) -> None:
    oauth_login(mail, mail.tokens.grant("sales@desk.test"))


def test_a_bad_token_is_refused(mail: Dovecot) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        oauth_login(mail, "stolen")


def test_a_token_of_somebody_else_is_refused(mail: Dovecot) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        oauth_login(mail, mail.tokens.grant("olena@home.test"))


def test_mail_survives_a_kill(tmp_path: Path) -> None:
    with Dovecot.start(tmp_path) as mail:
        mail.deliver("support", letter("before"))
        mail.kill()
        with pytest.raises(ConnectionRefusedError):
            mail.deliver("support", letter("lost"))
        mail.restart()
        mail.deliver("support", letter("after"))
        assert subjects(mail.mailbox("support")) == ["before", "after"]
