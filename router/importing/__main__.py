"""`python -m router.importing FILE --data DIR`: the past of a desk comes in."""

import sys

from router.importing.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
