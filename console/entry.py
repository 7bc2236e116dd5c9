"""Starts the console: who asks, which desk, how it looks, where its own files are."""

import argparse
import hashlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from console.words import catalogue
from console.words.catalogue import _, told
from wire import private_file
from wire.bus import Bus, LinkDown
from wire.credentials import NoProfile, Profile, load_profile

THEMES = ("dark", "light", "contrast", "ansi")


def main(argv: Sequence[str]) -> int:
    """The exit status."""
    options = _options(argv)
    catalogue.use(options.language)
    try:
        profile = load_profile(options.data, options.agent, options.url)
    except NoProfile as error:
        _complain(told(error.said))
        return 2
    folder = state_folder(profile)
    if options.plain:
        from console.plain import run_plain

        _log_to(folder / "console.log")
        return run_plain(_connecting(options), profile.agent)
    if not sys.stdout.isatty():
        _complain(_("The console needs a terminal. --plain says everything line by line."))
        return 2
    return _paint(options, profile, folder)


def _paint(options: argparse.Namespace, profile: Profile, folder: Path) -> int:
    keep_quiet(folder / "console.log")
    from console.app import Console
    from console.strips import Look

    app = Console(
        _connecting(options),
        profile.agent,
        folder=folder,
        look=Look(options.theme, options.ascii),
        frames=options.fps,
    )
    app.run(mouse=not options.no_mouse)
    return app.return_code or 0


def _connecting(options: argparse.Namespace) -> Callable[[], Awaitable[Bus]]:
    """The desk may have moved to another port since: the profile is read anew each time."""

    async def connect() -> Bus:
        from wire import nats_bus

        try:
            profile = load_profile(options.data, options.agent, options.url)
        except NoProfile as error:
            raise LinkDown(told(error.said)) from error
        return await nats_bus.connect(
            profile.url,
            credential=profile.credential,
            name=f"console {profile.agent}",
            server=profile.server,
        )

    return connect


def _options(argv: Sequence[str]) -> argparse.Namespace:
    here = os.environ
    parser = argparse.ArgumentParser(
        prog="cordboard console",
        description=_("One thread per customer, every channel, the right agent."),
    )
    add = parser.add_argument
    data = here.get("CORDBOARD_DATA")
    add(
        "--data",
        type=Path,
        default=Path(data) if data else None,
        help=_("The desk's data folder on this machine."),
    )
    add("--url", default=here.get("CORDBOARD_URL", ""), help=_("The bus of a desk elsewhere."))
    add(
        "--agent", "--as", default=here.get("CORDBOARD_AGENT") or None, help=_("Ask as this agent.")
    )
    add(
        "--theme",
        choices=THEMES,
        default=here.get("CORDBOARD_THEME", "dark"),
        help=_("Dark, light, high contrast or the terminal's own."),
    )
    add(
        "--language",
        choices=(*catalogue.LANGUAGES, catalogue.PSEUDO),
        default=catalogue.preferred(),
        help=_("English, Ukrainian or Russian."),
    )
    add("--ascii", action="store_true", help=_("Only letters that every terminal has."))
    add("--plain", action="store_true", help=_("Say everything line by line."))
    add("--no-mouse", action="store_true", help=_("Leave the mouse to the terminal."))
    add("--fps", type=int, default=15, help=_("Pictures a second; fewer for a slow line."))
    return parser.parse_args(argv)  # fmt: skip


def state_folder(profile: Profile) -> Path:
    """What this agent keeps on this machine for this desk: drafts and the log."""
    import platformdirs

    desk = hashlib.sha256(profile.desk.encode()).hexdigest()[:12]
    folder = platformdirs.user_state_path("cordboard") / f"{profile.agent}.{desk}"
    return private_file.folder(folder)


def keep_quiet(log: Path) -> None:
    """Whatever libraries write to descriptor 2 goes to the log; Textual keeps the terminal."""
    _log_to(log)
    terminal = os.dup(2)
    with log.open("a", encoding="utf-8") as file:
        os.dup2(file.fileno(), 2)
    sys.__stderr__ = os.fdopen(terminal, "w", encoding="utf-8")  # type: ignore[misc]


def _log_to(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.close(descriptor)
    logging.basicConfig(
        filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def _complain(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
