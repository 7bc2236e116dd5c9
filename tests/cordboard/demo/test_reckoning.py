"""The reckoning of a run: what was lost, shown twice, answered, and how long people waited."""

import pytest

from cordboard.demo.customers.ledger import Declined, Entry, Got, Sent, Taken
from cordboard.demo.reckoning import Report, Shown, Waits, reckon, waits

pytestmark = pytest.mark.pure


def sent(token: str, at: float, customer: str = "o@x", channel: str = "email") -> list[Entry]:
    return [Sent(token, channel, customer, at), Taken(token, at + 0.1)]


def report(
    ledger: list[Entry],
    threads: list[Shown],
    mailbox: tuple[str, ...] = (),
    owned: tuple[int, ...] = (),
) -> Report:
    return reckon(ledger, mailbox, threads, set(owned))


def test_what_was_accepted_and_stands_nowhere_is_lost() -> None:
    ledger = [*sent("A-1", 1.0), *sent("A-2", 2.0)]
    found = report(ledger, [Shown(1, 10, "customer", ("A-1",))])
    assert (found.came_in, found.lost, found.lost_tokens) == (2, 1, ("A-2",))
    assert not found.good


def test_what_was_not_accepted_cannot_be_lost() -> None:
    found = report([Sent("A-1", "email", "o@x", 1.0)], [])
    assert (found.came_in, found.lost, found.under_way) == (0, 0, 1)
    assert found.good


def test_what_was_refused_is_neither_lost_nor_under_way() -> None:
    ledger: list[Entry] = [Sent("A-1", "email", "o@x", 1.0), Declined("A-1", 2.0, "550 no")]
    found = report(ledger, [])
    assert (found.lost, found.under_way, found.refused) == (0, 0, 1)


def test_a_message_that_stands_twice_is_found() -> None:
    threads = [Shown(1, 10, "customer", ("A-1",)), Shown(2, 11, "customer", ("A-1",))]
    found = report(sent("A-1", 1.0), threads)
    assert (found.shown_twice, found.twice) == (1, ("A-1",))


def test_an_agent_who_repeats_a_customers_token_shows_nothing_twice() -> None:
    threads = [Shown(1, 10, "customer", ("A-1",)), Shown(2, 10, "agent", ("A-1",))]
    assert report(sent("A-1", 1.0), threads).shown_twice == 0


def test_a_mail_that_arrived_twice_is_shown_twice() -> None:
    assert report([], [], mailbox=("<a@x>", "<b@x>", "<a@x>")).twice == ("<a@x>",)


def test_routed_is_what_an_agent_had_and_answered_what_an_agent_wrote_after() -> None:
    ledger = [*sent("A-1", 1.0), *sent("A-2", 2.0), *sent("A-3", 3.0)]
    threads = [
        Shown(1, 10, "customer", ("A-1",)),
        Shown(2, 10, "agent", state="sent"),
        Shown(3, 10, "customer", ("A-2",)),
        Shown(4, 11, "customer", ("A-3",)),
    ]
    found = report(ledger, threads, owned=(10,))
    assert (found.routed, found.answered, found.sent) == (2, 1, 1)


def test_an_answer_that_is_read_by_mail_and_again_later_was_delivered_once() -> None:
    ledger: list[Entry] = [
        Got("out-1", "webchat", "o@x", 2.0),
        Got("out-1", "webchat", "o@x", 9.0),
        Got("out-1", "webchat", "i@x", 3.0),
    ]
    assert report(ledger, []).delivered == 2


def test_a_customer_waits_from_the_oldest_unanswered_message() -> None:
    ledger = [
        *sent("A-1", 10.0),
        *sent("A-2", 20.0),
        Got("out-1", "email", "o@x", 70.0),
        Got("out-2", "email", "o@x", 80.0),
        *sent("A-3", 100.0, channel="webchat"),
        Got("out-3", "webchat", "o@x", 104.0),
    ]
    assert waits(ledger) == {"email": Waits(1, 60.0, 60.0), "webchat": Waits(1, 4.0, 4.0)}


def test_percentiles_come_from_all_waits_of_a_channel() -> None:
    ledger: list[Entry] = []
    for number in range(100):
        ledger += sent(f"A-{number}", 0.0, customer=str(number))
        ledger.append(Got(f"out-{number}", "email", str(number), float(number + 1)))
    assert waits(ledger)["email"] == Waits(100, 50.5, 96.0)
