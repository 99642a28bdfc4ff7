"""What reaches a terminal and what reaches a pipe."""

import json

import pytest

from payments_async.cli.output import json_line, show_json, show_record

NASTY = "a\x9b31m\x7f\u202eb\U000e0041é💶"


def test_json_keeps_its_value_without_a_character_that_a_terminal_would_obey() -> None:
    line = json_line({NASTY: [NASTY, 2**70]})
    assert line.isprintable()
    assert json.loads(line) == {NASTY: [NASTY, 2**70]}
    assert "é💶" in line


def test_a_terminal_gets_indented_json_and_csv_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show_json({"a": [1]})
    show_record(["a\x9bb", None, True, {"c": 1}])
    assert capsys.readouterr().out == '{\n  "a": [\n    1\n  ]\n}\na b,,true,"{""c"":1}"\n'


def test_a_pipe_gets_both_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"a": [1]})
    show_record(["a\x9bb", 10**30])
    assert capsys.readouterr().out == f'{{"a":[1]}}\na\x9bb,{10**30}\r\n'
