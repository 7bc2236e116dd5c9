"""How fast an account's process does what it does again and again, in seconds."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Tests make it faster; a simulation brings its own clocks and chance."""

    # Health news; a change is told at once.
    health: float = 3.0
    # A router that starts after us learns who we are within this time.
    announce: float = 15.0
    # After refused credentials: hammering a login locks accounts out.
    auth: float = 60.0
    # Growing pauses of asking the router (asking costs little, and customers wait for who is back),
    # and of starting a channel again.
    ask_first: float = 0.1
    ask_most: float = 2.0
    run_first: float = 0.2
    run_most: float = 60.0
    # Well for so long, and pauses begin anew.
    healthy: float = 2.0
    # One question to the router.
    answer: float = 5.0
    # Messages on their way when we are told to stop.
    last_sends: float = 20.0
    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
