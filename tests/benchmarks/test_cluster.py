from contextlib import nullcontext

import pytest

from benchmarks import cluster
from benchmarks.cluster import ON_CLUSTER, WORKERS
from benchmarks.sizes import FULL, QUICK
from tests import postgresql


def test_without_a_database_nothing_is_measured_and_the_run_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    assert cluster.cluster(QUICK) == {}
    assert capsys.readouterr().out == "PostgreSQL is not installed: drains on a cluster are not measured\n"


def test_each_number_of_workers_is_measured_and_a_quick_run_takes_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[str, ...]] = []

    def print_seconds(*arguments: str) -> dict[str, float]:
        runs.append(arguments)
        return {"seconds": 2.0}

    monkeypatch.setattr(cluster, "printed", print_seconds)
    monkeypatch.setattr(cluster, "sandboxing", lambda *_: nullcontext("http://here"))
    monkeypatch.setattr(postgresql, "programs", lambda: "/here")
    monkeypatch.setattr(postgresql, "serving", lambda: nullcontext(postgresql.Server(5432, "canary")))
    monkeypatch.setenv("PGPASSWORD", "")
    assert cluster.cluster(FULL) == {ON_CLUSTER: [FULL.far / 2] * len(WORKERS)}
    assert [each[-1] for each in runs] == ["1", "2", "4"]
    assert not any("canary" in argument for each in runs for argument in each), "it is in the environment"
    assert cluster.cluster(QUICK) == {ON_CLUSTER: [QUICK.far / 2]}
