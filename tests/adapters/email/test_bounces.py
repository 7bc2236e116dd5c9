"""Mails that came back: by their report, our own return path, or a known wording."""

import pytest

from adapters.email import bounces, events, tokens
from adapters.email.mail import Mail
from adapters.sdk import BouncedIn, Event, MessageIn
from tests.adapters.email.letters import NOW, letter, mixed, part, read

pytestmark = pytest.mark.pure

KEY = b"a key of ours for this account"
DOMAIN = "desk.test"
OURS = tokens.message_id(KEY, 42, "out-9", DOMAIN)
BACK = tokens.return_address(KEY, "bounce@desk.test", 42, "out-9")


def report(*fields: str, enclosed: str = "") -> bytes:
    status = part(
        "Reporting-MTA: dns; mx.test\r\n\r\n" + "\r\n".join(fields),
        "Content-Type: message/delivery-status",
    )
    original = part(enclosed + "\r\n\r\nhi", "Content-Type: message/rfc822")
    return mixed(part("It failed."), status, original, kind="report; report-type=delivery-status")


def event(raw: bytes, *recipients: str) -> Event:
    return events.event(
        read(raw), raw, id_="1", at=NOW, secret=KEY, domain=DOMAIN, recipients=recipients
    )


def bounced(raw: bytes, *recipients: str) -> BouncedIn:
    found = event(raw, *recipients)
    assert isinstance(found, BouncedIn)
    return found


def test_a_report_is_read_from_its_own_part_and_not_from_the_text() -> None:
    raw = mixed(
        part("Action: delivered\r\nFinal-Recipient: rfc822; ceo@bank.test\r\nStatus: 2.0.0"),
        part(
            "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; ann@x.test\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550\r\n no such user",
            "Content-Type: message/delivery-status",
        ),
        kind="report; report-type=delivery-status",
    )
    said = read(raw).bounce
    assert said is not None
    assert (said.addresses, said.failed, said.sure) == (("ann@x.test",), True, True)
    assert said.reason == "5.1.1 smtp; 550 no such user"


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        (("Action: failed", "Status: 5.1.1"), True),
        # It was tried for days and given up.
        (("Action: failed", "Status: 4.4.7"), True),
        (("Action: failed (bad destination)", "Status: 5.1.1"), True),
        (("Status: 5.1.1",), True),
        (("Action: delayed", "Status: 4.4.1"), False),
        (("Status: 4.4.1",), False),
        (("Action: delivered", "Status: 2.0.0"), False),
        (("Action: relayed", "Status: 2.0.0"), False),
        (("Action: expanded", "Status: 2.0.0"), False),
    ],
)
def test_the_action_says_whether_it_failed(fields: tuple[str, ...], failed: bool) -> None:
    said = read(report("Final-Recipient: rfc822; a@x.test", *fields)).bounce
    assert said is not None
    assert said.failed == failed


def test_of_several_recipients_the_failed_ones_are_named() -> None:
    said = bounced(
        report(
            *("Final-Recipient: rfc822; one@x.test", "Action: delivered", "Status: 2.0.0", ""),
            *("Final-Recipient: rfc822; two@x.test", "Action: failed", "Status: 5.1.1", ""),
            *("Final-Recipient: rfc822; three@x.test", "Action: failed", "Status: 5.2.2"),
            enclosed=f"Message-ID: {OURS}",
        )
    )
    assert (said.address, said.reason) == ("two@x.test", "5.1.1 (and three@x.test)")


def test_the_address_as_we_wrote_it_is_named_and_not_the_one_it_was_forwarded_to() -> None:
    said = bounced(
        report(
            "Original-Recipient: rfc822; ann@x.test",
            "Final-Recipient: rfc822; elsewhere@y.test",
            "Action: failed",
        )
    )
    assert said.address == "ann@x.test"


def test_the_return_path_names_the_message_whatever_the_text_says() -> None:
    lying = report(
        "Final-Recipient: rfc822; x@y.test", "Action: failed", enclosed="Message-ID: <a@b>"
    )
    said = bounced(lying, BACK)
    assert (said.message_id, said.proved) == (OURS, True)
    assert bounced(lying.replace(b"To:", b"X:"), BACK.upper()).message_id == OURS


@pytest.mark.parametrize(
    "forged",
    [
        BACK.replace("+b42", "+b43"),
        BACK.replace("out-9", "out-8"),
        tokens.return_address(b"another key", "bounce@desk.test", 42, "out-9"),
        "bounce@desk.test",
        "bounce+b42.out-9@desk.test",
        # The mark of a reply address does not do for a return path.
        tokens.reply_address(KEY, "bounce@desk.test", 42),
    ],
)
def test_a_forged_return_path_names_nothing(forged: str) -> None:
    said = bounced(report("Final-Recipient: rfc822; x@y.test", "Action: failed"), forged)
    assert (said.message_id, said.proved) == ("", False)


def test_a_return_path_does_not_do_for_a_reply_address() -> None:
    assert tokens.proved(KEY, addresses=[BACK]) == 0


def test_a_tag_that_finds_no_room_is_left_out() -> None:
    long = f"{'a' * 40}@desk.test"
    assert tokens.return_address(KEY, long, 42, "out-9") == long
    assert tokens.return_address(KEY, "b@desk.test", 42, "OUT 9") == "b@desk.test"


def test_of_the_ids_in_a_bounce_the_one_of_the_enclosed_mail_counts() -> None:
    older = tokens.message_id(KEY, 42, "out-1", DOMAIN)
    enclosed = f"References: {older}\r\nMessage-ID: {OURS}"
    said = bounced(report("Final-Recipient: rfc822; x@y.test", "Action: failed", enclosed=enclosed))
    assert (said.message_id, said.proved) == (OURS, False)


def test_a_delay_goes_to_its_conversation_as_a_machines_message() -> None:
    raw = report(
        "Final-Recipient: rfc822; x@y.test", "Action: delayed", enclosed=f"Message-ID: {OURS}"
    )
    found = event(raw)
    assert isinstance(found, MessageIn)
    assert (found.proved, found.automatic) == (42, True)


def test_an_answering_machine_that_writes_to_the_return_path_finds_the_conversation() -> None:
    found = event(letter("I am away", "Auto-Submitted: auto-replied"), BACK)
    assert isinstance(found, MessageIn)
    assert (found.proved, found.automatic) == (42, True)


QMAIL = (
    "Hi. This is the qmail-send program at mx.test.\r\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    "<ann@x.test>:\r\nSorry, no mailbox here by that name.\r\n\r\n"
    "--- Below this line is a copy of the message.\r\n\r\n"
)


def test_a_server_without_reports_is_understood_by_its_wording() -> None:
    raw = letter(
        QMAIL + f"Message-ID: {OURS}\r\n",
        "Subject: failure notice",
        sender="MAILER-DAEMON@mx.test",
    )
    said = bounced(raw)
    assert (said.address, said.message_id) == ("ann@x.test", OURS)
    assert said.reason == "failure notice"


def test_a_person_who_sends_us_a_bounce_is_answered_as_a_person() -> None:
    asked = letter(QMAIL, "Subject: Re: my mail was not delivered", f"In-Reply-To: {OURS}")
    assert read(asked).bounce is not None  # its wording is that of one
    found = event(asked)
    assert isinstance(found, MessageIn)
    assert (found.automatic, found.proved) == (False, 42)


def test_a_wording_that_breaks_the_detectors_is_a_mail_like_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_mail: object) -> None:
        raise RecursionError

    monkeypatch.setattr("adapters.email.reading.bounces.all_failures", broken)
    assert isinstance(read(letter(QMAIL, "Subject: failure notice")), Mail)


def test_an_enclosed_id_is_looked_for_below_the_head_only() -> None:
    assert bounces.enclosed(letter("hi", f"In-Reply-To: {OURS}"), KEY) == ""
    assert bounces.enclosed(letter(f"> Message-ID: {OURS}"), KEY) == OURS
