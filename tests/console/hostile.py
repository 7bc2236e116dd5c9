"""A customer who attacks the terminal and the markup with every text that they can write."""

import re

from tests.console.desk import MAIL, TwinDesk
from wire.messages.base import say
from wire.messages.channel import Attachment, Fold, Party
from wire.messages.desk import (
    AccountRow,
    AgentRow,
    CannedReply,
    ContactCard,
    ConversationRow,
    IdentityRow,
    LedgerRow,
    Note,
    TeamRow,
)

MARK = "PWN"
# Each begins with a word of its own, by which it is seen that it was shown.
PAYLOADS = (
    f"P01 \x1b]0;{MARK}\x07 a window's title",
    f"P02 \x1b]52;c;{MARK}\x1b\\ the clipboard",
    f"P03 \x1b[2J\x1b[31m\x1b[1;1H{MARK} a cleared screen",
    f"P04 \x9b31m{MARK} \x9d52;c;{MARK}\x9c in eight bits",
    f"P05 \u202e{MARK} \u2066turned\u2069 \u200f\u061cround",
    "P06 [/nope][red][bold not closed",
    "P07 [@click=app.quit]go[/] [@click=app.bell]go[/]",
    "P08 [link=https://evil.example]x[/link]\x1b]8;;https://evil.example\x1b\\y\x1b]8;;\x1b\\",
    "P09 \x00\x07\x08\x08\x0b\x0c\x7f\x85 small orders",
    "P10 \x1bP+q544e\x1b\\ \x1b_APC\x1b\\ \x1b^PM\x1b\\ \x1bc\x1b(0 long orders",
    "P11 \U000e0001\U000e0041\ufeff\u2060\u00ad\ufff9\ue000 unseen",
    "P12 a" + "\u0301" * 200 + " \r\n\u2028 one\rline\u2029 more",
)
WORDS = tuple(payload[:3] for payload in PAYLOADS)
ALL = " ".join(PAYLOADS)

# All that a console of ours says to its terminal; what is none of these is an order of a stranger.
OURS = re.compile(
    r"\x1b\[[0-9;:]*m"  # colours
    r"|\x1b\[[0-9;]*[HABCDJKXGdrSTLMP]"  # the cursor, and clearing
    r"|\x1b\[[<>=?]?[0-9;]*(?:[hlut]|\$p|q)"  # modes
    r"|\x1b\[[?>]?[0-9;]*[nc]"  # questions
    r"|\x1b[78=>]"
    r"|\x1b\]2;(?:\(\d+!?\) )?cordboard[^\x07\x1b]*\x07"  # our window's title
    r"|\x1b\]22;[a-z-]*\x07"  # the mouse's shape
    r"|\x1bP[=]?[0-9]*[a-z]\x1b\\"
)
UNFINISHED = re.compile(r"\x1b[\[\]P]?[0-9;:<=>?$]*\Z")
ORDERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def strange(raw: bytes) -> list[str]:
    """What in these bytes is an order that no console of ours gives."""
    # What is just being written may end in the middle of an order of ours.
    text = OURS.sub("", UNFINISHED.sub("", raw.decode("utf-8", "surrogateescape")))
    return [repr(text[max(0, at.start() - 12) : at.end() + 20]) for at in ORDERS.finditer(text)]


def hostile(desk: TwinDesk) -> ConversationRow:
    """One customer with all of it everywhere, and one for each payload."""
    eve = _customer(desk, 1, ALL, f"Eve {ALL}")
    for number, payload in enumerate(PAYLOADS, 2):
        row = _customer(desk, number, payload, payload)
        desk.message(row, f"{payload}\nREAD {payload}", author=payload)
    _writes(desk, eve)
    desk.canned = tuple(CannedReply(id=f"c{n}", title=p, text=p) for n, p in enumerate(PAYLOADS))
    desk.others += [AgentRow(id=f"a{n}", name=p, presence="online") for n, p in enumerate(PAYLOADS)]
    desk.more_accounts = tuple(
        AccountRow(kind="email", account=f"x{n}", address=p, title=p, team=p, health="retrying",
                   health_said=p, capabilities=MAIL)
        for n, p in enumerate(PAYLOADS)
    )  # fmt: skip
    desk.refuses, desk.needs = {"priority": ALL.replace("{", "")}, ALL
    desk.ledger = [
        LedgerRow(id=n, at=desk.now, kind="email", account="x", event=p, verdict="quarantined",
                  reason=p)
        for n, p in enumerate(PAYLOADS, 1)
    ]  # fmt: skip
    desk.raw_mail = ALL
    desk.teams += [TeamRow(id=f"t{n}", name=p) for n, p in enumerate(PAYLOADS)]
    return eve


def _customer(desk: TwinDesk, contact: int, text: str, name: str) -> ConversationRow:
    addresses = (text,) if contact > 1 else PAYLOADS
    desk.cards[contact] = ContactCard(
        id=contact, version=1, name=name, company=text, zone=text, tags=addresses,
        warnings=addresses,
        identities=tuple(
            IdentityRow(id=contact * 100 + n, kind="webchat", address=a, name=a, evidence=a)
            for n, a in enumerate(addresses)
        ),
        note=Note(contact=contact, revision=1, text="\n".join(addresses), by=text, at=desk.now),
    )  # fmt: skip
    return desk.conversation(
        name, contact=contact, id=contact + 6, subject=text, unanswered=1,
        due=desk.now + 30 + contact, last_text=text, last_by="customer", remote=text, tags=(text,),
    )  # fmt: skip


def _writes(desk: TwinDesk, row: ConversationRow) -> None:
    for payload in PAYLOADS:
        desk.message(
            row, f"{payload}\nhttps://evil.example/{payload}\nTHE END", author=payload,
            sender=Party(address=payload, name=payload, doubt=payload), notes={"page": payload},
            folds=(Fold(kind="quote", text=payload),), reactions=(payload,),
            attachments=(Attachment(sha256=desk.file(b"x"), name=payload, media_type=payload,
                                    size=1),),
        )  # fmt: skip
        desk.message(row, "", by="desk", agent="", said=say("{x} moved it", x=payload))
        desk.message(row, payload, by="comment", author=payload, agent=payload)
        desk.message(row, payload, by="agent", state="failed", reason=payload, placed=say(payload))
    desk.message(row, f"{ALL}\nEVE WAS HERE", author=ALL,
                 attachments=(Attachment(sha256=desk.file(b"x"), name=ALL, media_type=ALL,
                                         size=1),))  # fmt: skip
