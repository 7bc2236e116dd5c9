"""What is not heard any more is not known any more."""

import pytest

from router.attendance import UNHEARD, Attendance
from wire.messages.channel import Health

pytestmark = pytest.mark.pure


def test_the_health_of_an_adapter_that_fell_silent_is_not_its_last_word() -> None:
    here = Attendance()
    here.told_health("email", "support", Health(state="ready", since=1.0), 100.0)
    here.told_health("webchat", "shop", Health(state="ready", since=1.0), 110.0)
    here.forget_silent(100.0 + UNHEARD)
    assert set(here.health) == {("email", "support"), ("webchat", "shop")}
    here.forget_silent(100.1 + UNHEARD)
    assert set(here.health) == {("webchat", "shop")}
    here.told_health("email", "support", Health(state="starting", since=2.0), 120.0)
    assert here.health["email", "support"].state == "starting"
