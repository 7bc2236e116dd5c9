"""Only what we signed, of this kind, unchanged and in time is believed."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sdk import Attachment
from adapters.webchat import tokens
from adapters.webchat.tokens import DownloadPass, UploadPass, VisitorPass

pytestmark = pytest.mark.pure

KEY = b"k" * 32
FILE = Attachment(sha256="ab" * 32, name="звіт.pdf", media_type="application/pdf", size=3)


def test_a_token_opens_until_its_end() -> None:
    token = tokens.sealed(VisitorPass("v1", until=100.0), KEY)
    assert tokens.opened(token, VisitorPass, KEY, now=99.9) == VisitorPass("v1", 100.0)
    assert tokens.opened(token, VisitorPass, KEY, now=100.0) is None


def test_another_key_did_not_sign_it() -> None:
    token = tokens.sealed(VisitorPass("v1", until=100.0), b"other" * 8)
    assert tokens.opened(token, VisitorPass, KEY, now=0.0) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_with_one_changed_character_is_no_token(place: int, step: int) -> None:
    token = tokens.sealed(VisitorPass("v1", until=100.0), KEY)
    place %= len(token)
    forged = token[:place] + chr((ord(token[place]) + step) % 256) + token[place + 1 :]
    known = tokens.opened(forged, VisitorPass, KEY, now=0.0)
    assert known in (None, VisitorPass("v1", 100.0))  # base64 has spare bits at its end


@given(st.text(max_size=5000))
def test_whatever_is_brought_instead_is_no_token(text: str) -> None:
    assert tokens.opened(text, VisitorPass, KEY, now=0.0) is None


def test_a_pass_for_one_thing_opens_no_other() -> None:
    upload = tokens.sealed(UploadPass("v1", FILE, until=9.0), KEY)
    assert tokens.opened(upload, DownloadPass, KEY, now=0.0) is None
    assert tokens.opened(upload, VisitorPass, KEY, now=0.0) is None
    assert tokens.opened(upload, UploadPass, KEY, now=0.0) == UploadPass("v1", FILE, 9.0)


def test_a_login_is_proved_by_the_sites_hash_only() -> None:
    good = hmac.new(b"shop", b"olga", hashlib.sha256).hexdigest()
    assert tokens.signed_login("olga", good, "shop")
    assert tokens.signed_login("olga", good.upper(), "shop")
    for user, proof, secret in (("bo", good, "shop"), ("olga", good, "x"), ("olga", "é", "shop")):
        assert not tokens.signed_login(user, proof, secret)


def test_a_user_is_the_same_visitor_everywhere_and_not_to_be_guessed() -> None:
    visitor = tokens.visitor_of_user("olga", KEY)
    assert visitor == tokens.visitor_of_user("olga", KEY)
    assert visitor not in (tokens.visitor_of_user("olga", b"x"), tokens.visitor_of_user("bo", KEY))
    assert "olga" not in visitor
