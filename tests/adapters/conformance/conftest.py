"""Channels that are not installed, found like those that are: by the metadata of a package."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """`installed(example="cordboard_example.adapter:Example")`."""

    def install(**channels: str) -> None:
        site = tmp_path / "site"
        info = site / "strangers-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers\nVersion: 1.0\n")
        lines = [f"{name} = {place}" for name, place in channels.items()]
        (info / "entry_points.txt").write_text("\n".join(["[cordboard.adapters]", *lines]))
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()

    return install
