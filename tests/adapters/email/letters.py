"""Mails for the tests, built byte by byte so that nothing mends them."""

from adapters.email.mail import Mail
from adapters.email.parse import message

NOW = 1_800_000_000.0


def letter(body: bytes | str = "hello", *headers: bytes | str, sender: bytes | str = "") -> bytes:
    """A mail with an ordinary head, these headers, and this body."""
    head = [b"From: " + _bytes(sender or "Ann <ann@example.test>"), *map(_bytes, headers)]
    return b"\r\n".join([*head, b"", _bytes(body)])


def mixed(*parts: bytes, kind: str = "mixed") -> bytes:
    """A multipart of these parts, each with its own headers."""
    inside = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return letter(inside, f"Content-Type: multipart/{kind}; boundary=edge")


def part(content: bytes | str, *headers: bytes | str) -> bytes:
    return b"\r\n".join([*map(_bytes, headers), b"", _bytes(content)])


def read(raw: bytes, *, authserv_id: str = "") -> Mail:
    return message(raw, received=NOW, authserv_id=authserv_id)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
