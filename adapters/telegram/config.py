"""What an owner may say about a Telegram bot under `[adapters.<account>]`."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.sdk import Config, Secret

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
LONGEST_POLL = 50


class TelegramConfig(Config, frozen=True, kw_only=True):
    """`token` is the one that BotFather gave: whoever has it is the bot."""

    token: Secret
    base_url: str = "https://api.telegram.org"
    # Seconds for which Telegram keeps our question for news open.
    poll_seconds: int = LONGEST_POLL
    # Said once to a group that invites the bot, before it leaves; "" leaves without a word.
    group_answer: str = "I answer in private chats only. Please write to me there."


def faults(config: TelegramConfig) -> list[str]:
    """What is wrong with the values: a sentence each, with its key first."""
    rules = {
        "token: is none such as 123456:AbC… that BotFather gives": (
            _TOKEN.fullmatch(config.token.value) is None
        ),
        "base_url: an address such as https://api.telegram.org is expected": (
            not _is_address(config.base_url)
        ),
        "base_url: http:// would send the token readable to another machine": (
            _readable_elsewhere(config.base_url)
        ),
        f"poll_seconds: a number from 1 to {LONGEST_POLL} is expected": (
            not 1 <= config.poll_seconds <= LONGEST_POLL
        ),
        "group_answer: is longer than 1000 characters": len(config.group_answer) > 1000,
    }
    return [sentence for sentence, broken in rules.items() if broken]


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query


def _readable_elsewhere(url: str) -> bool:
    if not _is_address(url) or urlsplit(url).scheme == "https":
        return False
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
