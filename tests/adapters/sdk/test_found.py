"""A stranger's channel is found, configured and run like one of ours."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sdk.found import from_file
from wire.config import BadConfig

pytestmark = pytest.mark.program

CHANNEL = """
from adapters.sdk import Adapter, Capabilities, Config, Inbox, MessageIn, Outbound, Party, Secret

class PaperConfig(Config, frozen=True):
    folder: str
    key: Secret
    signature: str = ""

class Paper(Adapter[PaperConfig]):
    kind = "paper"
    Config = PaperConfig
    capabilities = Capabilities(kind="paper")

    async def run(self, inbox: Inbox) -> None:
        sender = Party(address="anna")
        hello = MessageIn(id="1", remote="anna", sender=sender, at=1.0, text="from paper")
        await inbox.receive(hello)

    async def send(self, message: Outbound) -> str:
        return "written"

    async def check(self) -> str:
        return "there is paper"
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A distribution that somebody else installed."""
    site = tmp_path / "site"
    info = site / "paper_channel-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paper-channel\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[cordboard.adapters]\npaper = paper_channel:Paper\nnone = paper_channel:Nothing\n"
    )
    (site / "paper_channel.py").write_text(CHANNEL)
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("paper_channel", None)


def configured(folder: Path, text: str) -> Path:
    file = folder / "cordboard.toml"
    file.write_text(text)
    return file


def test_a_strangers_channel_gets_its_keys(
    stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPER_KEY", "s3cret")
    text = """
        [adapters.desk1]
        kind = "paper"
        title = "Paper desk"
        signature = "Yours"
        folder = "/tmp/paper"
        key = { env = "PAPER_KEY" }
    """
    adapter, title = from_file(configured(tmp_path, text), "desk1")
    assert (adapter.account, adapter.config.folder, title) == ("desk1", "/tmp/paper", "Paper desk")
    assert adapter.config.signature == "Yours"
    assert "s3cret" not in repr(adapter.config)


def test_every_fault_is_told_with_the_nearest_key(stranger: Path, tmp_path: Path) -> None:
    file = configured(tmp_path, '[adapters.desk1]\nkind = "paper"\nfolde = 5\nkey = "written"\n')
    with pytest.raises(BadConfig) as told:
        from_file(file, "desk1")
    sentences = "\n".join(told.value.faults)
    assert 'adapters.desk1.folde: unknown key. Did you mean "folder"?' in sentences
    assert "adapters.desk1.folder: is missing" in sentences
    assert "a secret is named, not written" in sentences


@pytest.mark.parametrize(
    ("account", "kind", "sentence"),
    [
        ("desk2", "paper", 'there is no such account. Did you mean "desk1"?'),
        ("desk1", "papre", "there is no channel 'papre'. Did you mean \"paper\"?"),
        ("desk1", "none", "'none' cannot be loaded"),
    ],
)
def test_what_does_not_exist_is_told(
    stranger: Path, tmp_path: Path, account: str, kind: str, sentence: str
) -> None:
    file = configured(tmp_path, f'[adapters.desk1]\nkind = "{kind}"\n')
    with pytest.raises(BadConfig, match=r".") as told:
        from_file(file, account)
    assert sentence in str(told.value)
