"""The mail server is killed again and again while mail comes in: nothing lost, nothing twice."""

import asyncio
from pathlib import Path

import pytest

from tests.adapters.email.conftest import account, at_work, letter, subjects, until
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.program

MAILS, KILLED_AFTER = 100, (20, 50, 80)


async def test_a_hundred_mails_and_three_kills(tmp_path: Path) -> None:
    """The judge is the twin, which keeps each id once, and the list of what was delivered."""
    sent = [f"mail {number}" for number in range(MAILS)]
    with Dovecot.start(tmp_path) as mail:
        async with at_work(account(mail)) as router:
            for number, subject in enumerate(sent):
                await asyncio.to_thread(mail.deliver, "support", letter(subject))
                if number in KILLED_AFTER:
                    await until(lambda: router.order)
                    mail.restart()  # from this thread: the server dies with the one that starts it
            await until(lambda: len(router.order) >= MAILS, 60)
        # What is in the mailbox came in, each once, in order; and the twin was asked no more often
        # than a crash between "committed" and the cursor explains.
        assert subjects(router) == sent
        assert router.asked <= MAILS + len(KILLED_AFTER)
