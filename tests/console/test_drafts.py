"""Drafts survive a crash and become commands."""

import stat
from pathlib import Path

import pytest

from console.drafts import Draft, DraftBook, asked, parties_shown, with_parties
from wire.messages.channel import Party
from wire.messages.verbs import Comment, Compose, Forward, Reply

pytestmark = pytest.mark.program

REPLY = Draft(mode="reply", conversation=4, text="Hello there", seen=9, key="k1", tried="t")


def test_what_was_saved_is_there_after_a_crash(tmp_path: Path) -> None:
    book = DraftBook(tmp_path / "drafts")
    book.keep(REPLY)
    book.save()
    again = DraftBook(tmp_path / "drafts")
    again.load()
    assert again.get("reply-4") == REPLY
    assert again.texts() == {4: "Hello there"}


def test_a_draft_is_for_its_owner_only(tmp_path: Path) -> None:
    book = DraftBook(tmp_path / "drafts")
    book.keep(REPLY)
    book.save()
    (path,) = (tmp_path / "drafts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sent_or_emptied_draft_leaves_no_file(tmp_path: Path) -> None:
    book = DraftBook(tmp_path / "drafts")
    book.keep(REPLY)
    book.save()
    book.drop("reply-4")
    comment = Draft(mode="comment", conversation=4, text="x")
    book.keep(comment)
    book.save()
    book.keep(Draft(mode="comment", conversation=4, text=" "))
    book.save()
    assert list((tmp_path / "drafts").iterdir()) == []


def test_a_broken_file_is_no_reason_not_to_start(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "reply-1.json").write_text('{"mode": "rep')
    book = DraftBook(folder)
    book.load()
    assert book.unsent() == []


@pytest.mark.parametrize("mode", ["reply", "comment", "forward", "compose"])
def test_each_kind_of_draft_is_a_command(mode: str) -> None:
    kinds = {"reply": Reply, "comment": Comment, "forward": Forward, "compose": Compose}
    draft = Draft(mode=mode, conversation=1, text=" hi \n", message=2)  # type: ignore[arg-type]
    ask = asked(draft)
    assert type(ask) is kinds[mode]
    assert getattr(ask, "text", None) == "hi"


def test_recipients_are_one_line_both_ways() -> None:
    line = "to: olga@x.example, Ihor <ihor@x.example> cc: boss@x.example bcc: a@x, b@x"
    draft = with_parties(REPLY, line)
    assert draft.to == (
        Party(address="olga@x.example"),
        Party(address="ihor@x.example", name="Ihor"),
    )
    assert [party.address for party in (*draft.cc, *draft.bcc)] == ["boss@x.example", "a@x", "b@x"]
    assert with_parties(REPLY, parties_shown(draft)) == draft
