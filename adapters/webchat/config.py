"""What an owner may say about a chat under `[adapters.<account>]`, with quiet defaults."""

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from adapters.sdk import Config, Secret, is_local

SECRET_LENGTH = 32
MOST_MB = 25


class WebchatConfig(Config, frozen=True, kw_only=True):
    """`secret` signs the visitors' tokens: who changes it makes every visitor a new one."""

    secret: Secret
    listen: str = "127.0.0.1:8090"
    # The gateway's own certificate; behind a proxy on this machine it needs none.
    tls_certificate: str = ""
    tls_key: str = ""
    # Other machines may come without TLS: the line from the proxy is protected otherwise.
    allow_plain: bool = False
    # Pages that may open the chat, such as "https://shop.example"; the gateway's own always may.
    origins: tuple[str, ...] = ()
    # How visitors reach the gateway when it stands behind a proxy: "https://chat.shop.example".
    public_url: str = ""
    # Proxies whose X-Forwarded-For is believed, as addresses or networks.
    trusted_proxies: tuple[str, ...] = ()
    # What visitors who are logged in on the site are signed with; see `tokens.signed_login`.
    identity_secret: Secret | None = None
    title: str = ""
    # The first words, per language; "" is for all others. Without one the widget has its own.
    greeting: dict[str, str] = {}
    attachment_limit_mb: float = MOST_MB
    demo_page: bool = False
    max_connections: int = 2000
    # Many people share one address behind a company's or a provider's router.
    max_connections_per_ip: int = 50
    newcomers_per_minute_per_ip: float = 30.0
    frames_per_second_per_ip: float = 50.0

    @property
    def attachment_limit(self) -> int:
        return int(self.attachment_limit_mb * 1024 * 1024)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on. Raises ValueError when `listen` is none."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"listen: {self.listen!r} is no address such as 127.0.0.1:8090")
        return host.strip("[]"), int(port)

    def greeting_in(self, language: str) -> str:
        return self.greeting.get(language, self.greeting.get("", ""))


def faults(config: WebchatConfig) -> list[str]:
    """What is wrong with the values: a sentence each, with its key first."""
    return [
        *_wrong_address(config),
        *_wrong_proxies(config),
        *(
            f"origins: {origin!r} is no origin such as https://shop.example (without a path)"
            for origin in config.origins
            if origin_of(origin) != origin
        ),
        *_wrong_numbers(config),
    ]


def _wrong_address(config: WebchatConfig) -> Iterator[str]:
    try:
        host, _ = config.address
    except ValueError as error:
        yield str(error)
        return
    if not (is_local(host) or config.tls_certificate or config.allow_plain):
        yield (
            f"listen: other machines reach {config.listen}, and without TLS others read along. "
            "Name tls_certificate and tls_key, or say allow_plain = true"
        )
    if bool(config.tls_certificate) != bool(config.tls_key):
        yield "tls_certificate and tls_key belong together"
    if config.public_url and not origin_of(config.public_url):
        yield f"public_url: {config.public_url!r} is no address such as https://chat.shop.example"


def _wrong_proxies(config: WebchatConfig) -> Iterator[str]:
    for proxy in config.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            yield f"trusted_proxies: {error}"


def _wrong_numbers(config: WebchatConfig) -> Iterator[str]:
    if len(config.secret.value) < SECRET_LENGTH:
        yield f"secret: is shorter than {SECRET_LENGTH} characters, so tokens could be forged"
    if not 0 < config.attachment_limit_mb <= MOST_MB:
        yield f"attachment_limit_mb: must be more than 0 and at most {MOST_MB}"
    for key in ("newcomers_per_minute_per_ip", "frames_per_second_per_ip"):
        if getattr(config, key) <= 0:
            yield f"{key}: must be more than 0"


def origin_of(url: str) -> str:
    """Scheme, host and port of a page as browsers write them; "" when it is no web page."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"
