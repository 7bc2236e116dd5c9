"""`cordboard` as people start it: a process, with a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., "subprocess.CompletedProcess[str]"]

CONFIG = """
[desk]
name = "Test desk"

[adapters.shop]
kind = "webchat"
secret = { file = "secret" }
listen = "127.0.0.1:0"
"""


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """Nobody's logins but this test's, and no keyring."""
    return {
        **os.environ,
        "XDG_DATA_HOME": str(tmp_path / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }


@pytest.fixture
def typed(tmp_path: Path, surroundings: dict[str, str]) -> Typed:
    """Type a command; it has ended when this returns."""

    def type_it(*words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(Path(sys.executable).with_name("cordboard")), *words],
            cwd=tmp_path,
            env=surroundings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return type_it


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "cordboard.toml"
    path.write_text(CONFIG)
    (tmp_path / "secret").write_text("s" * 40)
    return path
