import sys
from types import SimpleNamespace

import pytest

from payments_async.cli import main


class Without:
    """Finds nothing itself, and lets nobody else find one package."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name == self.package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("missing", ["rich", "typer"])
def test_a_missing_extra_is_one_line_that_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for loaded in list(sys.modules):
        if loaded.partition(".")[0] == missing or loaded.startswith("payments_async.cli."):
            monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setattr(sys, "argv", ["payments-async", "connectors"])
    monkeypatch.setattr(sys, "meta_path", [Without(missing), *sys.meta_path])
    with pytest.raises(SystemExit) as exit_:
        main()
    message = exit_.value.code
    assert isinstance(message, str)
    assert "pip install rich typer" in message
    assert "\n" not in message


def test_ctrl_c_while_modules_are_imported_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "payments_async.cli.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [SimpleNamespace(find_spec=interrupted), *sys.meta_path])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 130


def test_a_broken_installation_is_not_taken_for_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "payments_async.cli.app", None)
    with pytest.raises(ModuleNotFoundError):
        main()


def test_main_runs_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["payments-async", "--help"])
    with pytest.raises(SystemExit) as exit_:
        main()
    assert exit_.value.code == 0
    printed = capsys.readouterr().out
    assert "demo" in printed
    assert "sandbox" in printed
