"""Free ports on loopback, and waiting until somebody answers there."""

import contextlib
import socket
import time


def free_ports(count: int) -> list[int]:
    """Ports that are free now, all different."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in sockets]


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def wait_for_port(port: int, *, seconds: float = 10) -> None:
    """Return once something listens there."""
    _wait(port, answering=True, seconds=seconds)


def wait_until_closed(port: int, *, seconds: float = 10) -> None:
    """Return once nothing listens there any more."""
    _wait(port, answering=False, seconds=seconds)


def _wait(port: int, *, answering: bool, seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while answers(port) != answering:
        if time.monotonic() > give_up:
            state = "nothing listens" if answering else "something still listens"
            raise TimeoutError(f"{state} on 127.0.0.1:{port} after {seconds} s")
        time.sleep(0.02)
