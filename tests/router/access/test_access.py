"""Invitations, waiting between tries, and the keys of consoles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.access import console_keys
from router.access.console_keys import let_in, surplus
from router.access.invitations import code_hash, holds, new_invitation
from router.access.throttle import AGENT, HOST, IN_ALL, NAMES, TOGETHER, Throttle
from router.nats.accounts import AgentKeys
from router.nats.keys import new_pair

pytestmark = pytest.mark.pure

KEY = new_pair(b"k" * 32).public


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_found_again_however_it_is_typed(chance: bytes) -> None:
    made = new_invitation(1000.0, chance, hours=2)
    typed = made.code.upper().replace("-", " ")
    assert code_hash(typed) == made.hash
    assert made.code not in made.hash
    assert len(made.code.replace("-", "")) == 26


def test_an_invitation_ends() -> None:
    made = new_invitation(1000.0, bytes(16), hours=2)
    assert holds(made.expires, 1000.0 + 7199)
    assert not holds(made.expires, 1000.0 + 7200)


def test_a_code_needs_all_its_chance() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        new_invitation(0.0, b"short")


HOME, AWAY = "192.0.2.1", "203.0.113.9"


def failing(times: int, agent: str = "alice", host: str = HOME) -> Throttle:
    throttle = Throttle()
    for _ in range(times):
        throttle.failed(agent, host, 0.0)
    return throttle


def test_the_first_failures_cost_nothing_and_then_the_wait_doubles() -> None:
    throttle, waits = Throttle(), []
    for _ in range(TOGETHER.free + 3):
        throttle.failed("alice", HOME, 100.0)
        waits.append(throttle.wait("alice", HOME, 100.0))
    assert waits == [0.0] * (TOGETHER.free - 1) + [2.0, 4.0, 8.0, 16.0]
    assert throttle.wait("alice", HOME, 117.0) == 0.0


def test_a_stranger_elsewhere_hardly_keeps_an_agent_out() -> None:
    throttle = failing(TOGETHER.free + 8, host=AWAY)
    assert throttle.wait("alice", AWAY, 0.0) == TOGETHER.longest
    assert throttle.wait("alice", HOME, 0.0) == 0.0
    assert failing(50, host=AWAY).wait("alice", HOME, 0.0) == AGENT.longest


def test_one_host_that_tries_many_names_is_slowed_for_any_name() -> None:
    throttle = Throttle()
    for n in range(HOST.free + 9):
        throttle.failed(f"agent{n}", AWAY, float(n) / 10)
    assert throttle.wait("somebody new", AWAY, 3.8) == HOST.longest
    assert throttle.wait("somebody new", HOME, 3.8) == 0.0


def test_one_agents_failures_do_not_stop_another_at_another_host() -> None:
    throttle = failing(20)
    assert throttle.wait("alice", HOME, 0.0) == TOGETHER.longest
    assert throttle.wait("bob", AWAY, 0.0) == 0.0


def test_a_login_forgives_the_agent_and_not_the_host() -> None:
    throttle = failing(HOST.free)
    throttle.passed("alice", HOME)
    assert throttle.wait("alice", HOME, 0.0) == throttle.wait("bob", HOME, 0.0) == 2.0
    throttle = failing(TOGETHER.free)
    throttle.passed("alice", HOME)
    assert throttle.wait("alice", HOME, 0.0) == 0.0


def test_an_hour_without_a_failure_forgives() -> None:
    throttle = failing(TOGETHER.free + 5)
    throttle.failed("alice", HOME, 3601.0)
    assert throttle.wait("alice", HOME, 3601.0) == 0.0


def test_many_names_together_are_slowed_for_everybody() -> None:
    throttle = Throttle()
    for n in range(IN_ALL):
        throttle.failed(f"agent{n}", f"host{n}", float(n) / 10)
    assert throttle.wait("anybody", "anywhere", 6.0) == 54.0
    assert throttle.wait("anybody", "anywhere", 60.0) == 0.0


def test_invented_names_take_no_room_without_end() -> None:
    throttle = Throttle()
    for n in range(NAMES + 50):
        throttle.failed(f"agent{n}", f"host{n}", float(n))
    assert len(throttle._of) == NAMES


@pytest.mark.parametrize("key", ["", "x", KEY.lower(), KEY + "A"])
def test_what_is_no_key_is_refused(key: str) -> None:
    assert console_keys.unfit(key) is not None


def test_a_key_of_the_house_is_refused() -> None:
    assert console_keys.unfit(KEY) is None
    assert console_keys.unfit(KEY, [KEY]) is not None


def test_one_console_too_many_logs_out_the_oldest() -> None:
    keys = [str(n) for n in range(console_keys.MOST)]
    assert surplus(keys[:-1]) == []
    assert surplus(keys) == ["0"]
    assert surplus([*keys, "x"]) == ["0", "1"]


def test_keys_of_agents_who_are_not_enabled_are_let_in_nowhere() -> None:
    listed = let_in([("alice", ("support",)), ("bob", ())], [("alice", KEY), ("gone", "x")])
    assert listed == (AgentKeys("alice", (KEY,), ("support",)), AgentKeys("bob"))
