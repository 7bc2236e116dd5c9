"""What every value that crosses a process boundary has in common."""

import msgspec


class Wire(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frozen value. Fields of a newer release are ignored by an older one."""


class Said(Wire, frozen=True):
    """A sentence for a person, translated where it is read.

    `text` is an English sentence of the message catalogue with `{named}` places, `args` fills them.
    """

    text: str
    args: dict[str, str | int | float] = {}

    def __str__(self) -> str:
        return self.text.format_map(_Shown(self.args))


class _Shown(dict[str, object]):
    """Arguments of a sentence; one that is missing shows its name instead of raising."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def say(text: str, **args: str | int | float) -> Said:
    """Mark a sentence for the catalogue (the extractor knows this name) and fill its places."""
    return Said(text=text, args=args)


def starred(value: msgspec.Struct, *secret: str) -> str:
    """What `repr` says of a value that holds secrets: logs are read by many."""
    held = {name: getattr(value, name) for name in value.__struct_fields__}
    told = (f"{n}=***" if n in secret and v else f"{n}={v!r}" for n, v in held.items())
    return f"{type(value).__name__}({', '.join(told)})"
