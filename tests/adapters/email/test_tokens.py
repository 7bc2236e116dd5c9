"""Tokens: what we signed is believed, nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email import tokens

pytestmark = pytest.mark.pure

KEY = b"a key of ours for this account"
ID = tokens.message_id(KEY, 42, "out-9", "desk.test")
REPLY = tokens.reply_address(KEY, "support@desk.test", 42)


def test_our_message_id_is_stable_and_proves_its_conversation() -> None:
    assert tokens.message_id(KEY, 42, "out-9", "desk.test") == ID
    assert ID.startswith("<c.42.out-9.")
    assert tokens.proved(KEY, ids=["<other@home.test>", ID]) == 42


def test_our_reply_address_proves_its_conversation_in_any_case() -> None:
    assert REPLY.startswith("support+c42.")
    assert tokens.proved(KEY, addresses=["anna@home.test", REPLY.upper()]) == 42


FORGED = [
    ID.replace("c.42", "c.43"),
    ID.replace("out-9", "out-8"),
    ID.replace("desk", "d@sk"),
    tokens.message_id(b"another key", 42, "out-9", "desk.test"),
    "<c.42.out-9@desk.test>",
    "<c.42.out-9.@desk.test>",
    f"{ID} and more",
    "",
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_message_id_proves_nothing(forged: str) -> None:
    assert tokens.proved(KEY, ids=[forged]) == 0


@pytest.mark.parametrize(
    "forged",
    [
        REPLY.replace("c42", "c43"),
        "support+c42@desk.test",
        "support@desk.test",
        tokens.reply_address(b"another key", "support@desk.test", 42),
        # The mark of a Message-ID does not do for an address.
        f"support+c42.{ID.split('.')[3].split('@')[0]}@desk.test",
    ],
)
def test_a_forged_reply_address_proves_nothing(forged: str) -> None:
    assert tokens.proved(KEY, addresses=[forged]) == 0


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert tokens.proved(KEY, addresses=[text], ids=[text]) == 0
    assert tokens.ours_in(KEY, text.encode("utf-8", "replace")) == ""


def test_ours_is_found_inside_a_bounce() -> None:
    raw = f"Message-ID: {FORGED[0]}\r\nMessage-ID: {ID}\r\n".encode()
    assert tokens.ours_in(KEY, raw) == ID


def test_an_outbox_id_with_strange_characters_still_makes_a_message_id() -> None:
    strange = tokens.message_id(KEY, 1, "a b>\r\n#1", "desk.test")
    assert tokens.proved(KEY, ids=[strange]) == 1


def test_a_forged_token_says_which_conversation_it_is_after_and_proves_nothing() -> None:
    forged_id, forged_tag = ID.replace("c.42", "c.43"), REPLY.replace("c42", "c43")
    assert tokens.proved(KEY, addresses=(forged_tag,), ids=(forged_id,)) == 0
    assert tokens.claimed(KEY, addresses=(forged_tag,), ids=()) == 43
    assert tokens.claimed(KEY, addresses=(), ids=("<x@y>", forged_id)) == 43
    assert tokens.claimed(KEY, addresses=(REPLY,), ids=(ID,)) == 0


def test_which_of_several_ids_is_ours_is_known() -> None:
    assert tokens.proving(KEY, ("<a@b.test>", ID, "<c@d.test>")) == ID
    assert tokens.proving(KEY, ("<a@b.test>",)) == ""
