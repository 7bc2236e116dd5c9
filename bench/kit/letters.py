"""Mails to parse: the mix of a help desk, whole and well-formed; the same seed makes the same."""

import random
from email.message import EmailMessage
from email.policy import SMTP

from bench.kit.talk import Talk

# Of so many mails: plain, with HTML beside it, with a file as well.
MIX = {"plain": 912, "html": 774, "file": 314}
LANGUAGES = ("en", "de", "en", "ru")
# A customer writes so many; of ten that are not the first some answer the one before.
EACH, ANSWERS = 5, (0, 3, 6)


def letters(count: int, seed: int = 1) -> list[bytes]:
    talk, chance = Talk(seed), random.Random(seed)
    customers = -(-count // EACH)
    return [_letter(number, customers, talk, chance) for number in range(count)]


def answers(number: int, customers: int) -> bool:
    """Whether this mail answers the one before of its customer."""
    return number >= customers and number % 10 in ANSWERS


def _letter(number: int, customers: int, talk: Talk, chance: random.Random) -> bytes:
    language = LANGUAGES[number % len(LANGUAGES)]
    kind = chance.choices(list(MIX), list(MIX.values()))[0]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{talk.word(language)} <customer-{number % customers}@kvit.example>"
    mail["To"] = "Support <support@desk.example>"
    mail["Subject"] = " ".join(talk.word(language) for _ in range(5))
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = f"<m-{number}@kvit.example>"
    if answers(number, customers):
        mail["In-Reply-To"] = f"<m-{number - customers}@kvit.example>"
        mail["References"] = f"<first-{number}@kvit.example> <m-{number - customers}@kvit.example>"
    text = talk.text(language, chance.randint(200, 3_000))
    if answers(number, customers):
        quote = "\n".join(f"> {line}" for line in talk.text(language, 800).splitlines())
        text += f"\n\nOn Sat, 21 Nov 2026 at 09:00, Support wrote:\n{quote}\n"
    mail.set_content(text)
    if kind != "plain":
        mail.add_alternative(_html(text), subtype="html")
    if kind == "file":
        data = chance.randbytes(chance.randint(4, 60) * 1024)
        mail.add_attachment(data, maintype="application", subtype="pdf", filename="order.pdf")
    for depth, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"edge-{number}-{depth}")
    return mail.as_bytes()


def _html(text: str) -> str:
    rows = "".join(f"<p style='margin:0'>{line}</p>\n" for line in text.splitlines())
    return f"<html><head><style>p {{ color: #333 }}</style></head><body>{rows}</body></html>"
