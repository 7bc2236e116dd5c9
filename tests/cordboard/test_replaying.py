"""`cordboard route replay` as it is typed, on the backup of a desk with a past."""

import asyncio
import json
import random
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cordboard import history
from cordboard.asking import Where
from router.handling import conversations, dispatch
from router.lane import Work
from router.operating import archive, snapshot
from tests.cordboard.conftest import Typed
from tests.router.desk import TestDesk, on_disk
from tests.router.doors.office import opened
from wire.messages.verbs import Ask

pytestmark = pytest.mark.program

HOUR = 3_600.0
RULES = """
[[rule]]
name = "invoices"
if = { subject = "invoice" }
then = { team = "billing" }
"""


def resolved(conversation: int) -> object:
    def job(work: Work) -> None:
        row = conversations.load(work, conversation)
        if row.status == "assigned":
            conversations.resolve(work, row)
            dispatch.dispatch(work, "resolve")

    return job


def comes(work: Work, agent: str) -> None:
    work.tx._connection.execute("UPDATE agents SET presence = 'online', since = ? WHERE id = ?",
                                (work.now, agent))  # fmt: skip
    work.desk.set_presence(agent, "online")


HELD = """SELECT p.conversation, p.at FROM passages p JOIN conversations c ON c.id = p.conversation
WHERE p.status = 'assigned' AND c.status = 'assigned'"""


async def a_past(desk: TestDesk, *, mails: int = 40) -> None:
    """A mail about every five minutes; each is handled for ten; every third is of an invoice."""
    chance = random.Random(3)
    await desk.agent("root", role="admin", presence="away", teams="[]")
    for name, team in (("ana", "support"), ("bob", "billing")):
        await desk.agent(name, teams=f'["{team}"]', capacity=1, presence="offline")
        await desk.do(lambda work, name=name: comes(work, name))  # type: ignore[misc]
    happenings = [(n * 300.0, n) for n in range(1, mails + 1)]
    begun = desk.clock
    ends: dict[int, float] = {}
    for at, number in happenings:
        desk.clock = begun + at
        for owned, assigned_at in await desk.rows(HELD):
            length = ends.setdefault(owned, chance.uniform(300, 700))
            if assigned_at + length < desk.clock:
                await desk.do(resolved(owned))  # type: ignore[arg-type]
        about = "Invoice" if number % 3 == 0 else "Parcel"
        await desk.mail(str(number), "words", sender=f"c{number}@kvit.example", subject=about)


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with four hours of work, yesterday."""
    folder, kept = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("kept") / "backup"

    async def live() -> None:
        async with on_disk(folder) as desk:
            desk.clock = time.time() - 20 * HOUR
            await a_past(desk)
        copy = snapshot.make(folder)
        archive.make(folder / snapshot.FOLDER / copy.name, folder, kept, at=time.time(),
                     release="1")  # fmt: skip

    asyncio.run(live())
    return kept


async def test_a_desk_that_runs_tells_the_same_past(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page through the doors of a router, and out of the backup, are one past."""
    copy = tmp_path / "copy"
    shutil.copytree(backup, copy)
    async with on_disk(copy, now=time.time()) as desk, opened(desk) as office:

        class Asked:
            async def call(self, ask: Ask, **options: object) -> object:
                return await office.ask("root", ask)

        @asynccontextmanager
        async def running(where: Where) -> AsyncIterator[Asked]:
            yield Asked()

        monkeypatch.setattr(history, "desk", running)
        monkeypatch.setattr("router.doors.history.ROWS", 7)
        live = await history._gathered(Where(), 0.0, time.time(), None)
    monkeypatch.undo()
    kept = await history._gathered(Where(), 0.0, live.until, backup)
    assert live.stints == kept.stints
    assert live.conversations == kept.conversations
    assert live.shifts({"ana", "bob"}) == kept.shifts({"ana", "bob"})
    assert len(live.stints) == 40


def test_new_rules_are_tried_on_what_came(typed: Typed, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(RULES)
    done = typed("route", "replay", "--backup", str(backup), "--since", "1d",
                 "--rules", "new.toml", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    runs = {run["name"]: run for run in told["runs"]}
    assert runs["recorded"]["desk"]["came"] == 40
    assert told["moved"] == {"support → billing": 13}
    assert runs["new"]["desk"]["mean"] < runs["present"]["desk"]["mean"]
    assert runs["new"]["agents"]["bob"]["begun"] == 13
    assert "bob" not in runs["present"]["agents"]


def test_a_person_gets_tables_a_plot_and_what_was_assumed(
    typed: Typed, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "agents.toml").write_text(
        '[agents.ana]\ncapacity = 3\n[agents.eve]\nteams = ["support"]\nhours = "00:00-23:59"\n'
    )
    done = typed("route", "replay", "--backup", str(backup), "--since", "1d",
                 "--agents", "agents.toml")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "40 pieces of work came" in done.stdout
    assert "played as new" in done.stdout
    assert "eve" in done.stdout
    assert "begun within so many minutes" in done.stdout
    assert "Handling takes as long as it took then" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "tomorrow"), "is no time"),
        (("--since", "1d", "--until", "2d"), "before it ends"),
        (("--since", "1h"), "Nothing came in that time"),
        (("--since", "1d", "--agents", "nobody"), "There is no agent nobody"),
        (("--since", "1d", "--rules", "none.toml"), "cannot be read"),
        (("--since", "1d", "--agents", "bad.toml"), "hours"),
    ],
)
def test_what_cannot_be_played_is_said(
    typed: Typed, backup: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "bad.toml").write_text('[agents.ana]\nhours = "early"\n')
    done = typed("route", "replay", "--backup", str(backup), *words)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_how_many_it_takes_is_answered_from_the_past(typed: Typed, backup: Path) -> None:
    """A mail in five minutes, of about ten: two hours of work an hour."""
    day = time.strftime("%a", time.localtime(time.time() - 18 * HOUR)).lower()
    done = typed("route", "simulate", "--backup", str(backup), "--from-history", "28d",
                 "--goal", "80/10m", "--capacity", "1", "--day", day, "--precision", "5",
                 "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    busiest = max(told["parts"], key=lambda part: part["come"])
    assert busiest["come"] == pytest.approx(6, abs=1.5)
    assert 2 <= busiest["agents"] <= 6
    assert all(part["within"] + part["margin"] >= 0.8 for part in told["parts"])
