"""A channel's package written from the template: the same files under another name."""

import re
from dataclasses import dataclass
from pathlib import Path

from cordboard.failing import BAD_INPUT, Failure
from wire.messages.base import say

TEMPLATE = Path(__file__).with_name("template")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True)
class Package:
    """`kind` is what `[adapters.<account>]` will name."""

    kind: str

    @property
    def distribution(self) -> str:
        return f"cordboard-{self.kind}"

    @property
    def module(self) -> str:
        return self.distribution.replace("-", "_")

    @property
    def channel(self) -> str:
        return "".join(word.capitalize() for word in re.split("[-_]", self.kind))

    def renamed(self, text: str) -> str:
        """What stands in a file or its path, for this channel."""
        names = {
            "cordboard_example": self.module,
            "cordboard-example": self.distribution,
            "Example": self.channel,
            "example": self.kind,
        }
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    def write(self, folder: Path) -> None:
        """Raises Failure when something is there, OSError."""
        if folder.exists() and any(folder.iterdir()):
            raise Failure(say("{folder} is not empty.", folder=str(folder)), BAD_INPUT)
        for source in _files():
            target = folder / self.renamed(str(source.relative_to(TEMPLATE)))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.renamed(source.read_text("utf-8")), "utf-8")


def _files() -> list[Path]:
    found = (path for path in TEMPLATE.rglob("*") if path.suffix in (".py", ".toml", ".md"))
    return sorted(path for path in found if path.is_file())


def package(kind: str) -> Package:
    """Raises Failure for a name that no channel can have."""
    from adapters.sdk.found import channels

    if not NAME.fullmatch(kind):
        raise Failure(
            say("{name} cannot name a channel: a-z, 0-9, _ and - can, a letter first.", name=kind),
            BAD_INPUT,
        )
    if kind in channels():
        raise Failure(say("There is already a channel {name}.", name=kind), BAD_INPUT)
    return Package(kind)
