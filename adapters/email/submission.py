"""Sending through the mail provider's submission server; every answer becomes a verdict."""

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import NoReturn

import aiosmtplib
from aiosmtplib import SMTP

from adapters.email import tls
from adapters.email.config import EmailConfig
from adapters.email.oauth import AccessTokens
from adapters.email.render import Letter
from adapters.sdk import AuthFailed, Rejected, Retry, Unavailable, Unknown, clean_line
from adapters.sdk.marks import passing
from adapters.sdk.words import N_

# Servers drop idle connections, and limit how many mails go over one.
IDLE, MAILS = 20.0, 100
CONNECT_SECONDS, MAIL_SECONDS = 9.0, 25.0
AUTH_REQUIRED, GOODBYE = (530, 534, 535, 538), 421


# How a reason begins; the server's own words follow.
BROKE_OFF = N_("the mail server broke off")
IN_THE_MIDDLE = N_("the mail server broke off in the middle")
WANTS_LOGIN = N_("the mail server wants a login")
REFUSES = N_("the mail server refuses it")
NOT_NOW = N_("the mail server cannot take it now")


class HungUp(Retry):
    """The server had ended the connection before it heard of the mail."""


class Submission:
    """A few connections: so many mails go at once. Who was used last is used next."""

    def __init__(
        self,
        config: EmailConfig,
        access: AccessTokens | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines = [Line(config, access, clock=clock) for _ in range(config.smtp_connections)]
        self._free: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
        for line in self._lines:
            self._free.put_nowait(line)

    async def send(self, sender: str, letter: Letter) -> dict[str, str]:
        """Recipients that were refused while others were taken. Raises verdicts."""
        line = await self._free.get()
        try:
            return await line.send(sender, letter)
        finally:
            self._free.put_nowait(line)

    async def check(self) -> None:
        """Connect and log in. Raises AuthFailed and Unavailable."""
        await self._lines[0].check()

    async def close(self) -> None:
        for line in self._lines:
            await line.close()


class Line:
    """One connection, used for one mail at a time and opened when it is needed."""

    def __init__(
        self,
        config: EmailConfig,
        access: AccessTokens | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._access, self._clock = config, access, clock
        self._smtp: SMTP | None = None
        self._used = 0.0
        self._mails = 0
        self._turn = asyncio.Lock()

    async def send(self, sender: str, letter: Letter) -> dict[str, str]:
        async with self._turn:
            if self._is_good():
                try:
                    return await self._over(sender, letter)
                except HungUp:
                    pass  # a while ago, and we hear it only now
            self._drop()
            await self._open()
            return await self._over(sender, letter)

    async def check(self) -> None:
        async with self._turn:
            self._drop()
            await self._open()

    async def close(self) -> None:
        async with self._turn:
            if self._smtp is not None and self._smtp.is_connected:
                await _quit(self._smtp)
            self._drop()

    async def _over(self, sender: str, letter: Letter) -> dict[str, str]:
        if self._smtp is None:
            raise RuntimeError("there is no connection")
        try:
            return await self._transaction(self._smtp, sender, letter)
        except BaseException:
            self._drop()
            raise

    async def _transaction(self, smtp: SMTP, sender: str, letter: Letter) -> dict[str, str]:
        refused = await self._addressed(smtp, sender, letter)
        try:
            passing("mail.submitting")
            await smtp.data(letter.raw)
            passing("mail.submitted")
        except aiosmtplib.SMTPResponseException as error:
            _refuse(error.code, error.message, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            # It may have been taken: the answer is lost. The Message-ID stays the same.
            raise Unknown(f"{IN_THE_MIDDLE}: {_why(error)}") from error
        self._used, self._mails = self._clock(), self._mails + 1
        return refused

    async def _addressed(self, smtp: SMTP, sender: str, letter: Letter) -> dict[str, str]:
        """The envelope. Nothing is sent before somebody is taken."""
        refused: dict[str, tuple[int, str]] = {}
        try:
            await self._begun(smtp, sender, letter)
            for recipient in letter.recipients:
                try:
                    await smtp.rcpt(recipient)
                except aiosmtplib.SMTPResponseException as error:
                    refused[recipient] = (error.code, error.message)
        except aiosmtplib.SMTPResponseException as error:
            _refuse(error.code, error.message, error)
        except ValueError as error:
            raise Rejected(f"the mail server cannot be given an address: {error}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Retry(f"{BROKE_OFF}: {_why(error)}") from error
        if len(refused) == len(letter.recipients):
            _refuse(*_mildest(refused))
        return {address: f"{code} {_line(said)}" for address, (code, said) in refused.items()}

    async def _begun(self, smtp: SMTP, sender: str, letter: Letter) -> None:
        """The first word to the server: only here a connection can turn out to be long gone."""
        options = [f"SIZE={len(letter.raw)}"] if smtp.supports_extension("size") else []
        try:
            await smtp.mail(sender, options=options, timeout=CONNECT_SECONDS)
        except aiosmtplib.SMTPResponseException as error:
            if error.code != GOODBYE:
                raise
            raise HungUp(f"the mail server says {_line(error.message)}", after=60) from error
        except (aiosmtplib.SMTPServerDisconnected, OSError) as error:
            raise HungUp(f"{BROKE_OFF}: {_why(error)}") from error

    async def _open(self) -> None:
        self._smtp = await self._opened()
        self._used, self._mails = self._clock(), 0

    def _is_good(self) -> bool:
        """As far as can be known without asking."""
        lately = self._clock() - self._used <= IDLE
        connected = self._smtp is not None and self._smtp.is_connected
        return connected and lately and self._mails < MAILS

    async def _opened(self) -> SMTP:
        """A token that is refused is renewed once: it may have been revoked early."""
        token = await self._access.current() if self._access else ""
        try:
            return await self._logged_in(token)
        except AuthFailed:
            if self._access is None:
                raise
            self._access.refused(token)
        return await self._logged_in(await self._access.current())

    async def _logged_in(self, token: str) -> SMTP:
        smtp = self._client(token)
        try:
            await smtp.connect()
        except aiosmtplib.SMTPResponseException as error:
            smtp.close()
            if error.code in AUTH_REQUIRED:
                said = f"the mail server refuses to log us in: {_line(error.message)}"
                raise AuthFailed(said) from error
            raise Unavailable(
                f"the mail server says {error.code} {_line(error.message)}"
            ) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            smtp.close()
            raise Unavailable(f"the mail server {self._place}: {_why(error)}") from error
        except BaseException:
            smtp.close()
            raise
        smtp.timeout = MAIL_SECONDS
        return smtp

    def _client(self, token: str) -> SMTP:
        config = self._config

        async def given() -> str:
            return token

        password = config.password.value if config.password else None
        return SMTP(
            hostname=config.smtp_host,
            port=config.smtp_port,
            username=config.user if config.has_login else None,
            password=password,
            oauth_token_generator=given if token else None,
            use_tls=config.smtp_security == "tls",
            start_tls=config.smtp_security == "starttls",
            tls_context=None if config.smtp_security == "none" else tls.context(config.ca_file),
            local_hostname=config.domain,  # looking up our own name can take seconds
            timeout=CONNECT_SECONDS,
        )

    @property
    def _place(self) -> str:
        return f"{self._config.smtp_host}:{self._config.smtp_port}"

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _refuse(code: int, said: str, cause: Exception | None = None) -> NoReturn:
    """4xx is for now, 5xx for good, and "log in first" is ours to mend."""
    reason = f"{code} {_line(said)}"
    if code in AUTH_REQUIRED:
        raise AuthFailed(f"{WANTS_LOGIN}: {reason}") from cause
    if code >= 500:
        raise Rejected(f"{REFUSES}: {reason}", code=str(code)) from cause
    raise Retry(f"{NOT_NOW}: {reason}", after=60) from cause


def _mildest(refused: dict[str, tuple[int, str]]) -> tuple[int, str]:
    """As long as one of them may be taken later, it is worth trying again."""
    return min(refused.values())


async def _quit(smtp: SMTP) -> None:
    try:
        await smtp.quit(timeout=2)
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()


def _line(said: str) -> str:
    return clean_line(said, 200)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError):
        return N_("it does not answer")
    return _line(str(error)) or type(error).__name__
