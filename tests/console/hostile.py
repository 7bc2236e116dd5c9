"""A customer who attacks the terminal and the markup with every text that they can write."""

from tests.console.desk import TwinDesk
from wire.messages.base import say
from wire.messages.channel import Attachment, Fold, Party
from wire.messages.desk import CannedReply, ContactCard, ConversationRow, IdentityRow, Note

MARK = "PWN"
TITLE = f"\x1b]0;{MARK}\x07"
CLEAR = f"\x1b[2J{MARK}\x9b31m"
CLIP = f"\x1b]52;c;{MARK}\x1b\\"
MARKUP = "[/nope][@click=app.quit]click[/][red]"
BAD = f"{TITLE}{CLEAR}{CLIP}{MARKUP}\u202e\u2066\x00\x7f\x85"


def hostile(desk: TwinDesk) -> ConversationRow:
    contact = 1
    desk.cards[contact] = ContactCard(
        id=contact, version=1, name=BAD, company=BAD, zone=BAD, tags=(BAD,), warnings=(BAD,),
        identities=(IdentityRow(id=5, kind="webchat", address=BAD, evidence=BAD),),
        note=Note(contact=contact, revision=1, text=f"{BAD}\n{BAD}", by=BAD, at=desk.now),
    )  # fmt: skip
    row = desk.conversation(
        f"Eve {BAD}", contact=contact, id=7, subject=BAD, unanswered=1, due=desk.now + 30,
        last_text=BAD, last_by="customer", remote=BAD, tags=(BAD,),
    )  # fmt: skip
    desk.message(
        row, f"{BAD}\nhttps://evil.example/{TITLE}x {BAD}\nEVE WAS HERE", author=BAD,
        sender=Party(address=BAD, name=BAD, doubt=BAD), notes={"page": BAD},
        attachments=(Attachment(sha256=desk.file(b"x"), name=BAD, media_type=BAD, size=1),),
        folds=(Fold(kind="quote", text=BAD),), reactions=(BAD,),
    )  # fmt: skip
    desk.message(row, "", by="desk", agent="", said=say("{x} moved it", x=BAD))
    desk.message(row, BAD, by="comment", author=BAD, agent=BAD)
    desk.message(row, BAD, by="agent", state="failed", reason=BAD)
    desk.canned = (CannedReply(id="x", title=BAD, text=BAD),)
    return row
