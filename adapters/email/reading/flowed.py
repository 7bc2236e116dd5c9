"""Text with format=flowed (RFC 3676): lines that the sender's program broke are joined again."""


def unfold(text: str, *, delete_space: bool = False) -> str:
    """Join each line that ends in a space with the next one of the same quote depth."""
    lines: list[list[str]] = []
    open_depth: int | None = None
    for raw in text.split("\n"):
        depth, line = _depth(raw)
        if line.startswith(" "):  # stuffed, so that it starts with neither ">" nor "From "
            line = line[1:]
        flows = line.endswith(" ") and line != "-- "
        kept = line[:-1] if flows and delete_space else line
        if open_depth == depth and line != "-- ":
            lines[-1].append(kept)
        else:
            lines.append([_marked(depth, kept)])
        open_depth = depth if flows else None
    return "\n".join(map("".join, lines))


def _depth(line: str) -> tuple[int, str]:
    bare = line.lstrip(">")
    return len(line) - len(bare), bare


def _marked(depth: int, line: str) -> str:
    return f"{'>' * depth} {line}" if depth else line
