"""Whether other machines reach what listens, or what is connected to. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_local(host: str) -> bool:
    """Whether only this machine is meant. "" is every address of it, so it is not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listening(place: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:4222` or `[::1]:4222`; None when it is neither."""
    host, _, port = place.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        return None
    return host.strip("[]"), int(port)


def readable_on_the_way(url: str) -> bool:
    """Whether others could read along: to another machine, and not by TLS."""
    parts = urlsplit(url if "://" in url else f"nats://{url}")
    try:
        host = parts.hostname or ""
    except ValueError:
        return True
    return parts.scheme not in ("tls", "wss", "https") and not is_local(host)
