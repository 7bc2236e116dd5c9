"""Makes `schema_2.tar.gz` beside it: a small data folder as the release with schema 2 wrote it.

Run it with that release's code, from a checkout of commit 216cc41:

    python -P …/tests/router/store/released/schema_2.py      # in the checkout's root

It is kept so that the folder can be understood, not so that it is made again: today's code would
make today's folder.
"""

import asyncio
import hashlib
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))

from router.blobs import Blobs
from router.lane import Lane
from tests.router.desk import on_disk
from tests.router.doors.office import Office, opened
from wire.messages.channel import Attachment, BlobPart, Party
from wire.messages.desk import CannedReply
from wire.messages.verbs import (
    Comment,
    Compose,
    Prioritise,
    Reply,
    Resolve,
    SetCanned,
    Snooze,
    Tag,
    Take,
    Transfer,
    WriteNote,
)

OUT = Path(__file__).with_suffix(".tar.gz")
NOW = 1_790_000_000.0
SMALL, LARGE = b"a small file\n" * 10, b"a large file\n" * 6_000


async def make(folder: Path) -> None:
    async with on_disk(folder, now=NOW) as desk:
        desk.clock = NOW
        async with opened(desk) as office:
            await fill(office, folder)


async def fill(office: Office, folder: Path) -> None:
    desk = office.desk
    await desk.agent("ana", password="argon2id-hash", presence="offline")
    await desk.agent(
        "lea", presence="away", role="lead", teams='["support", "sales"]', skills='{"german": 3}'
    )
    small = await kept(desk.lane, desk.store, folder, SMALL)
    large = await kept(desk.lane, desk.store, folder, LARGE)
    for number, (who, text) in enumerate([
        ("olga@kvit.example", "Where is my teapot? Де мій чайник?"),
        ("pavlo@kvit.example", "Верните деньги за возврат"),
        ("hanna@kvit.example", "Meine Tasse ist zerbrochen"),
        ("Olga@Kvit.example", "It is the green one"),
        ("taras@kvit.example", "Can I order a second one?"),
        ("iryna@kvit.example", "Thank you!"),
    ]):  # fmt: skip
        desk.clock += 60
        files = (small, large) if number == 0 else ()
        await desk.mail(f"m{number}", text, sender=who, subject="Teapot", attachments=files)
    await desk.chat("c1", "hello from the page")
    await desk.mail("m0", "the same again")
    await act(office)
    await put_aside(desk.lane)


async def kept(lane: Lane, store: Any, folder: Path, data: bytes) -> Attachment:
    name = hashlib.sha256(data).hexdigest()
    part = BlobPart(sha256=name, size=len(data), offset=0, data=data)
    await Blobs(folder / "blobs", lane, store).put(part, "email.support")
    return Attachment(sha256=name, name="list.txt", media_type="text/plain", size=len(data))


async def act(office: Office) -> None:
    for conversation in range(1, 6):
        await office.ask("lea", Take(conversation=conversation))
    await office.ask("lea", Reply(conversation=1, text="It is on its way.", anyway=True))
    await office.ask("lea", Comment(conversation=1, text="Check the depot, colleagues."))
    await office.ask("lea", WriteNote(contact=1, text="Likes green tea.", revision=0))
    await office.ask("lea", Tag(conversation=1, add=("teapot",)))
    await office.ask("lea", Prioritise(conversation=2, priority=3))
    await office.ask("lea", Transfer(conversation=2, agent="ana", note="please"))
    await office.ask("lea", Resolve(conversation=3))
    await office.ask("lea", Snooze(conversation=4, until=NOW + 90_000))
    await office.ask("lea", Reply(conversation=5, text="You are welcome.", anyway=True))
    to = (Party(address="depot@kvit.example"),)
    await office.ask("lea", Compose(kind="email", account="support", to=to, text="Where is it?"))
    admin = {"role": "admin"}
    await office.desk.agent("admin", **admin)
    reply = CannedReply(id="thanks", title="Thanks", text="Thank you for writing.", language="en")
    await office.ask("admin", SetCanned(reply=reply))


async def put_aside(lane: Lane) -> None:
    """What came in broken, and messages in every state of going out."""

    def job(work: Any) -> None:
        work.tx.run(
            "add_ledger", now=work.now, kind="email", account="support", event="bad-1",
            verdict="quarantined", reason="no such charset", message=0, payload=b"raw mail",
        )  # fmt: skip
        rows = work.tx.all("sendable", now=work.now + 100, limit=10)
        for row, state in zip(rows, ("sending", "sent", "held"), strict=False):
            work.tx.run("save_outbox", **row._asdict() | {"state": state, "epoch": work.epoch})

    await lane.submit(job)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "desk"
        folder.mkdir(mode=0o700)
        asyncio.run(make(folder))
        with tarfile.open(OUT, "w:gz") as tar:
            for name in ("desk.db", "blobs"):
                tar.add(folder / name, name)


if __name__ == "__main__":
    main()
