"""What the repository promises about itself: licences, exact versions, one command for all."""

import re
import tomllib

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.architecture

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("licence", "title"),
    [
        ("LICENSE", "GNU GENERAL PUBLIC LICENSE"),
        ("wire/LICENSE", "Apache License"),
        ("adapters/sdk/LICENSE", "Apache License"),
    ],
)
def test_each_part_carries_its_licence(licence: str, title: str) -> None:
    assert licence in PROJECT["license-files"]
    assert (ROOT / licence).read_text(encoding="utf-8").strip().startswith(title)


def test_every_constraint_is_an_exact_version_and_names_no_host() -> None:
    exact = re.compile(r"[\w.-]+==[\w.]+")
    assert [line for line in CONSTRAINTS if line and not exact.fullmatch(line)] == []


def test_every_dependency_has_its_exact_version() -> None:
    pinned = {plain(line.partition("==")[0]) for line in CONSTRAINTS if line}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    names = [plain(re.split(r"[<>=!~;\[ ]", requirement)[0]) for requirement in wanted]
    assert [name for name in names if name not in pinned] == []


def test_every_dependency_says_why() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    names = [re.split(r"[<>=!~;\[ ]", requirement)[0] for requirement in wanted]
    assert [name for name in names if f"**{name}**" not in reasons] == []


def test_the_build_server_runs_what_everybody_runs() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    work = [line for line in lines if not line.startswith(("#", "set ", "cd "))]
    assert work == ["exec make test </dev/null"]
