"""Who is let in, as text; and whose key it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.nats.accounts import AdapterKey, AgentKeys, House, accounts, admitted, text
from router.nats.keys import new_pair, pair_of
from router.nats.people import People

pytestmark = pytest.mark.pure

KEYS = [new_pair(bytes([n]) * 32).public for n in range(6)]
HOUSE = House(KEYS[0], KEYS[1], (AdapterKey("email", "support", KEYS[2]),))


def agents_in(*agents: AgentKeys) -> dict[str, dict[str, list[str]]]:
    users = accounts(HOUSE, agents)["accounts"]["AGENTS"]["users"]
    return {user["nkey"]: user["permissions"] for user in users}


def test_an_agent_may_ask_as_themselves_and_hear_their_own_news() -> None:
    told = agents_in(AgentKeys("alice", (KEYS[3],), ("support",)))[KEYS[3]]
    assert told["publish"] == ["rpc.alice.*"]
    assert told["subscribe"] == [
        "_INBOX.alice.>",
        "news.agent.alice",
        "news.team.support",
        "news.board.support",
    ]


def test_each_console_of_an_agent_has_a_user() -> None:
    assert list(agents_in(AgentKeys("alice", (KEYS[3], KEYS[4])))) == [KEYS[3], KEYS[4]]


def test_no_seed_and_no_password_is_in_the_text() -> None:
    told = text(accounts(HOUSE, [AgentKeys("alice", (KEYS[3],))]))
    assert "password" not in told
    assert '"S' not in told


def test_a_key_of_the_house_lets_no_agent_in() -> None:
    assert agents_in(AgentKeys("alice", (KEYS[0], KEYS[2], KEYS[3]))).keys() == {KEYS[3]}


def test_a_key_that_came_twice_stays_with_the_first() -> None:
    agents = (AgentKeys("alice", (KEYS[3], KEYS[3])), AgentKeys("bob", (KEYS[3], KEYS[4])))
    assert [agent.keys for agent in admitted(HOUSE, agents)] == [(KEYS[3],), (KEYS[4],)]


@pytest.mark.parametrize("name", ["door", "a.b", "*", ">", "", "Älice", "a" * 33])
def test_a_name_that_would_change_a_permission_is_let_in_nowhere(name: str) -> None:
    assert agents_in(AgentKeys(name, (KEYS[3],))) == {}


@pytest.mark.parametrize("key", ["", "door", "U" * 55, KEYS[3].lower(), KEYS[3] + '"}'])
def test_what_is_no_public_key_is_left_out(key: str) -> None:
    assert agents_in(AgentKeys("alice", (key,))) == {}


@given(
    st.lists(
        st.builds(
            AgentKeys,
            st.sampled_from(["alice", "bob", "door", "x.y"]),
            st.lists(st.sampled_from([*KEYS, "no key"])).map(tuple),
        )
    )
)
def test_whatever_is_asked_each_key_is_let_in_once(agents: list[AgentKeys]) -> None:
    told = json.loads(text(accounts(HOUSE, agents)))["accounts"]
    users = [
        user["nkey"] for who in ("ROUTER", "ADAPTERS", "AGENTS") for user in told[who]["users"]
    ]
    assert len(users) == len(set(users))


def test_a_request_is_taken_when_key_and_subject_name_the_same_agent() -> None:
    people = People([AgentKeys("alice", (KEYS[3],)), AgentKeys("bob", (KEYS[4], KEYS[3]))])
    assert people.asking("rpc.alice.reply", KEYS[3]) == "alice"
    assert people.asking("rpc.bob.reply", KEYS[4]) == "bob"
    assert people.asking("rpc.bob.reply", KEYS[3]) is None
    assert people.asking("rpc.alice.reply", KEYS[5]) is None
    assert people.asking("rpc.alice.reply", "") is None


def test_the_door_is_nobody_and_nobody_else_is_the_door() -> None:
    people = People([AgentKeys("alice", (KEYS[3],))])
    assert people.asking("rpc.door.login", "door") == "door"
    assert people.asking("rpc.door.login", KEYS[3]) is None
    assert people.asking("rpc.alice.login", "door") is None


def test_a_seed_gives_the_same_pair_again() -> None:
    pair = new_pair(b"x" * 32)
    assert pair_of(pair.seed) == pair
    assert pair.seed not in repr(pair)


@pytest.mark.parametrize("seed", ["", "SUAx", "nonsense", "ü", KEYS[0]])
def test_what_is_no_seed_is_said_to_be_none(seed: str) -> None:
    with pytest.raises(ValueError, match="nkey seed"):
        pair_of(seed)
