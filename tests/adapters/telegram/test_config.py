"""What an owner wrote wrong is said with its key, and the token is never said."""

import pytest

from adapters.sdk import Secret
from adapters.telegram.config import TelegramConfig, faults
from tests.adapters.telegram.fake import TOKEN

pytestmark = pytest.mark.pure


def config(token: str = TOKEN, **keys: object) -> TelegramConfig:
    return TelegramConfig(token=Secret(token), **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "good", [{}, {"base_url": "http://127.0.0.1:8081"}, {"base_url": "http://[::1]:1"}]
)
def test_good_keys_have_no_faults(good: dict[str, str]) -> None:
    assert faults(config(**good)) == []


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("token", {"token": "hello"}),
        ("token", {"token": TOKEN + "/getMe?"}),
        ("base_url", {"base_url": "api.telegram.org"}),
        ("base_url", {"base_url": "https://x:y"}),
        ("base_url", {"base_url": "http://api.telegram.org"}),
        ("poll_seconds", {"poll_seconds": 0}),
        ("poll_seconds", {"poll_seconds": 51}),
        ("group_answer", {"group_answer": "x" * 1001}),
    ],
)
def test_a_fault_begins_with_its_key(key: str, wrong: dict[str, str]) -> None:
    (fault,) = faults(config(**wrong))
    assert fault.startswith(f"{key}: ")
    assert TOKEN not in fault


def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(config())
