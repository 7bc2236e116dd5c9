"""Who has it: take, assign, release, transfer."""

from collections.abc import Iterator

import msgspec

from console.paint import naming
from console.stage import Choice, Stage
from console.view import View
from console.words.catalogue import _, told
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.desk import AgentRow
from wire.messages.verbs import Assign, Colleagues, HandOver, Release, Take, Transfer, Who

ORDER = {"online": 0, "wrap-up": 1, "busy": 2, "break": 3, "away": 4, "not-responding": 5,
         "offline": 6}  # fmt: skip


async def take(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row and await stage.desk.do(Take(conversation=row.id)) is not None:
        stage.say(_("It is yours."))


async def release(stage: Stage, words: str = "") -> None:
    row = stage.view.pointed
    if row and await stage.desk.do(Release(conversation=row.id)) is not None:
        stage.say(_("It waits for somebody else now."))


async def assign(stage: Stage, words: str = "") -> None:
    """Give it to a colleague or to a team."""
    row = stage.view.pointed
    if row is None:
        return
    chosen = await _who(stage, _("Assign to whom?"), words, skills=False)
    if chosen is None:
        return
    kind, name = chosen
    ask = Assign(conversation=row.id, **{kind: name})
    if await stage.desk.do(ask) is not None:
        stage.say(_("{name} has it now.", name=name))


async def transfer(stage: Stage, words: str = "") -> None:
    """Hand it over with a word for the next one."""
    row = stage.view.pointed
    if row is None:
        return
    name, _space, note = words.partition(" ")
    chosen = await _who(stage, _("Transfer to whom?"), name, skills=True)
    if chosen is None:
        return
    if not note:
        given = await stage.drawers.prompt(_("A word for them (may be empty)"), _nothing, free=True)
        if given is None:
            return
        note = given.text.strip()
    kind, name = chosen
    ask = msgspec.structs.replace(Transfer(conversation=row.id, note=note), **{kind: name})
    if await stage.desk.do(ask) is not None:
        stage.say(_("Handed over to {name}.", name=name))


async def hand_over(stage: Stage, words: str = "") -> None:
    """All that one has. With a colleague's name first, what they have: for leads."""
    whose, _space, name = words.strip().rpartition(" ")
    queue = Choice(("queue", ""), _("the queue"), _("each to whoever is able"))
    chosen = await _who(stage, _("Hand everything over to whom?"), name, skills=False, more=queue)
    if chosen is None:
        return
    kind, to = chosen
    ask = HandOver(agent=whose or stage.view.me.id, owner=to if kind == "agent" else "",
                   team=to if kind == "team" else "")  # fmt: skip
    done = await stage.desk.do(ask)
    if done is not None:
        stage.say(told(done.said))


def _nothing(words: str) -> tuple[Choice, ...]:
    return ()


async def _who(
    stage: Stage, title: str, words: str, *, skills: bool, more: Choice | None = None
) -> tuple[str, str] | None:
    """("agent" | "team" | "skill", its id), or what `more` means."""
    known = await _colleagues(stage)
    choices = [*_agents(stage.view), *_teams(stage.view)]
    if more is not None:
        choices.append(more)
    if skills:
        choices += [Choice(("skill", s), s, _("skill")) for s in known.skills]
    named = [choice for choice in choices if words.strip() and choice.value[1] == words.strip()]
    if named:
        found: tuple[str, str] = named[0].value
        return found

    def fitting(typed: str) -> list[Choice]:
        wanted = typed.casefold()
        return [c for c in choices if wanted in f"{c.title} {c.value[1]}".casefold()]

    given = await stage.drawers.prompt(title, fitting)
    if given is None or given.choice is None:
        return None
    chosen: tuple[str, str] = given.choice.value
    return chosen


async def _colleagues(stage: Stage) -> Colleagues:
    try:
        known: Colleagues = await stage.desk.call(Who())
    except (Refused, BusError):
        return Colleagues(agents=(), teams=())
    stage.tell(known)
    return known


def _agents(view: View) -> Iterator[Choice]:
    def rank(agent: AgentRow) -> tuple[int, float]:
        return ORDER[agent.presence], agent.load / max(agent.capacity, 1)

    for agent in sorted(view.colleagues.values(), key=rank):
        if agent.id == view.me.id:
            continue
        mark, style = naming.PRESENCE_MARKS[agent.presence]
        # How much somebody of another team has is not told.
        load = f" {agent.load}/{agent.capacity}" if agent.capacity else ""
        detail = naming.presence_of(agent, view.now) + load
        yield Choice(("agent", agent.id), f"{mark} {agent.name or agent.id}", detail, style=style)


def _teams(view: View) -> Iterator[Choice]:
    for team in view.teams:
        yield Choice(("team", team.id), team.name or team.id, _("team"))
