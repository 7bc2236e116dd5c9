"""A router killed while something is offered and something is finished: both are as they were."""

import smtplib
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.letters import DESK, letter
from wire.messages.desk import AgentRow, OfferRow
from wire.messages.verbs import (
    Accept,
    Hello,
    Offers,
    Resolve,
    RulebookLoad,
    SetAgent,
    SetPresence,
    Wrapped,
)

pytestmark = pytest.mark.kills

RULES = "[offers]\nemail = 600\n\n[wrap_up]\nemail = 600\n"


def _writes(desk: WholeDesk, customer: str) -> OfferRow:
    """A customer writes, and it is offered to the admin, who answers mail here."""
    with smtplib.SMTP("127.0.0.1", desk.smtp_port, "localhost", timeout=20) as smtp:
        smtp.sendmail(customer, [DESK], letter(customer, "Hm", "?").as_bytes())
    offers: tuple[OfferRow, ...] = desk.until(lambda: _offers(desk), "an offer")
    return offers[0]


def _offers(desk: WholeDesk) -> tuple[OfferRow, ...]:
    return tuple(desk.asks(Offers()).rows)


def _me(desk: WholeDesk) -> AgentRow:
    found: AgentRow = desk.asks(Hello()).agent
    return found


def test_a_router_that_is_killed_forgets_neither(tmp_path: Path) -> None:
    with whole_desk(tmp_path) as desk:
        desk.asks(RulebookLoad(text=RULES))
        desk.asks(SetAgent(agent="admin", teams=("support",), capacity=2))
        desk.asks(SetPresence(presence="online"))
        first = _writes(desk, "jan@home.test")
        desk.asks(Accept(offer=first.id))
        desk.asks(Resolve(conversation=first.conversation))
        offered, before = _writes(desk, "olena@home.test"), _me(desk)
        assert (before.load, before.wraps_until > 0) == (2, True)
        desk.until_back("router", desk.kill("router"))
        assert _offers(desk) == (offered,)
        after = _me(desk)
        assert (after.load, after.wraps_until) == (2, before.wraps_until)
        desk.asks(Accept(offer=offered.id))
        desk.asks(Wrapped())
        assert _me(desk).load == 1
        assert [row.owner for row in desk.conversations()] == ["admin", "admin"]
