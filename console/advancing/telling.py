"""What news change in the view. Pure."""

from dataclasses import replace

import msgspec

from console.advancing.listing import ordered
from console.advancing.reading import noted, with_messages
from console.view import Seen, View, in_list
from wire.messages import news
from wire.messages.desk import ConversationRow, MessageRow, OfferRow


def told(view: View, body: news.Body) -> View:
    match body:
        case news.ConversationIs(row=row):
            return _row_told(view, row)
        case news.MessageIs(row=message):
            return _message_told(view, message)
        case news.NoteIs(note=note):
            return noted(view, note)
        case news.CountsAre(counts=counts):
            return replace(view, counts=counts)
        case news.CustomerDoes():
            return _customer_does(view, body)
        case news.AgentDoes(agent=agent, conversation=conversation, writing=writing):
            seen = {**view.seen, agent: Seen(conversation, writing, view.now)}
            return replace(view, seen=seen)
        case news.PresenceIs() | news.AgentIs() | news.TeamIs():
            return _people(view, body)
        case news.OffersAre(offers=offers):
            return _offered(view, offers)
        case news.Notice():
            return replace(view, notices=(*view.notices, body)[-20:])
    return view


def _offered(view: View, offers: tuple[OfferRow, ...]) -> View:
    """Each new one rings."""
    known = {offer.id for offer in view.offers}
    new = sum(offer.id not in known for offer in offers)
    return replace(view, offers=offers, arrived=view.arrived + new)


def reminded(view: View, now: float) -> int:
    """Of how many offers the last tenth of their time begins: they ring once more."""
    last = (offer.until - (offer.until - offer.at) / 10 for offer in view.offers)
    return sum(view.now < moment <= now for moment in last)


def _row_told(view: View, row: ConversationRow) -> View:
    old = view.rows.get(row.id)
    if old and old.version > row.version:
        return view
    was_mine = old is not None and in_list(old, "mine", view)
    arrived = view.arrived + (in_list(row, "mine", view) and not was_mine)
    known = replace(view, rows={**view.rows, row.id: row}, arrived=arrived)
    thread = view.thread
    if thread and row.contact == thread.contact and row.id not in thread.conversations:
        known = replace(
            known, thread=replace(thread, conversations=(*thread.conversations, row.id))
        )
    return ordered(known)


def _message_told(view: View, message: MessageRow) -> View:
    thread = view.thread
    if thread is None or thread.contact != message.contact:
        return view
    messages = with_messages(thread.messages, (message,))
    typing = 0.0 if message.by == "customer" else thread.typing_at
    return replace(view, thread=replace(thread, messages=messages, typing_at=typing))


def _customer_does(view: View, does: news.CustomerDoes) -> View:
    thread = view.thread
    if thread is None or thread.contact != does.contact:
        return view
    typing = thread.typing_at
    if does.typing is not None:
        typing = view.now if does.typing else 0.0
    online = thread.online if does.online is None else does.online
    page = does.page or thread.page
    return replace(view, thread=replace(thread, typing_at=typing, online=online, page=page))


def _people(view: View, body: news.PresenceIs | news.AgentIs | news.TeamIs) -> View:
    if isinstance(body, news.TeamIs):
        teams = tuple(body.row if team.id == body.row.id else team for team in view.teams)
        return replace(view, teams=teams)
    if isinstance(body, news.AgentIs):
        row = body.row
    else:
        known = view.colleagues.get(body.agent)
        if known is None:
            return view
        row = msgspec.structs.replace(
            known, presence=body.presence, reason=body.reason, since=body.at
        )
    me = row if row.id == view.me.id else view.me
    return replace(view, colleagues={**view.colleagues, row.id: row}, me=me)
