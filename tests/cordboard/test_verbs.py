"""What is typed becomes what is asked."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cordboard.asking import Where
from cordboard.verb_options import Phrase, command
from cordboard.verbs import ELSEWHERE, PHRASES
from wire.messages import verbs
from wire.messages.channel import BlobHave, Party
from wire.messages.verbs import VERBS, Ask, BlobPut

pytestmark = pytest.mark.pure


class Noted:
    """A desk that keeps what it is asked, and has every blob."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.where = Where()

    async def call(self, ask: Ask, **options: Any) -> Any:
        self.asked.append(ask)
        return BlobHave(bytes=ask.size) if isinstance(ask, BlobPut) else None

    def ask(self, where: Where, asking: Callable[[Any], Awaitable[Any]]) -> None:
        self.where = where

        async def all_of_it() -> None:
            await asking(self)

        asyncio.run(all_of_it())


def phrase_of(words: list[str]) -> tuple[Phrase, list[str]]:
    for phrase in sorted(PHRASES, key=lambda phrase: -len(phrase.words.split())):
        name = phrase.words.split()
        if words[: len(name)] == name:
            return phrase, words[len(name) :]
    raise AssertionError(words)


def typed(line: str) -> tuple[Result, Noted]:
    phrase, rest = phrase_of(shlex.split(line))
    desk, app = Noted(), typer.Typer(rich_markup_mode=None)
    app.command()(command(phrase, desk.ask))
    return CliRunner().invoke(app, rest), desk


def asked(line: str) -> Ask:
    result, desk = typed(line)
    assert result.exit_code == 0, result.output
    return desk.asked[0]


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ("status", verbs.Status()),
        ("queue", verbs.Queue()),
        ("queue waiting --limit 5", verbs.Queue(view="waiting", limit=5)),
        ("rows 3 4", verbs.RowsOf(ids=(3, 4))),
        ("thread 7 --before 90", verbs.Timeline(contact=7, before=90, watch=False)),
        ("contact show 7", verbs.Contact(contact=7)),
        ("contact compare 7 9", verbs.PlanMerge(kept=7, gone=9)),
        (
            "contact merge 7 9 --take name --take zone --keep tags",
            verbs.Merge(kept=7, gone=9, take=("name", "zone"), keep=("tags",)),
        ),
        ("contact unmerge 9", verbs.Unmerge(contact=9)),
        ("move --message 5 --into 12", verbs.Move(message=5, into=12)),
        ("move --conversation 3 --contact 7", verbs.Move(conversation=3, contact=7)),
        ("move preview --message 5", verbs.PlanMove(message=5)),
        ("move back 2", verbs.MoveBack(move=2)),
        ("contacts oksana k", verbs.FindContacts(words="oksana k")),
        ("search возврат денег", verbs.Search(query="возврат денег")),
        ("ledger --verdict quarantined", verbs.ReadLedger(verdict="quarantined")),
        ("ledger show 7", verbs.ReadItem(line=7)),
        ("ledger replay 7", verbs.Replay(line=7)),
        ("ledger reconcile support --take", verbs.Reconcile(account="support", fetch=True)),
        ("outbox --state failed", verbs.ReadOutbox(state="failed")),
        ("outbox again 5", verbs.Resend(message=5, settle="again")),
        ("outbox arrived 5", verbs.Resend(message=5, settle="sent")),
        ("outbox drop 5", verbs.Resend(message=5, settle="drop")),
        (
            "audit --who bob --contact 7 --since 2026-11-22T09:00+00:00",
            verbs.ReadAudit(who="bob", contact=7, since=1_795_338_000.0),
        ),
        ("agent consoles bob", verbs.ConsolesOf(agent="bob")),
        ("agent revoke UA", verbs.Logout(key="UA")),
        ("changes 100", verbs.Since(seq=100)),
        ("reply 17 'Hello there'", verbs.Reply(conversation=17, text="Hello there", anyway=True)),
        ("reply 17 Hi --seen 9", verbs.Reply(conversation=17, text="Hi", seen=9)),
        (
            "reply 17 Hi --to 'Oksana K <o@example.com>' --to b@example.com --subject Re",
            verbs.Reply(
                conversation=17,
                text="Hi",
                anyway=True,
                to=(
                    Party(address="o@example.com", name="Oksana K"),
                    Party(address="b@example.com"),
                ),
                subject="Re",
            ),
        ),
        (
            "compose email support 'Good day' --to a@example.com",
            verbs.Compose(
                kind="email",
                account="support",
                text="Good day",
                to=(Party(address="a@example.com"),),
            ),
        ),
        (
            "forward 5 --to a@example.com",
            verbs.Forward(message=5, to=(Party(address="a@example.com"),)),
        ),
        ("undo 5", verbs.Undo(message=5)),
        ("resend 5 --settle sent", verbs.Resend(message=5, settle="sent")),
        ("comment 17 'see above'", verbs.Comment(conversation=17, text="see above")),
        ("take 17", verbs.Take(conversation=17)),
        ("assign 17 bob", verbs.Assign(conversation=17, agent="bob")),
        ("assign 17 --team sales", verbs.Assign(conversation=17, team="sales")),
        ("release 17", verbs.Release(conversation=17)),
        (
            "transfer 17 --skill german --level 2 --note please",
            verbs.Transfer(conversation=17, skill="german", level=2, note="please"),
        ),
        ("resolve 17", verbs.Resolve(conversation=17)),
        ("reopen 17", verbs.Reopen(conversation=17)),
        (
            "tag 17 --add vip --add eu --remove new",
            verbs.Tag(conversation=17, add=("vip", "eu"), remove=("new",)),
        ),
        ("priority 17 urgent", verbs.Prioritise(conversation=17, priority=3)),
        ("presence break", verbs.SetPresence(presence="break")),
        ("block 4", verbs.Block(identity=4)),
        ("block 4 --no-blocked", verbs.Block(identity=4, blocked=False)),
        ("contact link 4 7", verbs.Link(identity=4, contact=7)),
        ("contact unlink 4", verbs.Unlink(identity=4)),
        (
            "note set 7 'likes tea' --revision 3",
            verbs.WriteNote(contact=7, revision=3, text="likes tea"),
        ),
        ("agent list", verbs.Who()),
        ("agent invite bob --hours 2", verbs.Invite(agent="bob", hours=2)),
        (
            "agent set bob --name Bob --role lead --team a --team b --skill german=2 --skill mail "
            "--limit webchat=3 --capacity 5 --no-enabled",
            verbs.SetAgent(
                agent="bob",
                new=False,
                name="Bob",
                role_is="lead",
                teams=("a", "b"),
                skills={"german": 2, "mail": 1},
                limits={"webchat": 3},
                capacity=5,
                enabled=False,
            ),
        ),
        ("agent set bob --team ''", verbs.SetAgent(agent="bob", teams=(), new=False)),
        ("agent set bob", verbs.SetAgent(agent="bob", new=False)),
        ("team add sales Sales", verbs.SetTeam(team="sales", name="Sales")),
        ("skill add german", verbs.SetSkill(skill="german")),
    ],
)
def test_a_line_is_this_verb(line: str, ask: Ask) -> None:
    assert asked(line) == ask


def test_a_moment_is_typed_as_people_say_it() -> None:
    snooze = asked("snooze 17 2026-11-23T09:00+00:00")
    assert snooze == verbs.Snooze(conversation=17, until=1_795_424_400.0)


def test_everything_that_can_be_asked_has_a_command() -> None:
    spoken = {phrase.ask for phrase in PHRASES}
    assert spoken | set(ELSEWHERE) == set(VERBS.values())
    assert not spoken & set(ELSEWHERE)


def test_who_adds_an_agent_gets_the_code_for_them() -> None:
    _, desk = typed("agent add bob --name Bob")
    assert desk.asked == [
        verbs.SetAgent(agent="bob", name="Bob", new=True),
        verbs.Invite(agent="bob"),
    ]


def test_a_file_is_sent_before_the_reply_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "offer.pdf"
    file.write_bytes(b"%PDF" * 10)
    _, desk = typed(f"reply 17 Hi --attach {file}")
    put, reply = desk.asked
    assert isinstance(put, BlobPut)
    assert isinstance(reply, verbs.Reply)
    assert [(a.name, a.size, a.media_type) for a in reply.attachments] == [
        ("offer.pdf", 40, "application/pdf")
    ]
    assert reply.attachments[0].sha256 == put.sha256


def test_common_options_say_which_desk_and_who() -> None:
    _, desk = typed("take 17 --data /tmp/desk --as bob --url nats://x --json")
    assert desk.where == Where(Path("/tmp/desk"), "nats://x", "bob", True)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("take x", "should be a valid integer"),
        ("take", "Missing argument"),
        ("take 1 --nonsense", "--nonsense"),
        ("queue nonsense", "nonsense"),
        ("snooze 17 soon", '"soon" is no time'),
        ("snooze 17 25:00", '"25:00" is no time'),
        ("priority 17 huge", '"huge" is no priority'),
        ("agent set bob --skill german=high", "german=2"),
        ("reply 17 Hi --to 'Oksana <>'", "An address is expected"),
    ],
)
def test_bad_input_is_a_sentence_and_status_2(line: str, sentence: str) -> None:
    result, desk = typed(line)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
    assert desk.asked == []
