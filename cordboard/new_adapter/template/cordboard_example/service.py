"""One call of the service's API, and what its answer means to the desk."""

from typing import Any

import aiohttp
import msgspec

from adapters.sdk import AuthFailed, Rejected, Retry, Unavailable, Unknown, Verdict, clean_line
from cordboard_example.config import ExampleConfig

CALL = aiohttp.ClientTimeout(total=10, connect=5)
# How much longer than its wait a question for news may last.
BEYOND = 10.0


class Refusal(msgspec.Struct, frozen=True):
    """What the service says with a status that is not 200."""

    error: str = ""
    retry_after: float = 5.0


class Service:
    def __init__(self, config: ExampleConfig) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None

    async def me(self) -> str:
        """The account's own name. Raises AuthFailed for a token that is refused."""
        told = msgspec.json.decode(await self._asked("GET", "/me"))
        return clean_line(str(told["name"]), 100)

    async def updates(self, after: str) -> list[bytes]:
        """News behind that number, each as it came; all up to it is thereby confirmed."""
        asked = {"after": after or "0", "wait": str(self._config.wait)}
        limit = aiohttp.ClientTimeout(total=self._config.wait + BEYOND, connect=5)
        raw = await self._asked("GET", "/updates", params=asked, timeout=limit)
        return [bytes(each) for each in msgspec.json.decode(raw, type=list[msgspec.Raw])]

    async def send(self, message: dict[str, str]) -> str:
        """The service's name for it. Raises a verdict: Unknown when nobody knows its fate."""
        told = msgspec.json.decode(await self._asked("POST", "/messages", json=message))
        return str(told["id"])

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _asked(self, method: str, path: str, **more: Any) -> bytes:
        headers = {"Authorization": f"Bearer {self._config.token.value}"}
        more.setdefault("timeout", CALL)
        try:
            async with self._opened().request(
                method, self._config.url + path, headers=headers, **more
            ) as response:
                body = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable("the service cannot be reached") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unknown("the connection to the service broke off") from error
        if response.status != 200:
            raise verdict(response.status, body)
        return body

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def verdict(status: int, body: bytes) -> Verdict:
    """What a status other than 200 says. Pure."""
    try:
        said = msgspec.json.decode(body, type=Refusal)
    except msgspec.DecodeError:
        said = Refusal()
    error = clean_line(said.error, 200) or f"status {status}"
    if status in (401, 403):
        return AuthFailed("the service refuses the token")
    if status == 429:
        return Retry("the service wants us to wait", after=said.retry_after)
    if 400 <= status < 500:
        return Rejected(f"the service refuses it: {error}", code=str(status))
    return Unknown(f"the service has a fault of its own: {error}")
