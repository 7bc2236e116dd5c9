"""From a router to Telegram: each message once, and every "no" with its reason."""

import asyncio
import hashlib
import time

import pytest
from aiohttp import web

from adapters.sdk import Attachment, AuthFailed, Cue, Unavailable
from adapters.telegram.adapter import Telegram
from adapters.telegram.bot import BLOCKED
from cordboard.demo.customers.telegram_server import private, refusal
from tests.adapters.telegram.conftest import Desk, until
from tests.adapters.telegram.fake import ANNA, Fake, broken, cut, member, message, too_many
from wire import codec
from wire.messages import channel
from wire.messages.channel import Retry, Sent, Unknown

pytestmark = pytest.mark.contract


def kept(desk: Desk, data: bytes, name: str, media_type: str) -> Attachment:
    sha256 = hashlib.sha256(data).hexdigest()
    desk.router.keep_blob(data, sha256)
    return Attachment(sha256=sha256, name=name, media_type=media_type, size=len(data))


async def test_a_reply_is_shown_and_named_as_a_reaction_names_it(
    desk: Desk, telegram: Fake
) -> None:
    assert await desk.send("Добрий день") == Sent(remote_id="101/9000")
    assert telegram.texts() == ["Добрий день"]


async def test_the_same_id_again_is_sent_once(desk: Desk, telegram: Fake) -> None:
    first = await desk.send("hi", id="out-7")
    again = await desk.send("hi", id="out-7")
    assert (first, again) == (Sent(remote_id="101/9000"), Sent(remote_id="101/9000", again=True))
    assert telegram.texts() == ["hi"]


async def test_a_long_text_comes_in_pieces_and_in_order(desk: Desk, telegram: Fake) -> None:
    words = " ".join(f"word{number:05}" for number in range(1_000))
    assert len(words) == 9_999
    assert isinstance(await desk.send(words), Sent)
    shown = telegram.texts()
    assert " ".join(shown) == words
    assert [len(text) <= 4096 for text in shown] == [True] * 3


async def test_files_go_out_after_the_text(desk: Desk, telegram: Fake) -> None:
    picture = kept(desk, b"\x89PNG" * 100, "cup.png", "image/png")
    bill = kept(desk, b"%PDF" * 500_000, "рахунок.pdf", "application/pdf")
    assert await desk.send("both", attachments=(picture, bill)) == Sent(remote_id="101/9002")
    text, photo, document = telegram.shown
    assert (text["text"], photo["as"], photo["name"]) == ("both", "photo", "cup.png")
    assert (document["as"], document["name"]) == ("document", "рахунок.pdf")
    assert document["file"] == b"%PDF" * 500_000


async def test_a_file_of_25_mb_goes_out_whole(desk: Desk, telegram: Fake) -> None:
    film = kept(desk, bytes(range(256)) * 102_400, "film.mp4", "video/mp4")
    assert isinstance(await desk.send("", attachments=(film,)), Sent)
    assert hashlib.sha256(telegram.shown[0]["file"]).hexdigest() == film.sha256


async def test_a_picture_that_telegram_cannot_show_goes_as_a_document(
    desk: Desk, telegram: Fake
) -> None:
    telegram.fail("sendPhoto", lambda: refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    picture = kept(desk, b"\x89PNG", "long.png", "image/png")
    assert isinstance(await desk.send("see", attachments=(picture,)), Sent)
    assert [(each["as"], each["text"]) for each in telegram.shown] == [("document", "see")]


async def test_after_a_429_the_whole_bot_is_silent_for_so_long(desk: Desk, telegram: Fake) -> None:
    await until(lambda: telegram.asked("getUpdates"))
    telegram.fail("sendMessage", too_many(1))
    first = await desk.send("one", id="out-1")
    told = time.monotonic()
    assert isinstance(first, Retry)
    assert first.after == 1.0
    asked = len(telegram.calls)
    await telegram.tell(message=message(1, text="wakes the poll"))
    other = await desk.send("two", remote="102")
    assert isinstance(other, Retry)
    assert 0 < other.after <= 1.0
    assert len(telegram.calls) == asked
    await asyncio.sleep(first.after)
    assert await desk.send("one", id="out-1") == Sent(remote_id="101/9000")
    await until(lambda: not telegram.updates)
    later = [call.at - told for call in telegram.calls[asked:]]
    assert min(later) > 0.9


async def test_a_part_that_has_to_wait_repeats_no_other(desk: Desk, telegram: Fake) -> None:
    bill = kept(desk, b"%PDF", "a.pdf", "application/pdf")
    more = kept(desk, b"%PDF2", "b.pdf", "application/pdf")
    telegram.fail("sendDocument", too_many(1))
    first = await desk.send("both", id="out-1", attachments=(bill, more))
    assert isinstance(first, Retry)
    await asyncio.sleep(first.after)
    again = await desk.send("both", id="out-1", attachments=(bill, more))
    assert isinstance(again, Sent)
    assert [each.get("name", "") for each in telegram.shown] == ["", "a.pdf", "b.pdf"]


async def test_a_customer_who_blocked_the_bot_gets_nothing_and_the_reason_is_clear(
    desk: Desk, telegram: Fake
) -> None:
    telegram.blocked.add(101)
    assert await desk.send("hi") == channel.Rejected(
        reason="the customer has blocked the bot", code="403"
    )
    assert isinstance(await desk.send("hi", remote="102"), Sent)


async def test_to_a_closed_chat_nothing_is_sent_until_its_customer_is_back(
    desk: Desk, telegram: Fake
) -> None:
    telegram.blocked.add(101)
    first, second = await desk.send("hi"), await desk.send("hello?")
    assert first == second == channel.Rejected(reason=BLOCKED, code="403")
    assert len(telegram.asked("sendMessage")) == 1
    telegram.blocked.clear()
    await telegram.tell(message=message(1, text="I am back"))
    await until(lambda: desk.router.texts)
    assert isinstance(await desk.send("welcome"), Sent)
    await telegram.tell(my_chat_member=member("kicked", private(ANNA)))
    await until(lambda: len(desk.router.texts) == 2)
    assert await desk.send("and now?") == channel.Rejected(reason=BLOCKED, code="403")
    assert telegram.texts() == ["welcome"]


async def test_people_see_which_bot_it_is_once_it_knows_itself(desk: Desk) -> None:
    await until(lambda: any(said.address == "@kvit_bot" for said in desk.router.announced))


async def test_what_was_refused_halfway_says_how_far_it_came(desk: Desk, telegram: Fake) -> None:
    files = tuple(kept(desk, name.encode(), name, "text/plain") for name in ("a", "b"))
    telegram.fail("sendDocument", lambda: refusal(413, "Request Entity Too Large"))
    answer = await desk.send("x", attachments=files)
    assert isinstance(answer, channel.Rejected)
    assert answer.reason.startswith("only 1 of 3 parts were delivered: ")


async def test_a_file_that_somebody_before_telegram_refuses_is_not_tried_for_ever(
    desk: Desk, telegram: Fake
) -> None:
    telegram.fail("sendDocument", lambda: web.Response(status=413, text="<html>"))
    large = kept(desk, b"x", "a", "text/plain")
    assert await desk.send("", attachments=(large,)) == channel.Rejected(
        reason="it is too large for Telegram", code="413"
    )


@pytest.mark.parametrize("fault", [broken, cut])
async def test_an_end_that_nobody_knows_is_told_and_not_repeated(
    desk: Desk, telegram: Fake, fault: object
) -> None:
    telegram.fail_after("sendMessage", fault)  # type: ignore[arg-type]
    assert isinstance(await desk.send("hi"), Unknown)
    assert telegram.texts() == ["hi"]
    await until(lambda: desk.router.announced)
    assert desk.router.announced[0].capabilities.when_unknown == "ask"


async def test_an_answer_that_does_not_come_is_not_known_either(
    desk: Desk, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Telegram, "send_timeout", 0.05)
    telegram.held["sendMessage"] = asyncio.Event()
    assert isinstance(await desk.send("hi"), Unknown)


async def test_nothing_is_sent_when_nobody_listens(desk: Desk, telegram: Fake) -> None:
    await desk.is_("ready")
    await telegram.__aexit__(None, None, None)
    assert isinstance(await desk.send("hi"), Retry)
    await telegram.__aenter__()
    assert isinstance(await desk.send("hi"), Sent)
    assert telegram.texts() == ["hi"]


@pytest.mark.parametrize(("remote", "text"), [("anna", "hi"), ("101", " ")])
async def test_what_cannot_be_sent_is_refused(desk: Desk, remote: str, text: str) -> None:
    assert isinstance(await desk.send(text, remote=remote), channel.Rejected)


async def test_a_file_that_the_desk_has_not_stops_all_of_it(desk: Desk, telegram: Fake) -> None:
    lost = Attachment(sha256="00" * 32, name="a", media_type="text/plain", size=1)
    assert isinstance(await desk.send("x", attachments=(lost, lost)), channel.Rejected)
    assert telegram.shown == []


async def test_customers_see_an_agent_type(desk: Desk, telegram: Fake) -> None:
    await desk.is_("ready")
    for cue in (Cue(remote="101", typing=True), Cue(remote="101"), Cue(remote="x", typing=True)):
        await desk.router.bus.publish("cue.telegram.bot", codec.encode(cue))
    await until(lambda: telegram.asked("sendChatAction"))
    assert telegram.asked("sendChatAction") == [{"chat_id": 101, "action": "typing"}]


async def test_a_wrong_token_pauses_the_account(desk: Desk) -> None:
    await desk.stop()
    desk.token = "4242:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-xx"
    desk.start()
    await desk.is_("paused")
    assert desk.router.health[-1].said == "Telegram refuses the token"
    assert isinstance(await desk.send("hi"), Retry)


async def test_the_account_can_be_checked(desk: Desk, telegram: Fake) -> None:
    assert await desk.adapter().check() == "Telegram knows this bot as @kvit_bot"
    desk.token = desk.token[:-2] + "xx"
    async with asyncio.timeout(10):
        with pytest.raises(AuthFailed):
            await desk.adapter().check()
    await telegram.__aexit__(None, None, None)
    with pytest.raises(Unavailable):
        await desk.adapter().check()
    await telegram.__aenter__()


async def test_it_leaves_no_task_and_no_connection(desk: Desk, telegram: Fake) -> None:
    await desk.send("hi")
    await until(lambda: telegram.asked("getUpdates"))
    await desk.stop()
    ours = [task for task in asyncio.all_tasks() if "adapters" in repr(task.get_coro())]
    assert ours == []
