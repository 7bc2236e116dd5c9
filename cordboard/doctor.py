"""`cordboard doctor`: whether this machine runs the desk as it should, each finding in a line."""

from collections.abc import Iterator

import typer

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, show
from cordboard.config_commands import Config
from cordboard.doctoring.finding import Check, Finding, Machine
from wire.text import clean_line

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(config: Config = None, data: Data = None, json: Json = False) -> None:
    from cordboard.checking import config_path
    from wire import data_folder

    root = data or data_folder.usual().root
    machine = Machine(root, config_path(config, root))
    findings = []
    for finding in _found(machine):
        findings.append(finding)
        if not json:
            print(_line(finding), flush=True)
    if json:
        show(tuple(findings), json=True)
    if any(finding.verdict == "fail" for finding in findings):
        raise typer.Exit(1)


def _found(machine: Machine) -> Iterator[Finding]:
    for check in _checks():
        yield from check(machine)


def _checks() -> tuple[Check, ...]:
    from cordboard.doctoring import accounts, desk, environment, folder

    return (
        environment.python,
        environment.sqlite,
        environment.names,
        environment.nats,
        environment.clock,
        environment.config,
        folder.space,
        folder.folder,
        folder.port,
        desk.desk,
        accounts.accounts,
    )


def _line(finding: Finding) -> str:
    do = f" {told(finding.do)}" if finding.do is not None else ""
    return f"{MARKS[finding.verdict]}  {clean_line(told(finding.said) + do, 1_000)}"


COMMANDS: Commands = (("doctor", doctor, _("Whether this machine runs the desk as it should.")),)
