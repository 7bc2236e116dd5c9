"""The customers' mail server: keeps each mail until the desk's has taken it, like a real one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from cordboard.demo.customers.ledger import Declined, Ledger, Taken

LINES = 6
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
ANSWER_WITHIN = 20.0


@dataclass(slots=True)
class _Queued:
    mail: EmailMessage
    sender: str
    recipient: str
    token: str
    taken: asyncio.Future[bool]
    tries: int = 0


class MailServer:
    """Delivers to the desk's SMTP ports. `run` it; `send` waits until a mail is taken."""

    def __init__(
        self,
        doors: dict[str, tuple[str, int]],
        ledger: Ledger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # Recipient → host and port, as an MX record would say.
        self._doors = doors
        self._ledger = ledger
        self._clock = clock
        self._queue: asyncio.Queue[_Queued] = asyncio.Queue()
        self._kept: set[str] = set()

    @property
    def kept(self) -> int:
        """Mails that are not yet taken."""
        return len(self._kept)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(LINES):
                group.create_task(self._deliver(group), name=f"mail server line {number}")

    async def send(self, mail: EmailMessage, sender: str, recipient: str, token: str) -> bool:
        """True once the desk's server said 250; False when it never will."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._kept.add(token)
        self._queue.put_nowait(_Queued(mail, sender, recipient, token, taken))
        return await taken

    async def _deliver(self, group: asyncio.TaskGroup) -> None:
        while True:
            queued = await self._queue.get()
            queued.tries += 1
            refusal = await self._try(queued)
            if refusal is None:
                self._ledger.write(Taken(queued.token, self._clock(), queued.tries))
                self._settle(queued, taken=True)
            elif refusal:
                self._ledger.write(Declined(queued.token, self._clock(), refusal))
                self._settle(queued, taken=False)
            else:
                group.create_task(self._again(queued), name=f"again {queued.token}")

    async def _try(self, queued: _Queued) -> str | None:
        """None when it was taken, why not when it never will be, "" to keep it and try again."""
        host, port = self._doors[queued.recipient]
        try:
            refused, _ = await aiosmtplib.send(
                queued.mail, sender=queued.sender, recipients=[queued.recipient],
                hostname=host, port=port, start_tls=False, timeout=ANSWER_WITHIN,
                local_hostname="mx.example",
            )  # fmt: skip
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _final(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPResponseException as error:
            return _final(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return ""
        return str(refused) if refused else None

    async def _again(self, queued: _Queued) -> None:
        await asyncio.sleep(min(FIRST_PAUSE * 2 ** (queued.tries - 1), LONGEST_PAUSE))
        self._queue.put_nowait(queued)

    def _settle(self, queued: _Queued, *, taken: bool) -> None:
        self._kept.discard(queued.token)
        if not queued.taken.done():
            queued.taken.set_result(taken)


def _final(code: int, message: str) -> str:
    return f"{code} {message}" if code >= 500 else ""
