"""The afternoon of the picture: Olga waits for her refund, three more customers, one team."""

from tests.console.desk import TwinDesk
from wire.messages.base import say
from wire.messages.channel import Attachment, Fold
from wire.messages.desk import ContactCard, ConversationRow, IdentityRow, Note


def scene(desk: TwinDesk) -> ConversationRow:
    """Fill the desk; returns Olga's chat."""
    olga, now = 1, desk.now
    desk.cards[olga] = ContactCard(
        id=olga, version=1, name="Olga Petrenko", language="uk", zone="Kyiv 16:32", online=True,
        warnings=("never call before noon",),
        identities=(
            IdentityRow(id=11, kind="email", address="olga@kvit.example", verified=True),
            IdentityRow(id=12, kind="phone", address="+380 67 … 12", verified=True),
            IdentityRow(id=13, kind="webchat", address="visitor 81f2"),
        ),
        note=Note(contact=olga, revision=3, by="bo", at=now - 3_600, text=(
            "Pays by card ending 12; accountant is Ihor (ask him about VAT, not her).\n\n"
            "Says “act” for our “invoice”, prefers chat, short answers"
        )),
    )  # fmt: skip
    billing = desk.conversation(
        "Olga Petrenko", kind="email", contact=olga, id=101, subject="Invoice 4417 charged twice",
        owner="bo", remote="olga@kvit.example", last_at=now - 17_000,
    )  # fmt: skip
    chat = desk.conversation(
        "Olga Petrenko", contact=olga, id=104, subject="Delivery 88120", priority=2,
        due=now - 132, target=60.0, unanswered=2, unanswered_since=now - 192,
        last_text="Hi! Any news about my refund?", last_by="customer", came_from="email",
        remote="visitor 81f2",
    )  # fmt: skip
    _thread(desk, billing, chat)
    _others(desk)
    return chat


def _thread(desk: TwinDesk, billing: ConversationRow, chat: ConversationRow) -> None:
    now = desk.now
    desk.message(
        billing, "I was charged twice for invoice 4417. Here is the statement.", at=now - 19_000,
        attachments=(Attachment(sha256=desk.file(b"%PDF-1.4 twice"), name="statement.pdf",
                                media_type="application/pdf", size=84_000),),
        folds=(Fold(kind="quote", text="\n".join(f"> line {n}" for n in range(14))),),
    )  # fmt: skip
    desk.message(
        billing, "Thank you, Olga. I see both charges; the second one goes back today.",
        by="agent", at=now - 18_000, state="sent",
    )  # fmt: skip
    desk.message(
        billing, "@ana the refund queue is slow, promise two days", by="comment",
        at=now - 17_900, author="bo", agent="bo",
    )  # fmt: skip
    desk.message(
        chat, "", by="desk", at=now - 200, agent="",
        said=say("Given to {agent}: {agent} answered this customer before.", agent="ana"),
    )  # fmt: skip
    desk.message(
        chat, "Hi! Any news about my refund?", at=now - 192, notes={"page": "/orders/88120"}
    )
    desk.message(
        chat, "And when does my order arrive? See https://kvit.example/orders/88120", at=now - 132
    )


def _others(desk: TwinDesk) -> None:
    now = desk.now
    desk.conversation(
        "Jan Kowalski", id=110, due=now + 48, target=60.0, unanswered=1,
        last_text="Is the blue one back in stock?", last_by="customer",
    )  # fmt: skip
    desk.conversation(
        "Priya N.", kind="telegram", id=111, due=now + 100, target=300.0, unanswered=1,
        account="bot", last_text="Where is my parcel?", last_by="customer",
    )  # fmt: skip
    desk.conversation(
        "Acme Ltd · B. Ortiz", kind="email", id=112, due=now + 11_940, target=86_400.0,
        unanswered=1, subject="Re: Contract renewal", last_by="customer",
    )  # fmt: skip
    desk.conversation(
        "Mykola", kind="email", id=113, status="snoozed", snoozed_until=now + 7_200,
        subject="Wrong size",
    )  # fmt: skip
    for number in range(6):
        desk.conversation(
            f"Customer {number}", id=120 + number, status="waiting", owner="", unanswered=1,
            due=now + 200 + 60 * number, target=300.0, last_text="Hello?", last_by="customer",
        )  # fmt: skip
