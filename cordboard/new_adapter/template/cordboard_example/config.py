"""What an owner says about an account under `[adapters.<account>]`."""

from adapters.sdk import Config, Secret


class ExampleConfig(Config, frozen=True, kw_only=True):
    """`token` is what the service gave to its owner."""

    token: Secret
    url: str = "https://service.invalid"
    # Seconds for which the service keeps our question for news open.
    wait: int = 20


def faults(config: ExampleConfig) -> list[str]:
    """What is wrong with the values: a sentence each, with its key first."""
    rules = {
        "url: an address such as https://service.test is expected": (
            not config.url.startswith(("http://", "https://"))
        ),
        "token: is empty": not config.token.value,
        "wait: a number from 1 to 60 is expected": not 1 <= config.wait <= 60,
    }
    return [sentence for sentence, broken in rules.items() if broken]
