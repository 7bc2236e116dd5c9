"""Our short package names (`console`, `wire`, …) are ours and nobody else's."""

import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT

pytestmark = pytest.mark.architecture


SHOW = """
import importlib, sys
print(*(importlib.import_module(name).__file__ for name in sys.argv[1:]))
"""


def top_level_names(distribution: Distribution) -> set[str]:
    files = distribution.files or []
    return {file.parts[0].removesuffix(".py") for file in files}


def test_no_other_distribution_brings_a_package_of_our_name() -> None:
    clashes = [
        f"{name} is also in {distribution.metadata['Name']}"
        for distribution in distributions()
        if distribution.metadata["Name"] != "cordboard"
        for name in sorted(top_level_names(distribution) & set(PACKAGES))
    ]
    assert clashes == []


def test_our_packages_are_found_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", SHOW, *PACKAGES],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"is it installed? {done.stderr}"
    assert done.stdout.split() == [str(ROOT / name / "__init__.py") for name in PACKAGES]
