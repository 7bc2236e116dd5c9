"""What an e-mail account is told in cordboard.toml."""

from typing import Literal

import msgspec

from adapters.sdk import Config, Secret, is_local


class OAuth(msgspec.Struct, frozen=True):
    """Access tokens instead of a password: by refresh token, or by client credentials alone."""

    token_url: str
    client_id: str
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    scope: str = ""


class EmailConfig(Config, frozen=True):
    """In by IMAP, by SMTP, or both; out by submission, or into a folder of this machine."""

    address: str
    title: str = ""
    signature: str = ""
    # Other addresses that are ours too.
    aliases: tuple[str, ...] = ()
    # Answer the customer's text below ours.
    quote: bool = True
    # Put a signed token into Reply-To: support+c42.…@ (the server must deliver plus-addresses).
    plus_address: bool = False
    # Where undelivered mail comes back to, each with a signed token: bounce+b42.…@ (the server must
    # deliver plus-addresses of it to this mailbox). The address itself when plus_address is on.
    bounce_address: str = ""
    token_secret: Secret | None = None
    token_file: str = ""

    username: str = ""
    password: Secret | None = None
    oauth: OAuth | None = None
    # Certificates to trust beside the system's own.
    ca_file: str = ""
    # The name by which our own mail server signs Authentication-Results; nobody else is believed.
    authserv_id: str = ""

    imap_host: str = ""
    imap_port: int = 993
    imap_security: Literal["tls", "none"] = "tls"
    folder: str = "INBOX"
    # Where the provider keeps what we sent: there an uncertain mail is looked for, if it is named.
    sent_folder: str = ""
    # Seconds after which an idling connection is tried; servers hang up after 30 minutes.
    idle: float = 240.0

    smtp_listen: str = ""
    smtp_certificate: str = ""
    smtp_key: str = ""
    # Other machines may come without TLS: the line is protected otherwise.
    smtp_allow_plain: bool = False
    # Seconds in which a message must be committed before the sender is told to come again.
    smtp_patience: float = 20.0
    # The most bytes of one mail, either way in: a file of 25 MB is 36 in a mail.
    size_limit: int = 38 * 1024 * 1024

    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    # So many mails go out at once; providers limit the connections of an account.
    smtp_connections: int = 4
    # Instead of sending: a Maildir on this machine, one file a message.
    deliver_to: str = ""

    @property
    def user(self) -> str:
        return self.username or self.address

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def returning(self) -> str:
        """The address that gets a token for what comes back; "" when none may have one."""
        return self.bounce_address or (self.address if self.plus_address else "")

    @property
    def has_login(self) -> bool:
        return self.password is not None or self.oauth is not None


def faults(config: EmailConfig) -> list[str]:
    """What is wrong with the keys taken together."""
    rules = {
        "address: an address such as support@example.com is expected": (
            "@" not in config.address.strip("@") or " " in config.address
        ),
        "bounce_address: an address such as bounce@example.com is expected": (
            bool(config.bounce_address)
            and ("@" not in config.bounce_address.strip("@") or " " in config.bounce_address)
        ),
        "one of imap_host and smtp_listen is needed for mail to come in": (
            not config.imap_host and not config.smtp_listen
        ),
        "one of smtp_host and deliver_to is needed for mail to go out, and not both": (
            bool(config.smtp_host) == bool(config.deliver_to)
        ),
        "one of token_secret and token_file is needed to sign replies, and not both": (
            (config.token_secret is None) == (not config.token_file)
        ),
        "token_secret: 16 characters at least, or replies can be forged": (
            config.token_secret is not None and len(config.token_secret.value) < 16
        ),
        "password and oauth: only one of them can be used": (
            config.password is not None and config.oauth is not None
        ),
        "imap_host needs a password or an oauth table": (
            bool(config.imap_host) and not config.has_login
        ),
        'imap_security = "none" would send the password readable to another machine': (
            config.imap_security == "none" and not _here(config.imap_host)
        ),
        "smtp_connections: 1 to 20 are expected": not 1 <= config.smtp_connections <= 20,
        'smtp_security = "none" would send the password readable to another machine': (
            config.smtp_security == "none" and config.has_login and not _here(config.smtp_host)
        ),
        "smtp_listen: an address and a port such as 127.0.0.1:2525 are expected": (
            bool(config.smtp_listen) and listening(config.smtp_listen) is None
        ),
        "smtp_listen: other machines reach it, and without TLS others read along: name "
        "smtp_certificate and smtp_key, or say smtp_allow_plain = true": _read_along(config),
        "smtp_certificate and smtp_key belong together": (
            bool(config.smtp_certificate) != bool(config.smtp_key)
        ),
    }
    return [sentence for sentence, broken in rules.items() if broken]


def listening(place: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:2525` or `[::1]:2525`; None when it is neither."""
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        return None
    return host.strip("[]"), int(port)


def _here(host: str) -> bool:
    return not host or is_local(host)


def _read_along(config: EmailConfig) -> bool:
    place = listening(config.smtp_listen)
    protected = bool(config.smtp_certificate) or config.smtp_allow_plain
    return place is not None and not is_local(place[0]) and not protected
