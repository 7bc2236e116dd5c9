"""The command `cordboard`: every sentence of it in the language of who types."""

import logging
import sys

from console.words import catalogue


def main() -> None:
    """Run what was typed. Ends with 1 when it was refused, 2 for bad input, 3 without a desk."""
    catalogue.use(catalogue.preferred())
    # What goes wrong is said in a sentence below; what our parts log on the way would hide it.
    logging.getLogger("cordboard").addHandler(logging.NullHandler())
    # Its tables of help are read in that language while it is loaded.
    from cordboard.app import app

    try:
        app(prog_name="cordboard")
    except Exception as error:
        from cordboard.explaining import explained

        known = explained(error)
        if known is None:
            raise
        print("\n".join(known.sentences), file=sys.stderr)
        sys.exit(known.status)
