"""`cordboard route test`: examples beside the rules, tried here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cordboard.app import app
from cordboard.typed import query

pytestmark = pytest.mark.pure

RULES = """
[[rule]]
name = "French"
if.language = "fr"
then.skills = { french = 3 }
[[example]]
name = "a French letter"
given.text = "Bonjour, où est ma commande ? Elle n'est toujours pas arrivée."
expect.skills = { french = LEVEL }
"""


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str, str]:
    (tmp_path / "r.toml").write_text(text)
    done = CliRunner().invoke(app, ["route", "test", str(tmp_path / "r.toml"), *options])
    return done.exit_code, done.stdout, done.stderr


def test_good_examples_end_with_nothing_wrong(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, RULES.replace("LEVEL", "3"))
    assert (code, out) == (0, "1 of 1 examples are as expected.\n")


def test_what_is_otherwise_is_named_and_ends_with_1(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, RULES.replace("LEVEL", "2"))
    assert code == 1
    assert "a French letter: not as expected" in out
    assert "    skills: french 2 is expected, it is french 3" in out
    code, out, _ = run(tmp_path, RULES.replace("LEVEL", "2"), "--json")
    (example,) = json.loads(out)["examples"]
    assert code == 1
    assert example["differences"] == [
        {"field": "skills", "expected": "french 2", "found": "french 3"}
    ]


def test_a_fault_is_told_with_its_line(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, RULES.replace("if.language", "if.langage").replace("LEVEL", "3"))
    assert code == 1
    assert 'r.toml:4:1: fault: rule 1: if.langage: "langage" is unknown.' in err
    assert "no example was tried" in out


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["route", "test", str(tmp_path / "none.toml")])
    assert done.exit_code != 0


def test_a_file_of_an_editor_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b'\xef\xbb\xbforder = "all"\r\n')
    found = CliRunner().invoke(app, ["route", "test", str(path)])
    assert (found.exit_code, found.stderr) == (0, "")


def test_a_file_without_end_is_too_large() -> None:
    found = CliRunner().invoke(app, ["route", "test", "/dev/zero"])
    assert str(found.exception) == "/dev/zero is too large for a routing file."


def test_what_is_wrong_with_a_query_is_marked_under_its_column() -> None:
    assert query("tag:vip") == "tag:vip"
    with pytest.raises(ValueError, match="Did you mean") as error:
        query("名 ownr:me")
    assert str(error.value).splitlines()[1:] == ["  名 ownr:me", "     ^"]
