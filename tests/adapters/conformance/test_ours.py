"""Every channel of ours passes the kit, against its real or checked counterpart."""

from collections.abc import Iterator

import pytest

from adapters.sdk.conformance.cases import BY_NAME, CASES, Case
from adapters.sdk.conformance.kit import check
from tests.adapters.conformance.email_side import MailSide, SmtpSide
from tests.adapters.conformance.telegram_side import TelegramSide
from tests.adapters.conformance.webchat_side import WebchatSide
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.program

# What the way in has a part in; the way out is the same as with IMAP.
WAY_IN = ("duplicate in", "crash before accepted", "large attachment", "control characters",
          "clean unload")  # fmt: skip


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot.start(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=str)
def test_telegram(case: Case) -> None:
    assert check(case, TelegramSide) == ""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_webchat(case: Case) -> None:
    why = check(case, WebchatSide)
    assert bool(why) == (case.name in ("told to wait", "wrong credentials", "server killed"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_email(case: Case, mail: Dovecot) -> None:
    assert check(case, lambda: MailSide(mail)) == ""


@pytest.mark.parametrize("name", WAY_IN)
def test_emails_own_door(name: str, mail: Dovecot) -> None:
    assert check(BY_NAME[name], lambda: SmtpSide(mail)) == ""
