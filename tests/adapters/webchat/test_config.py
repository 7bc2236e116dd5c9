"""An owner's mistakes are named before a visitor meets them."""

from typing import Any

import pytest

from adapters.sdk import Secret
from adapters.webchat.config import WebchatConfig, faults, origin_of

pytestmark = pytest.mark.pure

SECRET = Secret("x" * 32)


def test_little_is_needed() -> None:
    assert faults(WebchatConfig(secret=SECRET)) == []


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"secret": Secret("short")}, "secret"),
        ({"listen": "8090"}, "listen"),
        ({"listen": "127.0.0.1:99999"}, "listen"),
        ({"listen": "0.0.0.0:8090"}, "listen"),
        ({"listen": "[::]:8090"}, "listen"),
        ({"tls_certificate": "server.pem"}, "tls_certificate and tls_key belong together"),
        ({"origins": ("https://shop.example/",)}, "origins"),
        ({"origins": ("shop.example",)}, "origins"),
        ({"public_url": "chat.example"}, "public_url"),
        ({"trusted_proxies": ("nginx",)}, "trusted_proxies"),
        ({"attachment_limit_mb": 26}, "attachment_limit_mb"),
        ({"frames_per_second_per_ip": 0}, "frames_per_second_per_ip"),
    ],
)
def test_what_cannot_work_is_named_by_its_key(wrong: dict[str, Any], key: str) -> None:
    (fault,) = faults(WebchatConfig(**{"secret": SECRET, **wrong}))
    assert fault.startswith(key)


def test_for_other_machines_it_listens_by_tls_or_as_told() -> None:
    open_to_all: dict[str, Any] = {"secret": SECRET, "listen": "0.0.0.0:8090"}
    (fault,) = faults(WebchatConfig(**open_to_all))
    assert "allow_plain = true" in fault
    assert faults(WebchatConfig(**open_to_all, allow_plain=True)) == []
    assert faults(WebchatConfig(**open_to_all, tls_certificate="c", tls_key="k")) == []


def test_all_mistakes_are_named_at_once() -> None:
    config = WebchatConfig(secret=Secret(""), listen="x", origins=("a", "b"))
    assert len(faults(config)) == 4


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.example/a?b", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8090/", "http://localhost:8090"),
        ("http://[::1]:80", "http://[::1]"),
        ("ftp://shop.example", ""),
        ("https://", ""),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_the_first_words_are_in_the_visitors_language_or_in_the_common_one() -> None:
    config = WebchatConfig(secret=SECRET, greeting={"uk": "Вітаємо", "": "Hello"})
    assert [config.greeting_in(each) for each in ("uk", "ru")] == ["Вітаємо", "Hello"]
