"""Mails to parse: the mix of a help desk, whole and well-formed; the same seed makes the same."""

import random
from email.message import EmailMessage
from email.policy import SMTP

from bench.kit.talk import Talk

# In ten mails: plain, with HTML beside it, with a file as well.
MIX = ("plain",) * 5 + ("html",) * 4 + ("file",)
LANGUAGES = ("en", "de", "en", "ru")


def letters(count: int, seed: int = 1) -> list[bytes]:
    talk, chance = Talk(seed), random.Random(seed)
    return [_letter(number, talk, chance) for number in range(count)]


def _letter(number: int, talk: Talk, chance: random.Random) -> bytes:
    language = LANGUAGES[number % len(LANGUAGES)]
    kind = chance.choice(MIX)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{talk.word(language)} <customer-{number % 400}@kvit.example>"
    mail["To"] = "Support <support@desk.example>"
    mail["Subject"] = " ".join(talk.word(language) for _ in range(5))
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
    mail["Message-ID"] = f"<m-{number}@kvit.example>"
    if number % 3 == 0:
        mail["In-Reply-To"] = f"<m-{number - 3}@kvit.example>"
        mail["References"] = f"<m-{number - 6}@kvit.example> <m-{number - 3}@kvit.example>"
    text = talk.text(language, chance.randint(200, 3_000))
    if number % 3 == 0:
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
