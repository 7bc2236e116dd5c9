"""An account's keys: what does not go together is told in sentences."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.email import secret
from adapters.email.config import EmailConfig, OAuth, faults, listening
from adapters.sdk import Secret

pytestmark = pytest.mark.pure

GOOD = EmailConfig(
    address="support@desk.test",
    password=Secret("s3cret"),
    token_secret=Secret("0123456789abcdef"),
    imap_host="imap.desk.test",
    smtp_host="smtp.desk.test",
)


def test_an_ordinary_account_has_no_fault() -> None:
    assert faults(GOOD) == []


CASES = [
    (replace(GOOD, address="support"), "address:"),
    (replace(GOOD, imap_host=""), "one of imap_host and smtp_listen"),
    (replace(GOOD, smtp_host=""), "one of smtp_host and deliver_to"),
    (replace(GOOD, deliver_to="out"), "one of smtp_host and deliver_to"),
    (replace(GOOD, token_secret=None), "one of token_secret and token_file"),
    (replace(GOOD, token_secret=Secret("short")), "token_secret: 16"),
    (replace(GOOD, oauth=OAuth("https://t", "id")), "password and oauth"),
    (replace(GOOD, password=None), "imap_host needs"),
    (replace(GOOD, imap_security="none"), 'imap_security = "none"'),
    (replace(GOOD, smtp_security="none"), 'smtp_security = "none"'),
    (replace(GOOD, smtp_listen="2525"), "smtp_listen"),
    (replace(GOOD, smtp_listen="0.0.0.0:25"), "smtp_listen: other machines reach it"),
    (replace(GOOD, smtp_key="key.pem"), "smtp_certificate and smtp_key"),
]


@pytest.mark.parametrize(("config", "sentence"), CASES, ids=[sentence for _, sentence in CASES])
def test_what_does_not_go_together_is_told(config: EmailConfig, sentence: str) -> None:
    (told,) = faults(config)
    assert told.startswith(sentence)


def test_a_readable_password_may_stay_on_this_machine() -> None:
    here = replace(GOOD, imap_host="127.0.0.1", imap_security="none")
    assert faults(here) == []


def test_for_other_machines_smtp_listens_with_a_certificate_or_as_told() -> None:
    listening_to_all = replace(GOOD, smtp_listen="0.0.0.0:25")
    assert faults(replace(listening_to_all, smtp_allow_plain=True)) == []
    assert faults(replace(listening_to_all, smtp_certificate="c", smtp_key="k")) == []


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("127.0.0.1:2525", ("127.0.0.1", 2525)),
        ("[::1]:25", ("::1", 25)),
        ("localhost:99999", None),
        (":25", None),
        ("host:smtp", None),
    ],
)
def test_a_place_to_listen_is_a_host_and_a_port(place: str, found: tuple[str, int] | None) -> None:
    assert listening(place) == found


def test_the_token_file_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "support"
    config = replace(GOOD, token_secret=None, token_file=str(file))
    key = secret.load(config)
    assert len(key) == 64
    assert secret.load(config) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
