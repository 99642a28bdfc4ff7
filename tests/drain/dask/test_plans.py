"""Plans: what they name, what they refuse, and that nothing secret travels with them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from payments_async import PaymentsClient, filters
from payments_async.drain import DrainError
from payments_async.drain.dask.named import named
from payments_async.drain.dask.plans import Stack, by_account, by_resource, by_stack
from payments_async.drain.dask.targets import MadeByFunction, Tables
from payments_async.drain.sinks import PostgreSQL, Sink


def made() -> PaymentsClient:
    return PaymentsClient("http://localhost")


def test_a_plan_names_a_table_for_each_resource() -> None:
    jobs = by_resource(Stack(), "payments", "bank-accounts", api="v3", page_size=50)
    assert [(job.resource, job.table, job.api, job.page_size) for job in jobs] == [
        ("payments", "payments", "v3", 50),
        ("bank_accounts", "bank_accounts", "v3", 50),
    ]


def test_a_plan_of_several_stacks_keeps_their_tables_apart() -> None:
    jobs = by_stack([Stack("europe"), Stack("asia")], "payments", "balances")
    assert [job.table for job in jobs] == ["europe_payments", "europe_balances", "asia_payments", "asia_balances"]


def test_a_plan_by_account_lists_accounts_in_chunks() -> None:
    (job,) = by_account(Stack(), chunk=50, query=filters.accounts.reference.match("a"), concurrency=3)
    assert (job.resource, job.page_size, job.concurrency) == ("balances", 50, 3)
    assert job.query == '{"$and":[{"$match":{"reference":"a"}}]}'


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stack("a-b"), "no name of a stack"),
        (lambda: Stack(client="ours.stacks"), "import path of a function"),
        (lambda: Stack(client="os.system('x'):y"), "import path of a function"),
        (lambda: Stack(rate=0.0), "0.1 or more requests a second"),
        (lambda: Stack(rate=float("inf")), "0.1 or more requests a second"),
        (lambda: by_resource(Stack(), "paymnts"), "there is no resource 'paymnts'"),
        (lambda: by_resource(Stack(), "orders"), "there is no resource 'orders'"),
        (lambda: by_resource(Stack(), "pools", query={"$match": {"id": "a"}}), "does not filter pools"),
        (lambda: by_account(Stack(), chunk=101), "1 to 100 accounts"),
        (lambda: MadeByFunction("sinks"), "import path of a function"),
        (lambda: Tables("mysql://db/exports"), "the DSN is not a URL such as postgresql://"),
        (lambda: Tables("postgresql://loader:canary@db/exports"), "the DSN has a password"),
        (lambda: Tables("postgresql://db/exports?password=canary"), "the DSN has a password"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "canary" not in str(caught.value)


def test_a_plan_travels_and_shows_no_filter() -> None:
    jobs = by_resource(
        Stack("europe", client=f"{__name__}:made"), "payments", query={"$match": {"reference": "canary"}}
    )
    assert pickle.loads(pickle.dumps(jobs)) == jobs
    assert "canary" not in repr(jobs)


def test_a_stack_takes_its_client_from_the_function_that_it_names() -> None:
    assert Stack(client=f"{__name__}:made").connect().url == "http://localhost/api/payments"


def test_a_stack_that_names_none_takes_it_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMANCE_URL", "https://acme.example")
    monkeypatch.setenv("FORMANCE_CLIENT_ID", "id")
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", "canary")
    assert Stack().connect().url == "https://acme.example/api/payments"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:made", r"there is no function no_such_module:made \(ModuleNotFoundError\): install it"),
        (f"{__name__}:no_such", r"there is no function .*:no_such \(AttributeError\)"),
        ("builtins:list", "builtins:list returned a list instead of a PaymentsClient"),
    ],
)
def test_a_function_that_is_missing_or_returns_something_else_is_named(path: str, message: str) -> None:
    with pytest.raises(DrainError, match=message):
        named(path, PaymentsClient)


def test_tables_are_sinks_of_the_jobs() -> None:
    (job,) = by_stack([Stack("asia")], "payments")
    sink = Tables("postgresql://loader@db/exports", schema="raw").sink(job)
    assert isinstance(sink, PostgreSQL)
    assert (sink.schema, sink.table) == ("raw", "asia_payments")


def test_a_sink_of_ones_own_is_made_for_the_job() -> None:
    (job,) = by_resource(Stack(), "payments")
    assert isinstance(MadeByFunction(f"{__name__}:sink_of").sink(job), Sink)


def sink_of(job: Any) -> PostgreSQL:
    return PostgreSQL("postgresql://db/exports", table=job.table)
