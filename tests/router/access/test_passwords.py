"""Passwords are kept as argon2id and checked off the loop."""

import pytest

from router.access import passwords
from router.access.passwords import check_password, hash_password, unfit

pytestmark = pytest.mark.program


async def test_the_right_password_passes_and_another_does_not() -> None:
    stored = await hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await check_password(stored, "correct horse battery")
    assert not await check_password(stored, "correct horse batterz")


async def test_who_has_no_password_cannot_pass_with_any() -> None:
    assert not await check_password("", "")
    assert not await check_password("", "correct horse battery")


async def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not await check_password("$argon2id$nonsense", "x")
    assert not await check_password("plain", "plain")


async def test_nobodys_hash_costs_as_much_as_a_real_one() -> None:
    assert not passwords._hasher.check_needs_rehash(passwords._NOBODYS)


@pytest.mark.parametrize(
    ("password", "good"), [("short", False), ("x" * 1001, False), ("x" * 10, True)]
)
def test_a_password_has_a_length(password: str, good: bool) -> None:
    assert (unfit(password) is None) is good
