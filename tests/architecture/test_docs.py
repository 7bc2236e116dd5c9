"""Every door is documented, and what the pages say can be done can be done."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import FieldInfo, fields

import adapters.sdk
from adapters.email.config import EmailConfig, OAuth
from adapters.sdk import Capabilities, Config
from adapters.telegram.config import TelegramConfig
from adapters.webchat.config import WebchatConfig
from console import keys
from console.commands import COMMANDS
from console.stage import Command
from cordboard.app import COMMANDS as TYPED
from cordboard.checking import checked
from tests.architecture.source import PACKAGES, ROOT, files
from wire.settings import Account, BusSettings, Desk, Operating

pytestmark = pytest.mark.architecture

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
READ = ("-guide.md", "README.md", "adapter.md", "operating.md", "routing.md")
GUIDES = [path for path in PAGES if path.name.endswith(READ)]
CHANNELS = (EmailConfig, OAuth, WebchatConfig, TelegramConfig)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Folders of whoever wrote the page say nothing to whoever reads it.
SOMEBODYS = re.compile(r"(?<![\w.])/(?:work|home|root|tmp|Users)/")
VARIABLE = re.compile(r"\bCORDBOARD_[A-Z]+\b")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def everything() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in GUIDES)


def block(name: str, language: str, number: int = 0) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)
    return str(found[number])


# --- the console ---------------------------------------------------------------------------------


def row_of(command: Command) -> str:
    """The line of the agents' guide about this command."""
    pressed = " ".join(f"`{keys.shown(key)}`" for key in command.keys)
    return f"| {pressed} | `{command.id}` | {command.help} |"


def test_every_key_of_the_console_stands_in_the_agents_guide_as_the_table_has_it() -> None:
    guide = text("docs/agents-guide.md").splitlines()
    wanted = [row_of(command) for command in COMMANDS if not command.id.startswith("chat-")]
    assert [row for row in wanted if row not in guide] == []


def test_the_agents_guide_has_no_command_that_the_console_lacks() -> None:
    known = {command.id for command in COMMANDS}
    rows = re.findall(r"^\|[^|]*\| `([a-z-]+)` \|", text("docs/agents-guide.md"), re.MULTILINE)
    assert [name for name in rows if name not in known] == []


def test_the_live_chats_are_reached_by_their_digits() -> None:
    digits = [command for command in COMMANDS if command.id.startswith("chat-")]
    first, last = (
        " ".join(f"`{keys.shown(key)}`" for key in digits[place].keys) for place in (0, -1)
    )
    assert f"| {first} … {last} | `chat-1` … `chat-{len(digits)}` |" in text("docs/agents-guide.md")


# --- the command line ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", [words for words, _function, _said in TYPED])
def test_every_command_that_can_be_typed_stands_in_a_guide(words: str) -> None:
    assert re.search(rf"\bcordboard {words}\b", everything())


def test_no_guide_names_a_command_that_cannot_be_typed() -> None:
    known = {words.split()[0] for words, _function, _said in TYPED}
    named = set(re.findall(r"`cordboard ([a-z]+)", everything()))
    named |= set(re.findall(r"^    \$ cordboard ([a-z]+)", everything(), re.MULTILINE))
    assert named - known == set()


def test_every_variable_of_the_environment_stands_in_a_guide() -> None:
    source = [path.read_text(encoding="utf-8") for package in PACKAGES for path in files(package)]
    assert set(VARIABLE.findall("\n".join(source))) - set(VARIABLE.findall(everything())) == set()


# --- the configuration ---------------------------------------------------------------------------


def keys_of() -> Iterator[tuple[str, FieldInfo]]:
    for type_ in (Desk, BusSettings, Operating, Account, *CHANNELS):
        for field in fields(type_):
            if (type_, field.name) != (Account, "options"):  # they are the channel's own keys
                yield type_.__name__, field


@pytest.mark.parametrize(
    ("where", "field"), [pytest.param(w, f, id=f"{w}.{f.name}") for w, f in keys_of()]
)
def test_every_key_of_the_configuration_is_explained(where: str, field: FieldInfo) -> None:
    guide = text("docs/operators-guide.md")
    assert f"`{field.name}`" in guide
    usual = field.default
    if where != "OAuth" and isinstance(usual, bool | int | float | str):
        assert f"| `{field.name}` | `{as_toml(usual)}` |" in guide


def as_toml(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_the_complete_example_is_a_good_configuration(tmp_path: Path) -> None:
    example = block("docs/operators-guide.md", "toml")
    for name in re.findall(r'\{ file = "([^"]+)" \}', example):
        (tmp_path / name).write_text("0123456789abcdef" * 4)
    (tmp_path / "cordboard.toml").write_text(example)
    assert len(checked(tmp_path / "cordboard.toml").adapters) == 4


def test_the_complete_example_shows_every_way_of_mail() -> None:
    example = block("docs/operators-guide.md", "toml")
    for key in ("imap_host", "smtp_host", "smtp_listen", "oauth", "identity_secret"):
        assert key in example


# --- the SDK -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", adapters.sdk.__all__)
def test_every_name_of_the_sdk_is_explained(name: str) -> None:
    explained = text("docs/writing-an-adapter.md").partition("## Every name")[0]
    assert re.search(rf"\b{name}\b", explained)
    assert f"`{name}`" in text("docs/writing-an-adapter.md")


@pytest.mark.parametrize("field", fields(Capabilities), ids=lambda field: str(field.name))
def test_every_capability_is_explained(field: FieldInfo) -> None:
    guide = text("docs/writing-an-adapter.md")
    usual = field.default
    shown = f'"{usual}"' if isinstance(usual, str) else str(usual)
    assert f"`{field.name}`" in guide
    assert field.required or f"| `{field.name}` | `{shown}` |" in guide


def example_channel() -> dict[str, Any]:
    """The names that the page's channel makes, after it was run as a module."""
    names: dict[str, Any] = {"__name__": "cordboard_lines"}
    exec(compile(block("docs/writing-an-adapter.md", "python"), "the example", "exec"), names)
    return names


def test_the_example_channel_is_one() -> None:
    names = example_channel()
    channel, config = names["Lines"], names["LinesConfig"]
    assert issubclass(config, Config)
    assert channel.kind == channel.capabilities.kind == "lines"
    assert channel(config(port=4040), "machine").account == "machine"
    assert channel.faults(config(port=4040)) == []
    assert channel.faults(config(port=0)) != []
    assert 'lines = "cordboard_lines:Lines"' in block("docs/writing-an-adapter.md", "toml")


# --- the pages -----------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """As the places where Markdown is shown name it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, part = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if part:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            assert part in [anchor(heading) for heading in headings], link


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_names_a_folder_of_its_writer(page: Path) -> None:
    assert SOMEBODYS.findall(page.read_text(encoding="utf-8")) == []


def test_every_page_stands_in_the_index() -> None:
    named = LINK.findall(text("docs/README.md"))
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in pages if name not in named] == []


def test_the_readme_can_be_read_in_a_few_minutes() -> None:
    assert len(text("README.md").splitlines()) <= 120
