"""Answers of the desk as a person reads them. Outside text is cleaned and never markup."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.paint import naming
from console.paint.why import why_lines
from console.safe import harmless
from console.words.catalogue import _, sentences, told
from cordboard.asking import as_json
from cordboard.hand_written import Unfolded
from wire.messages import verbs
from wire.messages.channel import Standing
from wire.messages.desk import CannedReply, ContactCard, ConversationRow, MessageRow, Note, Why
from wire.text import clean, clean_line

PIPED = 240
# Columns of a page that is for reading.
WIDTH = 100


def shown(answer: Any, place: str = "") -> None:
    """Print the answer for a person. `place` are the options that name the same desk again."""
    # Into a pipe or a file nothing is cut to the width of a screen that is not there.
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)
    for part in _parts(harmless(answer), place):
        console.print(part)


def _parts(answer: Any, place: str) -> Iterable[Any]:
    if isinstance(answer, tuple):
        return [part for one in answer for part in _parts(one, place)]
    if isinstance(answer, verbs.Invitation):
        return _invitation(answer, place)
    return SHOWN.get(type(answer), _raw)(answer)


def _raw(answer: Any) -> Iterable[Any]:
    return [Text(as_json(answer))]


def _done(done: verbs.Done) -> Iterable[Any]:
    if done.move:
        back = _("Moved. Undo it with: cordboard move back {move}", move=done.move)
        return [Text(back)]
    return [Text(told(done.said) or _("Done."))]


def _plan(plan: verbs.Plan) -> Iterable[Any]:
    return [Text(_line(told(said), 500)) for said in plan.said]


def _merge_plan(plan: verbs.MergePlan) -> Iterable[Any]:
    table = _table(_("field"), f"#{plan.kept}", f"#{plan.gone}", _("together"))
    for row in plan.fields:
        mark = "! " if row.conflict else ""
        _add(table, mark + row.name, _line(row.kept), _line(row.gone), _line(row.result, 80))
    yield table
    yield from (Text(_line(told(said), 500)) for said in plan.said)


def _invitation(invitation: verbs.Invitation, place: str) -> Iterable[Any]:
    command = f"cordboard login {invitation.agent} --code {invitation.code}{place}"
    return [
        Text(
            _(
                "{agent} logs in with this, once, until {until}:",
                agent=invitation.agent,
                until=_at(invitation.expires),
            )
        ),
        Text(f"  {command}", style="bold"),
    ]


def _queue(page: verbs.QueuePage) -> Iterable[Any]:
    if not page.rows:
        return [Text(_("Nothing here."))]
    more = [Text(_("More: --after {next}", next=page.next))] if page.next else []
    return [_conversations(page.rows, page.standings), *more]


def _conversations(
    rows: Iterable[ConversationRow], standings: Mapping[int, Standing] = MappingProxyType({})
) -> Table:
    heads = (_("due"), _("channel"), _("customer"), _("subject"), _("state"), _("owner"))
    table = _table("#", *heads, *([_("waits")] if standings else []))
    for row in rows:
        subject = row.subject or row.last_text
        _add(
            table,
            str(row.id),
            _due(row),
            row.kind,
            _line(row.contact_name),
            _line(subject, 60),
            row.status,
            row.owner or row.team,
            *([_waits(standings.get(row.id, Standing()))] if standings else []),
        )
    return table


def _waits(standing: Standing) -> str:
    """Where it stands, and how long that takes in eight of ten cases."""
    if not standing.position:
        return ""
    if standing.low is None or standing.high is None:
        return _("{place}: nobody here could take it", place=standing.position)
    return _(
        "{place}: {low} to {high} min",
        place=standing.position,
        low=f"{standing.low / 60:.0f}",
        high=f"{standing.high / 60:.0f}",
    )


def _standing(standing: Standing) -> Iterable[Any]:
    return [Text(_waits(standing) or _("It does not wait."))]


def _due(row: ConversationRow) -> str:
    if row.due is None:
        return ""
    left = row.due - time.time()
    size, unit = next(
        ((n, u) for n, u in ((86_400, "d"), (3600, "h"), (60, "m")) if abs(left) >= n), (1, "s")
    )
    return f"{'-' if left < 0 else ''}{int(abs(left) // size)}{unit}"


def _timeline(page: verbs.TimelinePage) -> Iterable[Any]:
    lines = [part for row in page.messages for part in _message(row)]
    more = [Text(_("Earlier: --before {id}", id=page.messages[0].id))] if page.more else []
    return [*more, *lines] or [Text(_("Nothing here."))]


def _message(row: MessageRow) -> Iterable[Any]:
    who = row.author or row.agent or told(row.said) or row.by
    head = f"{row.id}  {_at(row.at)}  {row.kind}  "
    state = f"  [{row.state}]" if row.state else ""
    style = "italic" if row.by in ("comment", "desk") else "bold"
    yield Text.assemble(head, (_line(who), style), state)
    if row.text:
        yield Padding(Text(clean(row.text)), (0, 0, 0, 4))
    for file in row.attachments:
        yield Padding(Text(f"{_line(file.name)}  {file.size} B  {file.sha256}"), (0, 0, 0, 4))


def _card(card: ContactCard) -> Iterable[Any]:
    yield Text(f"{card.id}  {_line(card.name)}", style="bold")
    tags = f"{_('tags')}: {_line(', '.join(card.tags), 200)}" if card.tags else ""
    if known := [words for words in (_line(card.company), _line(card.language), tags) if words]:
        yield Text("  " + " · ".join(known))
    for row in card.identities:
        marks = [_("verified")] * row.verified + [_("blocked")] * row.blocked
        yield Text(f"  {row.id}  {row.kind}  {_line(row.address)}  {', '.join(marks)}")
    for one in card.merged:
        yield Text(_("  with #{number} {name}, merged by {agent}", number=one.id,
                     name=_line(one.name), agent=one.by))  # fmt: skip
    for warning in card.warnings:
        yield Text(f"  ! {_line(warning)}")
    if card.note:
        yield from _note(card.note)
    if card.conversations:
        yield _conversations(card.conversations)


def _note(note: Note) -> Iterable[Any]:
    yield Text(_("Note, revision {revision}:", revision=note.revision))
    yield Padding(Text(clean(note.text)), (0, 0, 0, 2))


def _hits(hits: verbs.Hits) -> Iterable[Any]:
    if not hits.hits:
        return [Text(_("Nothing found."))]
    table = _table(_("contact"), _("conversation"), _("when"), _("found"))
    for hit in hits.hits:
        _add(
            table,
            f"{hit.contact} {_line(hit.contact_name)}",
            str(hit.conversation or ""),
            _at(hit.at),
            _line(hit.snippet, 100),
        )
    return [table]


def _why(why: Why, *, unfolded: bool = False) -> Iterable[Any]:
    """The sheet of the console, decisions by their numbers: no key is pressed here."""
    for line in why_lines(why, time.time(), WIDTH, unfolded=unfolded, numbered=True):
        yield Text("".join(span.text for span in line.left).rstrip())


def _ledger(ledger: verbs.Ledger) -> Iterable[Any]:
    table = _table("#", _("when"), _("account"), _("verdict"), _("again"), _("reason"), _("what"))
    for row in ledger.rows:
        account = f"{row.kind} {row.account}"
        reason = _line(sentences(row.reason), 80)
        what = _line(row.said or row.event, 60)
        again = str(row.again or "")
        _add(table, str(row.id), _at(row.at), account, row.verdict, again, reason, what)
    return [table]


def _ledger_item(item: verbs.LedgerItem) -> Iterable[Any]:
    row = item.row
    yield Text(f"{row.id}  {_at(row.at)}  {row.kind} {row.account}  {row.verdict}", style="bold")
    facts = {
        _("reason"): sentences(row.reason),
        _("event"): row.event,
        _("came again"): f"{row.again}, {_at(row.last_at)}" if row.again else "",
        _("contact"): str(item.contact or ""),
        _("conversation"): str(item.conversation or ""),
        _("message"): str(row.message or ""),
    }
    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value:
            _add(grid, name, _line(value, 500))
    yield grid
    yield Text(clean(item.text))
    if item.cut:
        yield Text(_("(there is more of it)"), style="dim")


def _reconciled(found: verbs.Reconciled) -> Iterable[Any]:
    grid = Table.grid(padding=(0, 2))
    _add(grid, _("in the mailbox"), str(found.upstream))
    _add(grid, _("not in the ledger"), str(len(found.missing)))
    _add(grid, _("fetched now"), str(found.taken))
    _add(grid, _("in the ledger, not in the mailbox any more"), str(found.gone))
    yield grid
    if found.missing:
        table = _table(_("when"), _("event"), _("what"))
        for item in found.missing:
            _add(table, _at(item.at), _line(item.event, 60), _line(item.said, 80))
        yield table
    if found.more:
        yield Text(_("There is more than one comparison looks at. Say --since."), style="bold")


def _outbox(outbox: verbs.Outbox) -> Iterable[Any]:
    table = _table(_("message"), _("when"), _("to"), _("state"), _("tries"), _("reason"), _("text"))
    for row in outbox.rows:
        to = _line(f"{row.kind} {row.remote}", 40)
        reason = sentences(row.reason) or (
            _("waits for the message {number} before it", number=row.behind) if row.behind else ""
        )
        cells = (row.state, str(row.attempt), _line(reason, 80), _line(row.text))
        _add(table, str(row.message), _at(row.at), to, *cells)
    return [table]


def _audit(page: verbs.Audit) -> Iterable[Any]:
    names = (_("when"), _("who"), _("what"), _("contact"), _("conversation"), _("message"), "")
    table = _table(*names)
    for row in page.rows:
        ids = (str(number or "") for number in (row.contact, row.conversation, row.message))
        _add(table, _at(row.at), row.agent, row.what, *ids, _line(row.detail, 100))
    more = [Text(_("More: --before {next}", next=page.next))] if page.next else []
    return [table, *more]


def _consoles(consoles: verbs.Consoles) -> Iterable[Any]:
    table = _table(_("key"), _("since"), _("console"))
    for row in consoles.rows:
        _add(table, row.key, _at(row.since), _line(row.console))
    return [table]


def _status(status: verbs.DeskStatus) -> Iterable[Any]:
    if status.read_only:
        yield Text(told(status.read_only), style="bold")
    if status.paused:
        yield Text(_("Nothing is sent, until: cordboard resume"), style="bold")
    facts = {
        # Of the whole desk; who does not lead is told of their teams only.
        **({_("messages"): status.messages} if status.messages else {}),
        _("conversations"): status.conversations,
        _("waiting"): status.waiting,
        _("assigned"): status.assigned,
        _("epoch"): status.epoch,
    }
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        _add(table, name, str(value))
    for name, counts in ((_("outbox"), status.outbox), (_("came in"), status.ledger)):
        if counts:
            _add(table, name, ", ".join(f"{key} {count}" for key, count in counts.items()))
    for team, standing in status.waits.items():
        _add(table, _("last in {team}", team=team), _waits(standing))
    for account in status.accounts:
        state = f"{account.health or _('silent')} {_line(account.health_said, 200)}"
        _add(table, f"{account.kind} {account.account}", state)
    # One that never came up has only its health to show.
    known = {f"{account.kind}.{account.account}" for account in status.accounts}
    for name, health in status.health.items():
        if name not in known:
            _add(table, name.replace(".", " "), f"{health.state} {_line(health.said, 200)}")
    yield table


def _problems(problems: verbs.Problems) -> Iterable[Any]:
    if not problems.rows:
        return [Text(_("Everything that waits could be taken by somebody."))]
    table = _table(_("waiting"), _("oldest"), _("what"))
    for row in problems.rows:
        _add(table, str(row.waiting), f"#{row.conversation}", _line(told(row.said), 120))
    return [table]


def _people(people: verbs.Colleagues) -> Iterable[Any]:
    table = _table(
        _("agent"), _("name"), _("role"), _("presence"), _("work"), _("teams"), _("skills")
    )
    for row in people.agents:
        _add(
            table,
            row.id,
            _line(row.name),
            row.role,
            _line(naming.presence_of(row, time.time()), 50),
            f"{row.load}/{row.capacity}",
            ", ".join((*row.teams, *(f"({team})" for team in row.secondary))),
            ", ".join(f"{skill}={level}" for skill, level in row.skills.items()),
        )
    return [table]


def _offers(page: verbs.OffersPage) -> Iterable[Any]:
    table = _table("#", _("conversation"), _("customer"), _("by"), _("about"), _("needs"), _("for"))
    for row in page.rows:
        left = f"{max(round(row.until - time.time()), 0)} s"
        about = _line(row.subject or row.last_text)
        _add(table, str(row.id), str(row.conversation), _line(row.contact_name),
             naming.channel(row.kind), about, _line(told(row.said), 60), left)  # fmt: skip
    return [table] if page.rows else [Text(_("Nothing is offered to you."))]


def _canned(reply: CannedReply) -> Iterable[Any]:
    yield Text(f"{reply.id}  {_line(reply.title)}", style="bold")
    yield Padding(Text(clean(reply.text)), (0, 0, 0, 2))


def _changes(changes: verbs.Changes) -> Iterable[Any]:
    table = _table("#", _("when"), _("what"), _("conversation"), _("agent"))
    for row in changes.changes:
        _add(table, str(row.seq), _at(row.at), row.what, str(row.conversation or ""), row.agent)
    return [table]


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="ellipsis", no_wrap=True)
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(Text(cell) for cell in cells))


def _line(text: str, limit: int = 40) -> str:
    """Outside text as one clean line."""
    return clean_line(text, limit)


def _at(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment)) if moment else ""


SHOWN: dict[type, Callable[[Any], Iterable[Any]]] = {
    verbs.Done: _done,
    verbs.Plan: _plan,
    verbs.MergePlan: _merge_plan,
    verbs.QueuePage: _queue,
    verbs.Rows: lambda page: [_conversations(page.rows)],
    verbs.TimelinePage: _timeline,
    verbs.Contacts: lambda found: [part for card in found.rows for part in _card(card)],
    verbs.Hits: _hits,
    verbs.Ledger: _ledger,
    verbs.LedgerItem: _ledger_item,
    verbs.Reconciled: _reconciled,
    verbs.Outbox: _outbox,
    verbs.DeskStatus: _status,
    Standing: _standing,
    verbs.Audit: _audit,
    verbs.Consoles: _consoles,
    verbs.Colleagues: _people,
    verbs.OffersPage: _offers,
    verbs.Changes: _changes,
    verbs.Problems: _problems,
    ContactCard: _card,
    Note: _note,
    CannedReply: _canned,
    Why: _why,
    Unfolded: lambda found: _why(found.why, unfolded=True),
}
