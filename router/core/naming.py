"""What a sender is called by. Pure."""

import re

from wire.messages.channel import Party

# Longer addresses without an @ are no names.
SHORT = 20
_ADDRESS = re.compile(r"[^\s<>@\"',;()\[\]]{1,128}@[^\s<>@\"',;()\[\]]{1,253}")


def own_name(party: Party) -> str:
    """Their name, unless it says an address that is not theirs: "ceo@bank <evil@x>" is evil."""
    if "@" not in party.name:
        return party.name
    others = {other.casefold() for other in _ADDRESS.findall(party.name)}
    deceives = "@" in party.address and others - {party.address.casefold()}
    return "" if deceives else party.name


def called(party: Party) -> str:
    """What people call somebody: a name, an address, or of a long number its beginning."""
    name = own_name(party)
    if name or "@" in party.address or len(party.address) <= SHORT:
        return name or party.address
    return f"visitor {party.address[:4]}"
