"""How each event makes the next view. Pure.

A row, message or card is taken only when its version is not older than what is there, so pages and
news may arrive in any order.
"""

from dataclasses import replace

from console.advancing.listing import listed
from console.advancing.reading import noted, read
from console.advancing.telling import reminded, told
from console.events import (
    CardCame,
    CursorMoved,
    Event,
    Held,
    ListTurned,
    MessagesCame,
    MoveMade,
    NoticesRead,
    PageCame,
    PaneFocused,
    RowsCame,
    StrandChosen,
    ThreadClosed,
    ThreadOpened,
    Ticked,
    WritingIs,
)
from console.view import LinkIs, View
from wire.messages.desk import Note
from wire.messages.verbs import Colleagues, Welcome


def advance(view: View, event: Event) -> View:
    """The next view. Events that say nothing new give the same view."""
    match event:
        case Ticked(now):
            return replace(view, now=now, arrived=view.arrived + reminded(view, now))
        case LinkIs():
            return replace(view, link=event)
        case WritingIs(read_only, paused):
            return replace(view, read_only=read_only, paused=paused)
        case Welcome():
            return _welcomed(view, event)
        case Colleagues():
            known = {agent.id: agent for agent in event.agents}
            me = known.get(view.me.id, view.me)
            return replace(view, me=me, colleagues=known, teams=event.teams or view.teams)
        case ListTurned() | PageCame() | RowsCame() | CursorMoved() | Held():
            return listed(view, event)
        case PaneFocused(pane):
            return view if pane == view.pane else replace(view, pane=pane)
        case ThreadOpened() | StrandChosen() | ThreadClosed() | MessagesCame() | CardCame():
            return read(view, event)
        case Note():
            return noted(view, event)
        case MoveMade(move):
            return replace(view, moved=move)
        case NoticesRead():
            return replace(view, notices=(), arrived=0)
    return told(view, event)


def _welcomed(view: View, welcome: Welcome) -> View:
    known = {agent.id: agent for agent in welcome.colleagues} | {welcome.agent.id: welcome.agent}
    # Another epoch may count versions anew after a restore: nothing old outlives it.
    rows = view.rows if view.epoch == welcome.epoch else {}
    return replace(
        view,
        me=welcome.agent,
        epoch=welcome.epoch,
        rows=rows,
        counts=welcome.counts,
        teams=welcome.teams,
        colleagues=known,
        accounts=welcome.accounts,
        canned=welcome.canned,
        offers=welcome.offers,
        read_only=welcome.read_only,
        paused=welcome.paused,
    )
