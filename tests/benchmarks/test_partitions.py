from contextlib import nullcontext

import pytest

from benchmarks import partitions
from benchmarks.partitions import DATABASE, FILE, PAGE_SIZES, named
from benchmarks.sizes import QUICK
from tests import postgresql


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The arguments of what was run, in place of running it."""
    runs: list[tuple[str, ...]] = []

    def print_seconds(*arguments: str) -> dict[str, float]:
        runs.append(arguments)
        return {"seconds": 2.0}

    monkeypatch.setattr(partitions, "printed", print_seconds)
    monkeypatch.setattr(partitions, "sandboxing", lambda *_: nullcontext("http://here"))
    return runs


def test_a_database_that_is_missing_is_left_out_and_the_run_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    assert set(partitions.partitions(QUICK)) == {named(FILE, page_size) for page_size in PAGE_SIZES}
    assert capsys.readouterr().out == "PostgreSQL is not installed: drains into it are not measured\n"


def test_drains_into_a_database_are_measured_beside_those_into_a_file(
    monkeypatch: pytest.MonkeyPatch, printed: list[tuple[str, ...]]
) -> None:
    monkeypatch.setattr(postgresql, "programs", lambda: "/here")
    monkeypatch.setattr(postgresql, "serving", lambda: nullcontext(postgresql.Server(5432, "secret")))
    measured = partitions.partitions(QUICK)
    assert measured == {named(sink, size): [1_000.0] * 3 for sink in (FILE, DATABASE) for size in PAGE_SIZES}
    assert [len(each) for each in printed] == [5] * 6 + [6] * 6
