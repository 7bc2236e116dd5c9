"""A small OAuth2 service: says whose a token is, and gives a new one for a refresh token."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class Tokens:
    """The tokens that count at the moment; a test adds to them and takes away."""

    owners: dict[str, str] = field(default_factory=dict)
    """Access token → the address it speaks for."""
    refreshing: dict[str, str] = field(default_factory=dict)
    """Refresh token → the address it may fetch access tokens for."""
    port: int = 0

    @property
    def introspect_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/introspect"

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def grant(self, address: str) -> str:
        token = secrets.token_urlsafe(16)
        self.owners[token] = address
        return token

    def revoke_all(self) -> None:
        self.owners.clear()

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        owner = self.owners.get(form.get("token", ""))
        return 200, {"active": owner is not None, "email": owner or ""}

    def refresh(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        address = self.refreshing.get(form.get("refresh_token", ""))
        if form.get("grant_type") != "refresh_token" or address is None:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": self.grant(address),
            "token_type": "Bearer",
            "expires_in": 3600,
        }


@contextmanager
def token_service() -> Iterator[Tokens]:
    tokens = Tokens()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {key: values[0] for key, values in parse_qs(raw).items()}
            answer = tokens.refresh if self.path == "/token" else tokens.introspect
            status, body = answer(form)
            encoded = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *_: object) -> None:
            """Say nothing: a token must not be in a log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        tokens.port = server.server_address[1]
        listening = threading.Thread(target=server.serve_forever, args=(0.05,), name="tokens")
        listening.start()
        try:
            yield tokens
        finally:
            server.shutdown()
            listening.join()
