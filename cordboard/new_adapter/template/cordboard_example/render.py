"""A message of ours as the service takes it. Pure."""

from adapters.sdk import Outbound

TEXT_LIMIT = 2000


def message(outbound: Outbound) -> dict[str, str]:
    """`key` lets the service know a repeat, so that nobody reads a message twice."""
    return {"to": outbound.remote, "text": outbound.text, "key": outbound.id}
