"""Mails that are broken at random, through the real reading process.

`python -m tests.adapters.email.mutations 20000` makes so many of them (`--seed` makes others),
prints what became of them, and keeps in a folder (`--keep`) those that should not have been.
Every mail has to come back as one that was read, or as one that could not be, with the worker
that read it still alive: nothing unhandled, 5 seconds of processor time and 512 MB at most.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from adapters.email.mail import Mail, Unreadable
from adapters.email.parse import STRANGE
from adapters.email.process import ParsingProcess
from adapters.email.reading import frames
from bench.kit import letters as ordinary
from tests.adapters.email.letters import NOW, letter, mixed, part

SEED = 20_261_122
_DAY = "Fri, 4 Oct 2024 at 12:30"

# What breaks parsers: edges of parts, encodings, quotes, controls, counts, names of codecs.
PIECES = tuple(
    piece if isinstance(piece, bytes) else piece.encode()
    for piece in (
        *("\r\n", "\r\n\r\n", "\n", "\r", "--edge\r\n", "--edge--", "\0", "\t", " " * 300),
        *("=?utf-8?b?", "=?utf-8?q?", "?=", "=?koi8-r?B?xA==?=", "=3D", "=", "=\r\n"),
        *("<", ">", '"', "(", ")" * 40, "(" * 40, ",", ";", ":", "\\", "@", "<@a:b@c>", "a@b@c"),
        *("charset=zlib_codec", "charset=utf-7", "charset=idna", 'boundary="', "boundary=edge"),
        *(
            "From: ceo@bank.test <evil@x.test>\r\n",
            "From: <@@>\r\n",
            "To: a:;,;<\r\n",
            "Date: 99\r\n",
        ),
        *("Content-Type: multipart/mixed; boundary=edge\r\n", "Content-Type: message/rfc822\r\n"),
        *("Content-Type: message/delivery-status\r\n", "Content-Type: text/html\r\n"),
        *("Content-Type: text/plain; format=flowed; delsp=yes\r\n", "Return-Path: <>\r\n"),
        *("Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: x-uuencode\r\n"),
        *("Content-Disposition: attachment; filename*0*=utf-8''%2e%2e; filename*1=/x\r\n",),
        *(
            "Subject: Undelivered Mail Returned to Sender\r\n",
            "Action: failed\r\nStatus: 5.1.1\r\n",
        ),
        *("<div>" * 60, "</", "<!--", "<table><tr><td>", "<blockquote>", "&#xD800;", "&#0;", "%00"),
        *(
            "> " * 50,
            "-- \r\n",
            f"On {_DAY}, Ann <a@x.test> wrote:\r\n",
            "begin 644 x\r\n`\r\nend\r\n",
        ),
        *(
            b"\xff\xfe",
            b"\xed\xa0\x80",
            b"\x1b[2J",
            b"\x9b31m",
            b"\xe2\x80\xae",
            b"\xc3",
            b"\x80" * 90,
        ),
    )
)


def corpus() -> list[bytes]:
    """What a help desk gets: the ordinary mix, and one of each shape that has rules of its own."""
    return [
        *ordinary.letters(12, seed=3),
        letter(
            f"hello\r\n\r\nOn {_DAY}, Ann wrote:\r\n> one\r\n\r\n-- \r\nAnn", "Subject: =?x?q?y?="
        ),
        letter(
            "<p>words <a href='http://x.test'>x</a><img src='http://t.test/1.gif'></p>"
            "<table><tr><td>a<td>b</table><blockquote type=cite>older</blockquote>",
            "Content-Type: text/html; charset=windows-1251",
        ),
        mixed(
            part("pla=\r\nin", "Content-Transfer-Encoding: quoted-printable"),
            part("<b>words</b>", "Content-Type: text/html; charset=koi8-r"),
            kind="alternative",
        ),
        mixed(
            part("aGVsbG8=", "Content-Transfer-Encoding: base64"),
            part("x", "Content-Disposition: attachment; filename*0*=u''%41; filename*1=b"),
            part(letter("inner", "Subject: in"), "Content-Type: message/rfc822"),
            part(b"\x78\x9f\x3e\x22", "Content-Type: application/ms-tnef"),
        ),
        mixed(
            part("It failed."),
            part(
                "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@x.test\r\n"
                "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no\r\n",
                "Content-Type: message/delivery-status",
            ),
            part("Message-ID: <a@b>\r\n\r\nhi", "Content-Type: message/rfc822"),
            kind="report; report-type=delivery-status",
        ),
        letter(
            "Hi. This is the qmail-send program at mx.test.\r\nI'm afraid I wasn't able to deliver "
            "your message.\r\n\r\n<ann@x.test>:\r\nNo mailbox here by that name.\r\n",
            *("Subject: failure notice", "Return-Path: <>"),
            sender="MAILER-DAEMON@mx.test",
        ),
    ]


def mutated(count: int, seed: int) -> Iterator[bytes]:
    """So many broken mails; the same seed breaks the same."""
    chance, mails = random.Random(seed), corpus()
    for _ in range(count):
        raw = chance.choice(mails)
        for _ in range(chance.choice((1, 2, 3, 5, 9, 30))):
            raw = _broken(raw, chance, mails)
        yield raw


def _broken(raw: bytes, chance: random.Random, mails: list[bytes]) -> bytes:
    at = _place(raw, chance)
    end = min(len(raw), at + chance.choice((0, 1, 2, 8, 60, 400)))
    match chance.randrange(7):
        case 0:  # something from the list, over what stands there or between it
            return raw[:at] + chance.choice(PIECES) + raw[end:]
        case 1:  # many of them
            return raw[:at] + chance.choice(PIECES) * chance.choice((2, 20, 500)) + raw[at:]
        case 2:  # one bit
            return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        case 3:  # noise
            return raw[:at] + chance.randbytes(chance.randrange(1, 40)) + raw[end:]
        case 4:  # a piece twice
            return raw[:end] + raw[at:end] * chance.choice((1, 3, 40)) + raw[end:]
        case 5:  # cut off
            return raw[:at] or b"\r\n"
    other = chance.choice(mails)  # the end of another mail
    return raw[:at] + other[_place(other, chance) :]


def _place(raw: bytes, chance: random.Random) -> int:
    """Half of the time in the head, where the rules are."""
    last = max(len(raw) - 1, 0)
    return chance.randint(0, min(last, 600) if chance.random() < 0.5 else last)


@dataclass
class Outcome:
    read: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)
    # With their number: what the parser's own code did not foresee, or what broke its bounds.
    wrong: list[tuple[int, str, bytes]] = field(default_factory=list)

    def __str__(self) -> str:
        reasons = "".join(f"\n  {count:6} {why}" for why, count in sorted(self.unreadable.items()))
        kinds = "".join(f"\n  mail {number}: {why}" for number, why, _ in self.wrong)
        unread = sum(self.unreadable.values())
        return f"{self.read} read, {unread} unreadable, {len(self.wrong)} unhandled{reasons}{kinds}"


async def tried(mails: Iterator[bytes]) -> Outcome:
    """Each mail through a process as the adapter starts it, with its bounds."""
    outcome = Outcome()
    async with ParsingProcess() as process:
        for number, raw in enumerate(mails):
            found = await process.parse(raw, received=NOW)
            if isinstance(found, Mail):
                outcome.read += 1
                continue
            outcome.unreadable[found.reason] = outcome.unreadable.get(found.reason, 0) + 1
            if is_wrong(found):
                outcome.wrong.append((number, found.reason, raw))
    return outcome


def is_wrong(found: Unreadable) -> bool:
    """Beyond its memory or time, or broken by something that the reading did not foresee."""
    return found.reason in (frames.TOO_MUCH, STRANGE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="a folder for the mails that went wrong")
    options = parser.parse_args()
    outcome = asyncio.run(tried(mutated(options.count, options.seed)))
    print(f"seed {options.seed}: {outcome}")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for number, _, raw in outcome.wrong:
            (options.keep / f"{options.seed}-{number}.eml").write_bytes(raw)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
