"""The agent's console in a real terminal: killed, started again, and read at the end."""

import os
import re
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack

from chaos import marks
from chaos.premises import Premises
from tests.journeys.hands import Hands

LOOK_EVERY = 0.25
# So many looks at one thread, then the next.
LOOKS_A_THREAD = 8
# Seconds in which a thread stands there whole, once it was opened.
WHOLE_WITHIN = 20.0
LINKED = re.compile(r"link \d+ ms")


def until_linked(hands: Hands) -> None:
    """ "link 2 ms" in its head; "link down" would not do."""
    hands.until(lambda: bool(LINKED.search(hands.text())), "a link to the desk")


def pane(hands: Hands) -> Counter[str]:
    """How often each mark is painted in the thread that is open."""
    rows = (row.partition("│")[2] for row in hands.terminal.screen())
    return Counter(token for row in rows for token in (*marks.came(row), *marks.went(row)))


class Watching:
    """Looks on while the desk is shot at. `twice` is what a picture ever showed twice."""

    def __init__(self, desk: Premises) -> None:
        self._desk = desk
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self.twice: set[str] = set()
        self.pictures = 0
        self._hands = self._opened()
        self._hands.goes_on_duty()
        self._hands.press("g", "enter")
        self._thread = threading.Thread(target=self._look_on, name="watching")
        self._thread.start()

    def _opened(self) -> Hands:
        hands = self._stack.enter_context(self._desk.console("ana"))
        until_linked(hands)
        return hands

    def kill(self) -> float:
        """SIGKILL the console and start it again, as its agent would: the seconds it took."""
        with self._turn:
            began = time.monotonic()
            os.kill(self._hands.terminal.pid, signal.SIGKILL)
            self._stack.close()
            self._hands = self._opened()
            took = time.monotonic() - began
            self._hands.press("g", "enter")
            return took

    def end(self) -> None:
        """The last picture; raises when its link did not come back."""
        self._stop.set()
        self._thread.join()
        try:
            until_linked(self._hands)
        finally:
            self._stack.close()

    def _look_on(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            with self._turn:
                self.twice |= {token for token, n in pane(self._hands).items() if n > 1}
                self.pictures += 1
                if self.pictures % LOOKS_A_THREAD == 0:
                    self._hands.press("J")


def painted(desk: Premises, tokens: set[str], rows: int) -> Counter[str]:
    """The agent opens each thread in a tall terminal; how often each mark was painted."""
    seen: Counter[str] = Counter()
    with desk.console("ana", rows=rows) as hands:
        until_linked(hands)
        hands.press("g", "enter")
        missed = 0
        for _ in marks.customers(tokens):
            # Where much is lost, nobody waits long for each.
            patience = WHOLE_WITHIN if missed < 3 else 1.0
            there = _whole_thread(hands, tokens - set(seen), patience)
            missed += not there
            seen.update(there)
            hands.press("J")
    return seen


def _whole_thread(hands: Hands, wanted: set[str], patience: float) -> Counter[str]:
    """The next thread once all of its customer's messages are there, or what there is of it."""
    give_up = time.monotonic() + patience
    while True:
        there = pane(hands)
        here = marks.customers(wanted & set(there))
        whole = {token for token in wanted if marks.customer(token) in here}
        if whole and whole <= set(there):
            return there
        if time.monotonic() > give_up:
            return there if whole else Counter()
        time.sleep(0.03)
