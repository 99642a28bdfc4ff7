"""The driver: which clusters and plans it refuses, and how it names the worker on which something failed."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Generator, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from payments_async import ClientCredentials, ConfigurationError, PaymentsClient
from payments_async.drain import DrainError, Ledger, Opening, PartitionLostError, Step
from payments_async.drain.dask import Job, Stack, Tables, by_account, by_resource, by_stack, drain_on
from payments_async.drain.dask.scheduler import Offices
from payments_async.drain.dask.worker import Session, versions
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.drain.lists import Memory

distributed: Any = import_module("distributed")  # its functions have no types

WORKER = "tls://10.0.0.7:40001"
TARGET = Tables("postgresql://loader@127.0.0.1:1/exports?sslmode=disable")
PLAN = by_resource(Stack(), "payments")


@dataclass
class Cluster:
    """A cluster of one worker that answers what a test says."""

    found: Any = field(default_factory=versions)
    address: str = "tls://10.0.0.5:8786"
    workers: dict[str, Any] = field(default_factory=lambda: {WORKER: {"nthreads": 2}})
    refused: Exception | None = None
    plugins: list[Any] = field(default_factory=list[Any])

    @property
    def scheduler(self) -> Any:
        async def identity(**_: Any) -> dict[str, Any]:
            return {"workers": self.workers}

        async def serve(**_: Any) -> None: ...

        return SimpleNamespace(address=self.address, identity=identity, payments_async_serve=serve)

    async def register_plugin(self, plugin: Any) -> None:
        if self.refused is not None:
            raise self.refused
        self.plugins.append(plugin)

    async def run(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {WORKER: self.found}


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        (Cluster(address="tcp://10.0.0.5:8786"), "tcp://10.0.0.5:8786 is not encrypted: whoever reaches it"),
        (Cluster(address="tcp://dask.example:8786"), "is not encrypted"),
        (Cluster(workers={}), "the cluster of tls://10.0.0.5:8786 has no workers: start some"),
        (
            Cluster(found=ModuleNotFoundError("No module named 'asyncpg'")),
            f"the worker {WORKER} cannot take part: No module named 'asyncpg'; install payments_async",
        ),
        (
            Cluster(found=ConfigurationError("FORMANCE_URL is missing")),
            f"the worker {WORKER} cannot take part: FORMANCE_URL is missing",
        ),
        (
            Cluster(refused=ModuleNotFoundError("No module named 'payments_async'")),
            "the scheduler tls://10.0.0.5:8786 cannot take part: No module named 'payments_async'; install",
        ),
        (
            Cluster(found={**versions(), "payments_async": "0.0.1"}),
            f"the worker {WORKER} has payments_async 0.0.1, not .* as here: install the same versions",
        ),
    ],
)
async def test_a_cluster_that_cannot_take_part_is_refused(cluster: Cluster, message: str) -> None:
    with pytest.raises(DrainError, match=message):
        await drain_on(cluster, PLAN, sink=TARGET)
    assert Session not in map(type, cluster.plugins)


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.5:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:1", "tcp://localhost:1", "inproc://a/1"]
)
async def test_a_cluster_that_others_cannot_listen_to_is_taken(address: str) -> None:
    cluster = Cluster(address=address, workers={})
    with pytest.raises(DrainError, match="has no workers"):
        await drain_on(cluster, PLAN, sink=TARGET)
    assert [*map(type, cluster.plugins)] == [Offices]


async def test_a_plain_cluster_is_taken_if_that_is_allowed() -> None:
    with pytest.raises(DrainError, match="has no workers"):
        await drain_on(Cluster(address="tcp://10.0.0.5:8786", workers={}), PLAN, sink=TARGET, allow_plain=True)


@pytest.mark.parametrize(
    ("plan", "options", "message"),
    [
        (PLAN, {"resume": True, "replace": True}, "resume and replace exclude each other"),
        ((*PLAN, *PLAN), {}, "two jobs of the plan have the same table"),
        (by_stack([Stack("a"), Stack("a", rate=1.0)], "payments"), {}, "the same"),
        (by_resource(Stack("a"), "payments") + by_resource(Stack("a", rate=1.0), "pools"), {}, "the same name"),
        (PLAN, {"sink": "ours"}, "import path of a function"),
    ],
)
async def test_a_plan_that_cannot_be_meant_is_refused(plan: Any, options: dict[str, Any], message: str) -> None:
    cluster = Cluster()
    with pytest.raises(ValueError, match=message):
        await drain_on(cluster, plan, **{"sink": TARGET, **options})
    assert cluster.plugins == []


@pytest.fixture
async def local(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A cluster within this process, with the sandbox in its environment."""
    monkeypatch.setenv("FORMANCE_URL", sandbox.url)
    monkeypatch.setenv("FORMANCE_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", sandbox.client_secret)
    settings: dict[str, Any] = {
        "processes": False,
        "scheduler_kwargs": {"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        "asynchronous": True,
    }
    async with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, **settings) as cluster,
        distributed.Client(cluster, asynchronous=True) as client,
    ):
        yield client


async def test_a_store_that_cannot_be_reached_is_an_error_that_names_the_worker(local: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DrainError, match="Connect call failed") as caught:
        await drain_on(local, PLAN, sink=Tables(f"postgresql://loader@127.0.0.1:{port}/exports?sslmode=disable"))
    assert [note for note in caught.value.__notes__ if note.startswith("on the worker inproc://")]


async def test_a_worker_without_credentials_is_named(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORMANCE_CLIENT_SECRET")
    with pytest.raises(DrainError, match=r"the worker inproc://.* cannot take part: .*FORMANCE_CLIENT_SECRET"):
        await drain_on(local, PLAN, sink=TARGET)


async def test_drains_one_after_the_other_share_the_cluster_and_the_token(local: Any, sandbox: Sandbox) -> None:
    STORES.clear()
    for resource in ("payments", "accounts"):
        (report,) = await drain_on(local, by_resource(Stack(rate=1000.0), resource), sink=f"{__name__}:kept")
        assert report.done
        assert report.items == len(STORES[resource].rows) > 0
    assert sandbox.requests["POST", "/api/auth/oauth/token", 200] == 1
    (again,) = await drain_on(local, PLAN, sink=f"{__name__}:kept", resume=True)
    assert (again.requests, again.items) == (0, 250)
    with pytest.raises(DrainError, match="it is there already"):
        await drain_on(local, PLAN, sink=f"{__name__}:kept")


async def test_a_task_that_fails_for_a_reason_that_may_pass_is_repeated(local: Any) -> None:
    STORES.clear()
    FAILURES[:] = [PartitionLostError("moved"), OSError("reset")]
    (report,) = await drain_on(local, PLAN, sink=f"{__name__}:kept")
    assert (report.items, report.done, FAILURES) == (250, True, [])


async def test_a_task_that_fails_for_good_ends_the_drain(local: Any) -> None:
    STORES.clear()
    FAILURES[:] = [DrainError("the disk is full"), OSError("not reached")]
    with pytest.raises(DrainError, match="the disk is full") as caught:
        await drain_on(local, PLAN, sink=f"{__name__}:kept")
    assert [note for note in caught.value.__notes__ if note.startswith("on the worker inproc://")]


async def test_a_plan_of_two_stacks_drains_each_from_its_own_server(
    local: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    STORES.clear()
    async with Sandbox(payments=30, seed=8) as other:
        monkeypatch.setenv("OTHER", f"{other.url} {other.client_id} {other.client_secret}")
        stacks = [Stack("europe", rate=500.0), Stack("asia", client=f"{__name__}:of_other", rate=300.0)]
        reports = await drain_on(local, by_stack(stacks, "payments", "accounts"), sink=f"{__name__}:kept")
        found = {table: {row.reference for row in store.rows} for table, store in STORES.items()}
        assert found["europe_payments"] == sandbox.references()
        assert found["asia_payments"] == other.references()
        assert [report.items for report in reports] == [len(STORES[table].rows) for table in found_in_order(stacks)]
        assert [each.requests["POST", "/api/auth/oauth/token", 200] for each in (sandbox, other)] == [1, 1]


def found_in_order(stacks: Sequence[Stack]) -> list[str]:
    return [f"{stack.name}_{resource}" for stack in stacks for resource in ("payments", "accounts")]


@pytest.mark.parametrize("api", ["v1", "v3"])
async def test_balances_are_those_of_all_accounts(
    local: Any, monkeypatch: pytest.MonkeyPatch, api: Literal["v1", "v3"]
) -> None:
    STORES.clear()
    async with Sandbox(accounts=60, balances=90, connectors=3, version="3.4" if api == "v3" else "2.0.9") as server:
        monkeypatch.setenv("OTHER", f"{server.url} {server.client_id} {server.client_secret}")
        plan = by_account(Stack(client=f"{__name__}:of_other"), api=api, chunk=7)
        (report,) = await drain_on(local, plan, sink=f"{__name__}:kept")
        async with of_other() as client:
            source: Any = client.v3 if api == "v3" else client
            expected = 0
            async for account in source.accounts.list_accounts():
                expected += len([row async for row in source.accounts.get_account_balances(account.id)])
    assert (report.done, report.items) == (True, expected)
    assert len(STORES["balances"].rows) == expected > 60


async def test_a_server_that_asks_to_wait_is_asked_again_and_nothing_is_lost(local: Any, sandbox: Sandbox) -> None:
    STORES.clear()
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after="0", times=3))
    (report,) = await drain_on(local, PLAN, sink=f"{__name__}:kept")
    assert (report.done, report.items, report.retries) == (True, 250, 3)


async def test_a_token_is_lent_to_the_server_alone_that_it_is_for(
    local: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    STORES.clear()
    await drain_on(local, PLAN, sink=f"{__name__}:kept")
    async with Sandbox(payments=5, seed=8) as other:
        monkeypatch.setenv("OTHER", f"{other.url} {other.client_id} {other.client_secret}")
        plan = by_resource(Stack(client=f"{__name__}:of_other"), "accounts")
        await drain_on(local, plan, sink=f"{__name__}:kept")
        assert [each.requests["POST", "/api/auth/oauth/token", 200] for each in (sandbox, other)] == [1, 1]
        assert not [key for key in other.requests if key[2] == 401]


async def test_a_task_that_the_cluster_gives_up_is_an_error_that_says_so() -> None:
    class Given(Cluster):
        def submit(self, *_: Any, **__: Any) -> Any:
            future = asyncio.get_running_loop().create_future()
            future.set_exception(futures.CancelledError("scheduler-connection-lost"))
            return future

    with pytest.raises(DrainError, match="the cluster has given up a task: its scheduler is gone"):
        await drain_on(Given(), PLAN, sink=TARGET)


async def test_a_drain_that_is_cancelled_cancels_its_tasks() -> None:
    cancelled, submitted = list[str](), asyncio.Event()

    class Slow:
        """A future of Dask whose cluster is gone."""

        def __await__(self) -> Generator[Any, Any, Any]:
            submitted.set()
            return asyncio.Event().wait().__await__()

        async def cancel(self) -> None:
            cancelled.append("task")
            raise OSError("the cluster is gone")

    class Given(Cluster):
        def submit(self, *_: Any, **__: Any) -> Any:
            return Slow()

    running = asyncio.create_task(drain_on(Given(), PLAN, sink=TARGET))
    await submitted.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cancelled == ["task"]


async def test_progress_is_told_and_ends_with_all(local: Any) -> None:
    STORES.clear()
    shares = list[float | None]()
    await drain_on(local, PLAN, sink=f"{__name__}:kept", on_progress=lambda report: shares.append(report.share))
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert (len(known) > 1, known[-1]) == (True, 1.0)


STORES: dict[str, Memory] = {}
FAILURES: list[Exception] = []


class OneOf(Memory):
    """A sink of its own for a task, into what all of them share."""

    def __init__(self, store: Memory) -> None:
        super().__init__()
        self._store = store

    async def open(self, opening: Opening) -> Ledger:
        return await self._store.open(opening)

    async def commit(self, steps: Sequence[Step]) -> None:
        if FAILURES and any(step.rows for step in steps):
            raise FAILURES.pop(0)
        await self._store.commit(steps)


def of_other() -> PaymentsClient:
    url, client_id, client_secret = os.environ["OTHER"].split()
    return PaymentsClient(url, auth=ClientCredentials(client_id, client_secret))


def kept(job: Job) -> OneOf:
    return OneOf(STORES.setdefault(job.table, Memory()))
