"""The one table of commands. Hints, help, palette, `:` and keys all read it; ids stay stable."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from console.flows import (
    auditing,
    being,
    editing,
    files,
    handing,
    helping,
    knowing,
    ledger,
    lists,
    merging,
    moving,
    offers,
    opening,
    outbox,
    problems,
    replying,
    reviewing,
    searching,
    sending,
    settling,
    why,
)
from console.stage import EVERYWHERE, READING, Command, Move, Place, Run, Stage
from console.view import View, undoable
from console.words.catalogue import N_

WRITING: tuple[Place, ...] = ("composer",)
THREAD: tuple[Place, ...] = ("thread",)
CHAT_DIGITS = "123456789"


def always(view: View) -> bool:
    return True


def ready(view: View) -> bool:
    return view.ready


def pointed(view: View) -> bool:
    return view.ready and view.pointed is not None


def mine_to_take(view: View) -> bool:
    row = view.pointed
    return pointed(view) and row is not None and row.owner != view.me.id


def owned(view: View) -> bool:
    return pointed(view) and view.pointed is not None and bool(view.pointed.owner)


def still_open(view: View) -> bool:
    return pointed(view) and view.pointed is not None and view.pointed.status != "resolved"


def closed(view: View) -> bool:
    return (
        pointed(view)
        and view.pointed is not None
        and view.pointed.status in ("resolved", "snoozed")
    )


def has_related(view: View) -> bool:
    row = view.pointed
    return pointed(view) and row is not None and bool(row.joined or row.related or row.continues)


def reading(view: View) -> bool:
    return view.thread is not None


def can_undo(view: View) -> bool:
    return undoable(view) is not None or bool(view.moved)


def several_strands(view: View) -> bool:
    return view.thread is not None and len(view.thread.conversations) > 1


def chatting(view: View) -> bool:
    return view.strand is not None and view.is_chat(view.strand)


def _stage(act: Callable[[Stage], None]) -> Run:
    async def run(stage: Stage, words: str) -> None:
        act(stage)

    return run


def _move(way: Move) -> Run:
    return _stage(lambda stage: stage.panes.move(way))


def _chat(number: int) -> Callable[[Stage, str], Awaitable[None]]:
    async def run(stage: Stage, words: str) -> None:
        await opening.open_chat(stage, str(number))

    return run


COMMANDS: tuple[Command, ...] = (
    # Writing
    Command("reply", ("r",), N_("reply"), N_("Answer the customer on the channel they used."),
            replying.reply, pointed, hint=100),
    Command("channel", ("R",), N_("channel"),
            N_("Answer another way: to all, or by another channel."),
            replying.choose_channel, pointed, hint=60),
    Command("comment", ("i",), N_("comment"),
            N_("Words for colleagues; the customer never sees them."),
            replying.comment, pointed, hint=95, aliases=("note-internal",)),
    Command("forward", ("f",), N_("forward"), N_("Send the message under the cursor on."),
            replying.forward, reading),
    Command("compose", ("C",), N_("write to"), N_("Write first, to anybody."),
            replying.compose, ready),
    Command("undo", ("u", "ctrl+z"), N_("take back"),
            N_("Take back what you just sent, while it waits, or moved."),
            moving.undo, can_undo, hint=98),
    Command("resend", ("!",), N_("send again"), N_("Settle a message that was not delivered."),
            sending.resend, reading, THREAD),
    Command("send", ("ctrl+s",), N_("send"), N_("Send what is written."),
            sending.send, always, WRITING, hint=90),
    Command("review", ("f2",), N_("review"),
            N_("Look at it once more; y sends it from there."),
            reviewing.review, always, (*WRITING, "thread"), hint=40),
    Command("editor", ("f4",), N_("editor"), N_("Write it in $EDITOR."),
            editing.in_editor, always, (*WRITING, "thread"), hint=30),
    Command("canned", ("f3",), N_("ready text"),
            N_("Put in a ready text; / at the start of a line does it too."),
            being.insert_canned, always, WRITING, hint=50),
    Command("attach", ("ctrl+l",), N_("attach"), N_("Put a file with it: :attach PATH."),
            files.attach, always, (*WRITING, "thread"), hint=45),
    Command("detach", (), N_("take file off"), N_("Take the last file off again."),
            files.detach, always, WRITING),
    Command("moment", ("ctrl+o",), N_("one moment please"),
            N_("Tell a waiting chat customer that you are there; your draft stays."),
            sending.one_moment, chatting, EVERYWHERE, hint=35),
    # Handing over
    Command("take", ("a",), N_("take"), N_("Assign it to yourself."),
            handing.take, mine_to_take, hint=92),
    Command("assign", ("A",), N_("assign"), N_("Give it to a colleague or a team."),
            handing.assign, pointed, hint=70),
    Command("transfer", ("T",), N_("transfer"), N_("Hand it over with a word for the next one."),
            handing.transfer, pointed),
    Command("release", ("U",), N_("give back"), N_("Give it back to the queue."),
            handing.release, owned),
    Command("hand-over", ("H",), N_("hand all over"),
            N_("All that you have goes to one colleague, a team or the queue."),
            handing.hand_over, ready),
    # What is offered
    Command("accept", ("f5",), N_("take the offer"), N_("Have what is offered to you."),
            offers.accept, ready, EVERYWHERE),
    Command("decline", ("f8",), N_("decline the offer"),
            N_("Leave it to somebody else; :decline WORDS says why."),
            offers.decline, ready, EVERYWHERE),
    Command("ready", ("f9",), N_("I am here"),
            N_("You take new work: online, and done with finishing the last one."),
            offers.ready_again, ready, EVERYWHERE),
    # Settling
    Command("resolve", ("e",), N_("resolve"), N_("It is done."),
            settling.resolve, still_open, hint=90),
    Command("resolve-next", ("E",), N_("resolve, next"), N_("It is done; open the next one."),
            settling.resolve_and_next, still_open),
    Command("reopen", ("o",), N_("reopen"), N_("It is not done after all."),
            settling.reopen, closed, hint=91),
    Command("snooze", ("s",), N_("snooze"), N_("Put it away until later: :snooze 2h."),
            settling.snooze, still_open, hint=65),
    Command("tag", ("t",), N_("tag"), N_("Add tags or take them off: :tag refund -new."),
            settling.tag, pointed, hint=55),
    Command("priority", ("p",), N_("priority"), N_("Say how urgent it is."),
            settling.prioritise, pointed),
    # Knowing
    Command("why", ("w",), N_("why"), N_("Why it is here: what was needed, who was chosen."),
            why.why, pointed, hint=50),
    Command("audit", (), N_("audit"),
            N_("Who saw, sent and changed what of this customer; for leads."),
            auditing.audit, pointed),
    Command("note", ("n",), N_("note"), N_("Write what colleagues should know of the customer."),
            knowing.note, pointed, hint=45),
    Command("block", ("b",), N_("block"), N_("Refuse a sender from now on, or hear them again."),
            knowing.block, pointed),
    Command("identities", ("l",), N_("addresses"),
            N_("Say whose an address is, or undo that."), knowing.identities, pointed),
    Command("move", ("m",), N_("move"),
            N_("Move the message or the conversation to another topic or customer."),
            moving.move, pointed, hint=43),
    Command("merge", ("M",), N_("one customer"),
            N_("Say that two customers are one, or undo that."), merging.merge, pointed),
    Command("files", ("x",), N_("files, links"),
            N_("Save or open what hangs on the message under the cursor."),
            files.files_and_links, reading, THREAD, hint=40),
    Command("copy", ("y",), N_("copy"), N_("Copy the message under the cursor."),
            files.copy_message, reading, THREAD),
    # Finding
    Command("open", ("enter",), N_("open"), N_("Open it; in a thread, unfold the message."),
            opening.open_pointed, pointed, hint=99),
    Command("unfold", ("z",), N_("unfold"), N_("Show or hide quotes and signatures."),
            _stage(lambda stage: stage.reading.unfold()), reading, THREAD),
    Command("back", ("esc",), N_("back"), N_("One level up. Nothing is lost by it."),
            _stage(lambda stage: stage.reading.back()), always, READING),
    Command("filter", ("/", "."), N_("filter"), N_("Only rows with these words."),
            lists.filter_list, ready, hint=40),
    Command("search", ("\\",), N_("search"), N_("Search everything that was ever written."),
            searching.search, ready, hint=38),
    Command("views", ("v",), N_("lists"),
            N_("Mine, waiting, the team's, snoozed, resolved, everything."),
            lists.views, ready, hint=42),
    Command("next-due", ("ctrl+n",), N_("next due"), N_("Open what is due next."),
            opening.open_next_due, ready, EVERYWHERE),
    Command("return", ("ctrl+t", "-"), N_("the one before"),
            N_("Back to the conversation that was open before."),
            opening.open_before, always, EVERYWHERE),
    Command("below", ("J",), N_("next"), N_("Open the next conversation of the list."),
            opening.open_below, reading),
    Command("above", ("K",), N_("previous"), N_("Open the previous conversation of the list."),
            opening.open_above, reading),
    Command("strand", ("]",), N_("topic"), N_("Speak to another conversation of this customer."),
            opening.next_strand, several_strands),
    Command("related", ("B",), N_("related"),
            N_("Open the conversation that this one may belong to or continues."),
            opening.open_related, has_related, hint=57),
    *(
        Command(f"chat-{digit}", (digit, f"alt+{digit}"), N_("chat"), N_("Go to this live chat."),
                _chat(int(digit)), lambda view: bool(view.live), EVERYWHERE)
        for digit in CHAT_DIGITS
    ),
    Command("outbox", ("O",), N_("what goes out"),
            N_("What is on its way out, failed or is uncertain."), outbox.outbox, ready),
    Command("ledger", ("L",), N_("what came in"),
            N_("Everything that came in and what became of it; for leads."),
            ledger.ledger, ready),
    Command("problems", (), N_("waits for nobody"),
            N_("What waits though nobody of the desk could ever take it."),
            problems.problems, ready),
    # Moving
    Command("down", ("j", "down"), N_("down"), N_("Down."), _move("down"), always),
    Command("up", ("k", "up"), N_("up"), N_("Up."), _move("up"), always),
    Command("top", ("g", "home"), N_("top"), N_("To the top; what is new comes in."),
            _move("top"), always),
    Command("bottom", ("G", "end"), N_("bottom"), N_("To the bottom."), _move("bottom"), always),
    Command("half-down", ("ctrl+d", "pagedown", "space"), N_("half a page down"),
            N_("Half a page down."), _move("half down"), always),
    Command("half-up", ("ctrl+u", "pageup"), N_("half a page up"), N_("Half a page up."),
            _move("half up"), always),
    Command("next-pane", ("tab",), N_("next pane"), N_("Go to the next pane."),
            _stage(lambda stage: stage.panes.turn(1)), always, EVERYWHERE),
    Command("previous-pane", ("shift+tab",), N_("previous pane"), N_("Go to the pane before."),
            _stage(lambda stage: stage.panes.turn(-1)), always, EVERYWHERE),
    Command("customer", ("c",), N_("customer"), N_("Everything about the customer."),
            _stage(lambda stage: stage.panes.focus("customer")), reading, ("queue", "thread"),
            hint=20),
    # The desk
    Command("presence", ("P",), N_("presence"), N_("Say whether you are there."),
            being.presence, ready, hint=15),
    Command("limits", (), N_("take less"),
            N_("Take less at once for twelve hours: :limits 4, :limits 4 webchat=1, :limits off."),
            being.limits, ready),
    Command("palette", ("ctrl+p",), N_("find anything"), N_("Find any command or customer."),
            helping.palette, always, EVERYWHERE, hint=10),
    Command("command", (":",), N_("command"), N_("Type a command."),
            helping.command_line, always, hint=12),
    Command("help", ("?", ",", "f1"), N_("help"), N_("What can be done here."),
            helping.show_help, always, hint=97),
    Command("theme", (), N_("colours"), N_("Dark, light, high contrast or the terminal's own."),
            being.theme, always),
    Command("language", (), N_("language"), N_("English, Ukrainian or Russian."),
            being.language, always),
    Command("redraw", ("ctrl+r",), N_("redraw"), N_("Paint everything anew."),
            _stage(lambda stage: stage.looks.redraw()), always, EVERYWHERE),
    Command("quit", ("ctrl+q",), N_("leave"), N_("Leave the console; drafts are kept."),
            being.leave, always, EVERYWHERE, aliases=("q", "q!")),
)  # fmt: skip


def for_key(key: str, view: View, place: Place) -> Command | None:
    """What a key does in this place now."""
    return next(
        (c for c in COMMANDS if key in c.keys and place in c.places and c.possible(view)), None
    )


def known_here(key: str, place: Place) -> Command | None:
    """The command of a key that is of this place, possible now or not."""
    return next((c for c in COMMANDS if key in c.keys and place in c.places), None)


def hints(view: View, place: Place) -> Iterator[Command]:
    """What is most likely wanted here, first."""
    here = [c for c in COMMANDS if c.hint and place in c.places and c.keys and c.possible(view)]
    yield from sorted(here, key=lambda command: -command.hint)


def by_id(name: str, commands: Iterable[Command] = COMMANDS) -> Command | None:
    return next((command for command in commands if command.id == name), None)
