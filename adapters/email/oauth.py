"""Access tokens: fetched when needed, renewed ahead of time and after a refusal."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import msgspec

from adapters.email.config import OAuth
from adapters.sdk import AuthFailed, Unavailable

# A token is not used in its last minutes: a login may take a while.
AHEAD = 300.0
TIMEOUT = aiohttp.ClientTimeout(total=8)


class _Answer(msgspec.Struct):
    access_token: str = ""
    expires_in: float = 3600.0
    refresh_token: str = ""
    error: str = ""
    error_description: str = ""


class AccessTokens:
    """One account's token, shared by reading and sending."""

    def __init__(self, settings: OAuth, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        # Some services give another one with each answer and refuse the old one soon after.
        self._refresh = settings.refresh_token.value if settings.refresh_token else ""
        self._token = ""
        self._until = 0.0
        self._turn = asyncio.Lock()

    async def current(self) -> str:
        """A token that is good for some minutes yet. Raises AuthFailed or Unavailable."""
        async with self._turn:
            if self._clock() >= self._until:
                await self._renew()
            return self._token

    def refused(self, token: str) -> None:
        """The server did not take this one: the next `current` fetches another."""
        if token == self._token:
            self._until = 0.0

    async def _renew(self) -> None:
        status, answer = await self._ask()
        if not answer.access_token:
            said = answer.error_description or answer.error or f"status {status}"
            if status >= 500 or status == 429:
                raise Unavailable(f"the token service does not work at the moment: {said}")
            raise AuthFailed(f"the token service refuses this account: {said}")
        self._token = answer.access_token
        self._refresh = answer.refresh_token or self._refresh
        # A life shorter than our margin is used for half of it.
        self._until = self._clock() + max(answer.expires_in - AHEAD, answer.expires_in / 2)

    async def _ask(self) -> tuple[int, _Answer]:
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as session,
                session.post(self._settings.token_url, data=self._form()) as response,
            ):
                body = await response.content.read(65_536)
                return response.status, _read(body)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unavailable(f"the token service cannot be reached: {_why(error)}") from error

    def _form(self) -> dict[str, str]:
        chosen = self._settings
        form = {"client_id": chosen.client_id}
        if self._refresh:
            form |= {"grant_type": "refresh_token", "refresh_token": self._refresh}
        else:
            form |= {"grant_type": "client_credentials"}
        if chosen.client_secret:
            form["client_secret"] = chosen.client_secret.value
        if chosen.scope:
            form["scope"] = chosen.scope
        return form


def _read(body: bytes) -> _Answer:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Answer(error="the answer cannot be read")


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
