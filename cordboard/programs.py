"""The programs: the whole desk, its parts one by one, the console, the demo."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from cordboard.running.whole_desk import WholeDesk
    from wire.data_folder import DataFolder
    from wire.settings import Settings

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data
from cordboard.config_commands import Config
from wire.messages.base import Said, say


def run(config: Config = None, data: Data = None) -> None:
    began = time.monotonic()
    from cordboard.checking import checked, config_path
    from wire import data_folder
    from wire.data_folder import DataFolder

    folder = DataFolder(data) if data else data_folder.usual()
    path = config_path(config, folder.root).absolute()
    settings = checked(path)
    _tell(say("configuration: {path}", path=str(path)))
    raise typer.Exit(asyncio.run(_run(folder, settings, path, began)))


async def _run(folder: DataFolder, settings: Settings, path: Path, began: float) -> int:
    from cordboard.running.whole_desk import whole_desk

    stop = _Stop()
    # The bus is ours to watch: that it ended and came back is said.
    logging.getLogger("cordboard.nats").addHandler(logging.StreamHandler())
    try:
        async with whole_desk(folder, settings, path, _tell, stop.hurry) as desk:
            stop.started = True
            _tell_ready(desk, time.monotonic() - began)
            await _until_ended(desk, stop)
            if desk.router.gave_up.is_set():
                return 1
    except asyncio.CancelledError:
        if not stop.ended.is_set():
            raise
    _tell(say("The desk has ended."))
    return 0


async def _until_ended(desk: WholeDesk, stop: _Stop) -> None:
    """Until a signal, or until there is no router to be had; with signs of life meanwhile."""
    from wire import service

    service.tell("READY=1", "STATUS=the desk runs")
    endings = [asyncio.ensure_future(event.wait()) for event in (stop.ended, desk.router.gave_up)]
    living = asyncio.ensure_future(service.live())
    await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
    service.tell("STOPPING=1")
    for task in (*endings, living):
        task.cancel()


class _Stop:
    """The first signal ends the desk in order, also while it starts; the second at once."""

    def __init__(self) -> None:
        self.ended, self.hurry = asyncio.Event(), asyncio.Event()
        self.started = False
        self._main = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self.ended.is_set():
            self.hurry.set()
            return
        self.ended.set()
        _tell(say("Ending in order; once more ends at once."))
        if not self.started and self._main is not None:
            self._main.cancel()


def _tell_ready(desk: WholeDesk, seconds: float) -> None:
    if desk.invitation is not None:
        _tell(
            say(
                "This desk is new. Log in with: "
                "cordboard login {agent} --code {code} --data {folder}",
                agent=desk.invitation.agent,
                code=desk.invitation.code,
                folder=str(desk.folder.root),
            )
        )
    _tell(say("ready in {seconds} s", seconds=round(seconds, 2)))


def _tell(said: Said) -> None:
    print(told(said), flush=True)


def router(config: Config = None, data: Data = None) -> None:
    from cordboard.checking import config_path
    from wire import data_folder

    root = data or data_folder.usual().root
    path = config_path(config, root)
    _become("router", "--data", str(root), "--config", str(path))


def adapter(
    account: Annotated[str, typer.Argument(help=_("Its name in the configuration."))],
    config: Config = None,
    data: Data = None,
) -> None:
    from cordboard.checking import config_path
    from cordboard.running.whole_desk import adapter_command
    from wire import config as configuration
    from wire import data_folder, settings
    from wire.credentials import place_of
    from wire.data_folder import DataFolder

    folder = DataFolder(data) if data else data_folder.usual()
    path = config_path(config, folder.root).absolute()
    chosen = settings.load(path)
    if account not in chosen.adapters:
        near = configuration.nearest(account, list(chosen.adapters))
        raise configuration.BadConfig(
            [f"{path}: adapters.{account}: there is no such account.{near}"]
        )
    at = place_of(chosen.bus, folder.root)
    command = adapter_command(account, folder, chosen, path, at.url, at.server, at.ca)
    os.execv(command[0], command)  # noqa: S606


def _become(module: str, *options: str) -> NoReturn:
    """Go on as that program: its process id, its terminal, its exit status."""
    os.execv(sys.executable, [sys.executable, "-m", module, *options])  # noqa: S606


def console(context: typer.Context) -> None:
    _become("console", *context.args)


def demo(context: typer.Context) -> None:
    from cordboard.demo.command import main

    sys.exit(main(context.args))


COMMANDS: Commands = (
    ("run", run, _("The whole desk on this machine: bus, router, channels.")),
    ("router", router, _("The router alone.")),
    ("adapter run", adapter, _("One channel account alone; the account's name is enough.")),
    ("console", console, _("The agent's screen.")),
    ("demo", demo, _("A whole desk with customers and colleagues, to look around in.")),
)
