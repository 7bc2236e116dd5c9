"""`python -m console`: what `cordboard console` becomes."""

import sys

from console.entry import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
