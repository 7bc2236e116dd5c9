"""How much of one mail we are ready to read; what is larger is cut or refused, and said."""

MEGABYTE = 1_000_000

MAIL = 40 * MEGABYTE
PARTS = 1000
DEPTH = 50
HEADERS = 1000
HEADER_BLOCK = 256 * 1024
HEADER = 8 * 1024
ADDRESS_HEADER = 64 * 1024
ADDRESSES = 1000
REFERENCES = 50
TEXT = 200_000  # characters of body shown; the raw mail keeps all
TEXT_BYTES = 4 * MEGABYTE
HTML = MEGABYTE
HTML_TAGS = 60_000
HTML_DEPTH = 300
SCANNED = 64 * 1024  # characters searched for quotes, and lines
SCANNED_LINES = 4000
LINE = 400  # a longer line never introduces a quote
NAME_BYTES = 120
BOUNCE = 256 * 1024  # what a bounce says stands at its beginning
