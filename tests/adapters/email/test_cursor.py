"""Where watching goes on after a restart."""

import pytest

from adapters.email.imap import Cursor, last_taken
from adapters.email.imap_client import utf7

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("stored", "uid"),
    [
        ('{"folder":"INBOX","uidvalidity":7,"uid":5}', 5),
        ('{"folder":"INBOX","uidvalidity":8,"uid":5}', 0),
        ('{"folder":"Sent","uidvalidity":7,"uid":5}', 0),
        ("", 0),
        ("broken", 0),
        ("{}", 0),
    ],
)
def test_a_cursor_counts_only_for_its_folder_as_it_was(stored: str, uid: int) -> None:
    assert last_taken(stored, "INBOX", 7) == Cursor("INBOX", 7, uid)


def test_a_cursor_comes_back_as_it_was_stored() -> None:
    cursor = Cursor('Ordner "A"', 7, 5)
    assert last_taken(cursor.to_text(), 'Ordner "A"', 7) == cursor


@pytest.mark.parametrize(
    ("folder", "written"),
    [
        ("INBOX", "INBOX"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("A & B", "A &- B"),
    ],
)
def test_folders_in_other_scripts_have_their_name_on_the_wire(folder: str, written: str) -> None:
    assert utf7(folder) == written
