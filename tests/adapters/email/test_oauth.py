"""Access tokens are fetched when needed, renewed in time, and refusals are told apart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from adapters.email.config import OAuth
from adapters.email.oauth import AccessTokens
from adapters.sdk import AuthFailed, Secret, Unavailable

pytestmark = pytest.mark.contract


@dataclass
class Service:
    """Answers as told, and remembers what it was asked."""

    url: str = ""
    status: int = 200
    answer: dict[str, object] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({key: str(value) for key, value in (await request.post()).items()})
        plain = {"access_token": f"token {len(self.asked)}", "expires_in": 3600}
        return web.json_response(self.answer or plain, status=self.status)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    found = Service()
    app = web.Application()
    app.router.add_post("/token", found.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    yield found
    await runner.cleanup()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def account(service: Service, refresh: str = "") -> tuple[AccessTokens, Clock]:
    clock = Clock()
    token = Secret(refresh) if refresh else None
    settings = OAuth(service.url, "desk", Secret("s3cret"), token, "mail.read")
    return AccessTokens(settings, clock=clock), clock


async def test_client_credentials_are_shown(service: Service) -> None:
    access, _ = account(service)
    assert await access.current() == "token 1"
    assert service.asked == [
        {
            "client_id": "desk",
            "client_secret": "s3cret",
            "grant_type": "client_credentials",
            "scope": "mail.read",
        }
    ]


async def test_a_refresh_token_is_used_and_a_newer_one_replaces_it(service: Service) -> None:
    access, clock = account(service, "first")
    service.answer = {"access_token": "t", "expires_in": 3600, "refresh_token": "second"}
    await access.current()
    clock.now = 3600
    await access.current()
    assert [ask["refresh_token"] for ask in service.asked] == ["first", "second"]


async def test_a_token_is_kept_and_renewed_some_minutes_before_its_end(service: Service) -> None:
    access, clock = account(service)
    found = []
    for clock.now in (0, 3000, 3299, 3301):
        found.append(await access.current())
    assert found == ["token 1", "token 1", "token 1", "token 2"]


async def test_many_who_need_one_at_once_ask_once(service: Service) -> None:
    access, _ = account(service)
    assert set(await asyncio.gather(*[access.current() for _ in range(10)])) == {"token 1"}


async def test_a_refused_token_is_renewed_and_a_newer_one_is_left_alone(service: Service) -> None:
    access, _ = account(service)
    first = await access.current()
    access.refused(first)
    second = await access.current()
    access.refused(first)  # somebody who used the old one is late
    assert [second, await access.current()] == ["token 2", "token 2"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, AuthFailed), (401, AuthFailed), (503, Unavailable), (429, Unavailable)],
)
async def test_a_refusal_is_about_us_or_about_them(
    service: Service, status: int, error: type[Exception]
) -> None:
    access, _ = account(service)
    service.status, service.answer = status, {"error": "invalid_grant"}
    with pytest.raises(error, match="invalid_grant"):
        await access.current()


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    access = AccessTokens(OAuth("http://127.0.0.1:1/token", "desk"))
    with pytest.raises(Unavailable, match="cannot be reached"):
        await access.current()
