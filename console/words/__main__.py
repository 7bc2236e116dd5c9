"""`python -m console.words update` brings the catalogues up to date; `check` finds what is not."""

import sys

from console.words import tooling


def main(argv: list[str]) -> int:
    if argv == ["update"]:
        tooling.update()
    found = list(tooling.problems())
    for problem in found:
        sys.stdout.write(problem + "\n")
    return 1 if found and argv != ["update"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
