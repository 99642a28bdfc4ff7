import sys
from pathlib import Path

import pytest

from benchmarks import peers
from tests.judges import judge


def failing(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    command = [sys.executable, "-c", f"import sys; sys.exit({message!r})"]
    monkeypatch.setattr(peers, "_commands", lambda *_: iter([command]))


@pytest.mark.parametrize(
    "message",
    [
        "npm error code ENOTFOUND",
        "ERROR: Could not find a version of it (from versions: none)",
        "error: Request failed, client error (Connect)",
    ],
)
def test_a_peer_whose_registry_cannot_be_reached_leaves_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], message: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert peers.missing(tmp_path / "sdk") == "nobody has tried to install it"
    failing(monkeypatch, message)
    peers.provide("official_sdk", tmp_path / "sdk")
    assert peers.missing(tmp_path / "sdk") == message
    assert f"It cannot be installed: {message}" in capsys.readouterr().out


def test_without_npm_its_peers_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PATH", "")
    peers.provide("prism", tmp_path / "prism")
    assert "npm" in peers.missing(tmp_path / "prism")


def test_in_ci_a_missing_peer_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    failing(monkeypatch, "npm error code ENOTFOUND")
    with pytest.raises(peers.UnreachableError, match="ENOTFOUND"):
        peers.provide("prism", tmp_path / "prism")
    assert peers.missing(tmp_path / "prism")


def test_a_peer_that_fails_for_another_reason_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "npm error code EINTEGRITY")
    with pytest.raises(SystemExit, match="EINTEGRITY"):
        peers.provide("prism", tmp_path / "prism")


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_test_without_its_judge_is_skipped_and_in_ci_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PEERS_HOME", str(tmp_path))
    with pytest.raises(pytest.fail.Exception if ci else pytest.skip.Exception, match="nobody has tried"):
        judge("prism")


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
