import sys
from pathlib import Path

import pytest

from benchmarks import peers


def test_a_peer_that_cannot_be_installed_leaves_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.missing(tmp_path / "sdk") == "nobody has tried to install it"
    failing = [[sys.executable, "-c", "import sys; sys.exit('ERROR: no network')"]]
    monkeypatch.setattr(peers, "_commands", lambda *_: iter(failing))
    peers.provide("official_sdk", tmp_path / "sdk")
    assert peers.missing(tmp_path / "sdk") == "ERROR: no network"
    assert "It cannot be installed: ERROR: no network" in capsys.readouterr().out


def test_a_peer_is_installed_once_and_again_when_its_commands_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, folder = tmp_path / "log", tmp_path / "sdk"

    def install(what: str) -> None:
        noting = f"open({str(log)!r}, 'a').write({what!r})"
        monkeypatch.setattr(peers, "_commands", lambda *_: iter([[sys.executable, "-c", noting]]))
        peers.provide("official_sdk", folder)

    install("a")
    install("a")
    install("b")
    assert log.read_text() == "ab"
    assert peers.missing(folder) == ""
