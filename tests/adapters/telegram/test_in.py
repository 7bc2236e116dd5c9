"""From Telegram to a router: each thing once, in order, whatever breaks in between."""

import asyncio
import logging

import pytest

from adapters.sdk import EditedIn, MessageIn, ReactedIn, UnreadableIn
from adapters.telegram import files
from cordboard.demo.customers.telegram_server import refusal
from tests.adapters.telegram.conftest import Desk, until
from tests.adapters.telegram.fake import (
    ANNA,
    GROUP,
    TOKEN,
    Fake,
    broken,
    cut,
    emoji,
    in_group,
    member,
    message,
    private,
    reaction,
    too_many,
)

pytestmark = pytest.mark.contract


async def test_a_message_comes_in_and_is_confirmed_only_when_it_is_committed(
    desk: Desk, telegram: Fake
) -> None:
    desk.router.gate.clear()
    number = await telegram.tell(message=message(1, text="hello"))
    await until(lambda: desk.router.asked)
    assert [ask for ask in telegram.asked("getUpdates") if "offset" in ask] == []
    assert len(telegram.updates) == 1
    desk.router.gate.set()
    await until(lambda: not telegram.updates)
    assert telegram.asked("getUpdates")[-1]["offset"] == number + 1
    assert desk.router.texts == ["hello"]
    assert "my_chat_member" in telegram.asked("getUpdates")[0]["allowed_updates"]


async def test_half_a_character_makes_nobody_deaf(desk: Desk, telegram: Fake) -> None:
    said = "half \ud83d a character, whole \U0001f600, a path C:\\ud800"
    await telegram.tell(message=message(1, text="before"))
    await telegram.tell(message=message(2, text=said))
    await telegram.tell(message=message(3, text="after"))
    await until(lambda: not telegram.updates)
    assert desk.router.texts == ["before", said.replace("\ud83d", "\ufffd"), "after"]


async def test_killed_before_the_answer_it_brings_each_once_after_its_restart(
    desk: Desk, telegram: Fake
) -> None:
    desk.router.gate.clear()
    for number in range(10):
        await telegram.tell(message=message(number, 101 + number % 3, text=f"n{number}"))
    await until(lambda: desk.router.asked)
    await desk.kill()
    assert len(telegram.updates) == 10
    desk.router.gate.set()
    desk.start()
    await until(lambda: not telegram.updates)
    assert sorted(desk.router.texts) == sorted(f"n{number}" for number in range(10))


async def test_killed_after_the_commit_it_asks_again_and_hears_that_it_is_known(
    desk: Desk, telegram: Fake
) -> None:
    await telegram.tell(message=message(1, text="once"))
    await until(lambda: desk.router.texts)
    await desk.kill()
    asked = desk.router.asked
    await telegram.tell_raw({"update_id": 600, "message": message(1, text="once")})
    desk.start()
    await until(lambda: desk.router.asked > asked)
    await until(lambda: not telegram.updates)
    assert desk.router.texts == ["once"]


async def test_chats_keep_their_order(desk: Desk, telegram: Fake) -> None:
    await desk.kill()
    for number in range(150):
        await telegram.tell(message=message(number, 101 + number % 7, text=str(number)))
    desk.start()
    await until(lambda: len(desk.router.texts) == 150)
    for chat in range(7):
        ours = [int(text) for text in desk.router.texts if int(text) % 7 == chat]
        assert ours == sorted(ours)


async def test_a_slow_chat_holds_no_other_up(desk: Desk, telegram: Fake) -> None:
    await desk.kill()
    held = telegram.held["file"] = asyncio.Event()
    telegram.files["d"] = b"x"
    document = {"file_id": "d", "file_unique_id": "d"}
    await telegram.tell(message=message(1, 101, document=document, caption="slow"))
    await telegram.tell(message=message(2, 102, text="quick"))
    desk.start()
    await until(lambda: desk.router.texts == ["quick"])
    held.set()
    await until(lambda: desk.router.texts == ["quick", "slow"])


async def test_edits_and_reactions_name_their_message(desk: Desk, telegram: Fake) -> None:
    await telegram.tell(message=message(1, text="five"))
    await telegram.tell(edited_message=message(1, text="six", edit_date=1_700_000_060))
    await telegram.tell(message_reaction=reaction(1, [], emoji("👍")))
    await until(lambda: len(desk.router.order) == 3)
    first, edit, react = desk.router.order
    assert isinstance(edit, EditedIn)
    assert isinstance(react, ReactedIn)
    assert (edit.of, edit.text, react.of, react.reaction) == (first.id, "six", first.id, "👍")


async def test_a_file_is_at_the_desk_before_its_message(desk: Desk, telegram: Fake) -> None:
    telegram.files["d"] = b"%PDF" * 200_000
    document = {"file_id": "d", "file_unique_id": "d", "file_name": "bill.pdf",
                "mime_type": "application/pdf", "file_size": 800_000}  # fmt: skip
    await telegram.tell(message=message(1, document=document, caption="the bill"))
    await until(lambda: desk.router.order)
    (event,) = desk.router.order
    assert isinstance(event, MessageIn)
    (kept,) = event.attachments
    assert (event.text, kept.name, kept.media_type) == ("the bill", "bill.pdf", "application/pdf")
    assert bytes(desk.router.blobs[kept.sha256]) == telegram.files["d"]


async def test_the_largest_file_that_telegram_hands_over_comes_whole(
    desk: Desk, telegram: Fake
) -> None:
    telegram.files["d"] = bytes(range(256)) * 81_920
    document = {"file_id": "d", "file_unique_id": "d", "file_size": 20 * 1024**2}
    await telegram.tell(message=message(1, document=document))
    await until(lambda: desk.router.order)
    (event,) = desk.router.order
    assert isinstance(event, MessageIn)
    assert bytes(desk.router.blobs[event.attachments[0].sha256]) == telegram.files["d"]


@pytest.mark.parametrize("size", [31_000_000, 0])
async def test_a_file_that_is_too_large_is_said_in_the_text(
    desk: Desk, telegram: Fake, size: int
) -> None:
    video = {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1,
             "file_size": size}  # fmt: skip
    await telegram.tell(message=message(1, video=video, caption="look"))
    await until(lambda: desk.router.texts)
    shown = "video.mp4 · 31.0 MB" if size else "video.mp4"
    assert desk.router.texts == [f"look\n[{shown} · could not be fetched from Telegram]"]


async def test_a_message_waits_for_a_file_that_does_not_come_at_once(
    desk: Desk, telegram: Fake
) -> None:
    telegram.files["d"] = b"x"
    telegram.fail("file", broken, cut)
    unavailable = "Bad Request: wrong file_id or the file is temporarily unavailable"
    telegram.fail("getFile", broken, lambda: refusal(400, unavailable))
    await telegram.tell(message=message(1, document={"file_id": "d", "file_unique_id": "d"}))
    await until(lambda: desk.router.order)
    (event,) = desk.router.order
    assert isinstance(event, MessageIn)
    assert len(event.attachments) == 1
    await until(lambda: not telegram.updates)


async def test_a_file_that_never_comes_is_given_up(
    desk: Desk, telegram: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.0)
    telegram.files["d"] = b"x"
    telegram.fail("file", *[broken] * 20)
    await telegram.tell(message=message(1, document={"file_id": "d", "file_unique_id": "d"}))
    await until(lambda: desk.router.texts)
    assert desk.router.texts == ["[document · could not be fetched from Telegram]"]


async def test_a_button_is_said_and_acknowledged(desk: Desk, telegram: Fake) -> None:
    rows = [[{"text": "Yes", "callback_data": "y"}]]
    below = message(4, text="Solved?", reply_markup={"inline_keyboard": rows})
    pressed = {"id": "77", "from": ANNA, "chat_instance": "1", "data": "y", "message": below}
    await telegram.tell(callback_query=pressed)
    await until(lambda: telegram.asked("answerCallbackQuery"))
    assert desk.router.texts == ["Yes"]


async def test_what_cannot_be_read_is_kept_as_it_came(desk: Desk, telegram: Fake) -> None:
    await telegram.tell_raw({"update_id": 700, "message": {"message_id": "?"}})
    await telegram.tell(message=message(1, text="next"))
    await until(lambda: len(desk.router.order) == 2)
    event = next(each for each in desk.router.order if isinstance(each, UnreadableIn))
    assert b'"message_id": "?"' in bytes(desk.router.blobs[event.raw])
    await until(lambda: not telegram.updates)


async def test_groups_are_told_once_and_left(desk: Desk, telegram: Fake) -> None:
    telegram.moved[-1005] = -1006
    await telegram.tell(my_chat_member=member("member", GROUP))
    await until(lambda: telegram.asked("leaveChat"))
    assert telegram.asked("leaveChat") == [{"chat_id": -1006}]
    assert telegram.texts(-1006) == ["I answer in private chats only. Please write to me there."]
    await telegram.tell(message=in_group(1, text="hello?"))
    await telegram.tell(message=message(1, text="me"))
    await until(lambda: desk.router.texts)
    assert desk.router.texts == ["me"]


async def test_who_blocks_the_bot_is_seen_to_leave(desk: Desk, telegram: Fake) -> None:
    seen: list[bytes] = []
    await desk.router.bus.listen("signal.telegram.bot", lambda _s, payload: seen.append(payload))
    await telegram.tell(my_chat_member=member("kicked", private(101)))
    await until(lambda: seen)
    assert b'"online":false' in seen[0]
    await until(lambda: not telegram.updates)
    assert desk.router.texts == ["[has blocked the bot]"]
    assert isinstance(desk.router.order[0], MessageIn)
    assert desk.router.order[0].automatic


async def test_whatever_breaks_nothing_is_lost_or_twice(desk: Desk, telegram: Fake) -> None:
    telegram.fail("getUpdates", broken, cut, too_many(1))
    telegram.fail_after("getUpdates", broken, cut)
    telegram.fail("getMe", cut, broken)
    for number in range(5):
        await telegram.tell(message=message(number, text=str(number)))
    await until(lambda: not telegram.updates)
    assert desk.router.texts == [str(number) for number in range(5)]


async def test_a_server_that_was_away_is_found_again(desk: Desk, telegram: Fake) -> None:
    await desk.is_("ready")
    await telegram.__aexit__(None, None, None)
    await desk.is_("retrying")
    assert "Telegram" in desk.router.health[-1].said
    await telegram.__aenter__()
    await telegram.tell(message=message(1, text="back"))
    await until(lambda: desk.router.texts == ["back"])


async def test_another_reader_of_the_bot_is_told(desk: Desk, telegram: Fake) -> None:
    telegram.fail("getUpdates", *[lambda: refusal(409, "Conflict: a webhook is active")] * 2)
    await telegram.tell(message=message(1, text="x"))
    await until(lambda: any("a webhook is active" in h.said for h in desk.router.health))
    await until(lambda: desk.router.texts)


async def test_no_token_is_in_any_log(
    desk: Desk, telegram: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"Conflict: /bot{TOKEN}/getUpdates"
    telegram.fail("getUpdates", broken, cut, lambda: refusal(409, echo), too_many(1))
    telegram.fail("sendMessage", lambda: refusal(400, echo), cut)
    telegram.fail("file", cut)
    telegram.files["d"] = b"x"
    await telegram.tell(message=message(1, document={"file_id": "d", "file_unique_id": "d"}))
    await until(lambda: desk.router.order)
    answers = [await desk.send("one"), await desk.send("two")]
    assert TOKEN not in str(answers)
    await desk.stop()
    assert caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text + str(desk.router.health)
