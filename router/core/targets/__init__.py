"""Reply targets: business calendars, which targets apply, and a conversation's clocks. Pure."""

from router.core.targets.choosing import target as target
from router.core.targets.place import order_key as order_key
