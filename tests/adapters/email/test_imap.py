"""IMAP against a real Dovecot: quick, complete, once, and clear when it does not work."""

import asyncio
import imaplib
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from adapters.email.adapter import Email
from adapters.email.config import OAuth
from adapters.sdk import AuthFailed, MessageIn, Secret, Unavailable, UnreadableIn
from tests.adapters.email.conftest import account, at_work, is_ready, letter, subjects, until
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.program


@pytest.fixture(autouse=True)
def _empty(mail: Dovecot) -> Iterator[None]:
    """Each test has its mailbox to itself."""
    yield
    with imaplib.IMAP4_SSL(mail.host, mail.ports.imaps, ssl_context=mail.tls, timeout=10) as imap:
        imap.login("support", mail.users["support"])
        _, count = imap.select()
        if count != [b"0"]:
            imap.store("1:*", "+FLAGS", "\\Deleted")
            imap.expunge()


async def test_what_is_there_and_what_comes_is_handed_over(mail: Dovecot) -> None:
    mail.deliver("support", letter("before"))
    async with at_work(account(mail)) as router:
        await until(lambda: subjects(router) == ["before"])
        await until(lambda: is_ready(router))
        began = time.monotonic()
        await asyncio.to_thread(mail.deliver, "support", letter("while idling"))
        await until(lambda: subjects(router) == ["before", "while idling"])
        assert time.monotonic() - began < 10  # a push, not the next poll after minutes
    event = router.order[0]
    assert isinstance(event, MessageIn)
    assert event.remote == "olena@home.test"
    assert b"Subject: before" in router.blobs[event.raw]


async def test_a_mail_stays_unread_and_where_it_is(mail: Dovecot) -> None:
    mail.deliver("support", letter("untouched"))
    async with at_work(account(mail)) as router:
        await until(lambda: subjects(router))
    with imaplib.IMAP4_SSL(mail.host, mail.ports.imaps, ssl_context=mail.tls, timeout=10) as imap:
        imap.login("support", mail.users["support"])
        imap.select(readonly=True)
        _, unseen = imap.search(None, "UNSEEN")
    assert len(unseen[0].split()) == 1


async def test_it_goes_on_after_the_last_that_was_committed(mail: Dovecot) -> None:
    mail.deliver("support", letter("one"))
    async with at_work(account(mail)) as router:
        await until(lambda: subjects(router))
    cursors = dict(router.cursors)
    mail.deliver("support", letter("two"))
    async with at_work(account(mail)) as later:
        later.cursors |= cursors
        await until(lambda: subjects(later))
        assert subjects(later) == ["two"]


async def test_without_a_router_the_mail_stays_until_there_is_one(mail: Dovecot) -> None:
    mail.deliver("support", letter("patient"))
    async with at_work(account(mail)) as router:
        router.active = False
        await until(lambda: router.health)
        assert router.cursors == {}
        router.active = True
        await until(lambda: subjects(router) == ["patient"])


async def test_attachments_arrive_as_files(mail: Dovecot) -> None:
    message = EmailMessage()
    message["From"] = "olena@home.test"
    message["Subject"] = "with a file"
    message.set_content("See the file")
    data = bytes(range(256)) * 2_000
    message.add_attachment(data, maintype="image", subtype="png", filename="фото.png")
    mail.deliver("support", message.as_bytes())
    async with at_work(account(mail)) as router:
        await until(lambda: router.order)
    event = router.order[0]
    assert isinstance(event, MessageIn)
    (file,) = event.attachments
    assert (file.name, file.media_type, file.size) == ("фото.png", "image/png", len(data))
    assert bytes(router.blobs[file.sha256]) == data


async def test_a_mail_that_is_too_large_is_shown_by_its_beginning(mail: Dovecot) -> None:
    mail.deliver("support", letter("huge", "x" * 70 * 1000 + "\n" + "y\n" * 40_000))
    async with at_work(account(mail, size_limit=100_000)) as router:
        await until(lambda: router.order)
    event = router.order[0]
    assert isinstance(event, UnreadableIn)
    assert "too large" in event.reason
    assert event.remote == "olena@home.test"
    assert b"Subject: huge" in router.blobs[event.raw]


async def test_a_folder_that_was_rebuilt_is_read_again(mail: Dovecot) -> None:
    with imaplib.IMAP4_SSL(mail.host, mail.ports.imaps, ssl_context=mail.tls, timeout=10) as imap:
        imap.login("support", mail.users["support"])
        imap.create("Desk")
        imap.append("Desk", "", imaplib.Time2Internaldate(time.time()), letter("filed"))
        async with at_work(account(mail, folder="Desk")) as router:
            await until(lambda: subjects(router))
        cursors, first = dict(router.cursors), router.order[0].id
        imap.delete("Desk")
        imap.create("Desk")
        imap.append("Desk", "", imaplib.Time2Internaldate(time.time()), letter("filed"))
        async with at_work(account(mail, folder="Desk")) as router:
            router.cursors |= cursors
            await until(lambda: subjects(router))
        assert router.order[0].id != first  # the router knows it by Message-ID and body
        imap.delete("Desk")


async def test_a_wrong_password_pauses_the_account_and_says_so(mail: Dovecot) -> None:
    began = time.monotonic()
    async with at_work(account(mail, password=Secret("wrong"))) as router:
        await until(lambda: any(health.state == "paused" for health in router.health), 10)
        paused = next(health for health in router.health if health.state == "paused")
    assert time.monotonic() - began < 10
    assert paused.said.startswith("the mail server refuses the user name or password")


async def test_the_account_can_be_checked(mail: Dovecot) -> None:
    mail.deliver("support", letter("counted"))
    said = await Email(account(mail), "support").check()
    assert said.startswith("IMAP: INBOX has 1 messages; sending works (localhost:")


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"password": Secret("wrong")}, AuthFailed, "refuses the user name or password"),
        ({"ca_file": ""}, Unavailable, "certificate that is not trusted"),
        ({"imap_port": 1}, Unavailable, "cannot be reached"),
        ({"folder": "Nowhere"}, Unavailable, "no folder 'Nowhere'"),
        ({"password": Secret("a\r\nb LOGOUT")}, Unavailable, "login"),
    ],
)
async def test_what_does_not_work_is_told_in_a_sentence(
    mail: Dovecot, changes: dict[str, object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        await Email(account(mail, **changes), "support").check()


def with_tokens(mail: Dovecot) -> OAuth:
    return OAuth(mail.tokens.token_url, "desk", refresh_token=Secret("refresh"))


async def test_a_token_logs_in_and_a_revoked_one_is_renewed(mail: Dovecot) -> None:
    mail.tokens.refreshing["refresh"] = "support@desk.test"
    adapter = Email(account(mail, password=None, oauth=with_tokens(mail)), "support")
    await adapter.check()
    mail.tokens.revoke_all()
    await adapter.check()


async def test_a_token_that_may_not_be_renewed_is_refused_credentials(mail: Dovecot) -> None:
    mail.tokens.refreshing.clear()
    adapter = Email(account(mail, password=None, oauth=with_tokens(mail)), "support")
    with pytest.raises(AuthFailed, match="token service refuses this account: invalid_grant"):
        await adapter.check()


async def test_somebody_elses_token_is_refused_within_seconds(mail: Dovecot) -> None:
    mail.tokens.refreshing["refresh"] = "ivan@desk.test"
    began = time.monotonic()
    adapter = Email(account(mail, password=None, oauth=with_tokens(mail)), "support")
    with pytest.raises(AuthFailed, match="refuses the access token"):
        await adapter.check()
    assert time.monotonic() - began < 10
