"""Drains of the lists of `client.v3`, which have no order to choose and no key to sort by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.drain import Drain, DrainError, FanOut, JSONLines, Report
from payments_async.drain.rows import columns
from payments_async.drain.v3 import LISTINGS
from payments_async.v3 import filters
from payments_async.v3.models import Balance
from tests.drain.lists import Asked, Lists, Memory, Refusal, Row, connected, numbered
from tests.tables import example

each_list = pytest.mark.parametrize("resource", [*LISTINGS])


def rows(resource: str, count: int = 25, **changes: Any) -> list[Row]:
    """Rows of a list, on the wire."""
    return [example(LISTINGS[resource].model) | {"id": f"{number:03}"} | changes for number in range(count)]


def lists(resource: str, *, given: list[Row] | None = None, **options: Any) -> Lists:
    path = f"/v3/{resource.replace('_', '-')}"
    return Lists(others={path: rows(resource) if given is None else given}, **options)


async def drained(served: Lists, resource: Any, sink: Any, *, resume: bool = False, **options: Any) -> None:
    async with connected(served) as client:
        await Drain(client.v3, resource, sink, page_size=10, **options).run(resume=resume)


@each_list
async def test_a_list_is_drained_whole(resource: str) -> None:
    served, sink = lists(resource), Memory()
    await drained(served, resource, sink)
    assert [row.id for row in sink.rows] == [f"{number:03}" for number in range(25)]
    assert all(asked.sort == [] for asked in served.asked), "there is no order to ask for"


@each_list
def test_the_identity_of_a_row_is_among_its_columns(resource: str) -> None:
    assert set(LISTINGS[resource].identity) <= set(columns(LISTINGS[resource].model))


async def test_a_drain_that_was_interrupted_goes_on_with_the_next_page() -> None:
    async def fail_on_the_third(_: Asked) -> None:
        if len(served.asked) == 3:
            raise Refusal(400)

    served, sink = lists("pools", meanwhile=fail_on_the_third), Memory()
    with pytest.raises(Exception, match="400"):
        await drained(served, "pools", sink)
    await drained(served, "pools", sink, resume=True)
    assert len(sink.rows) == 25
    # The newest one first; then each page begins some rows before the end of the one before it.
    assert [asked.offset for asked in served.asked] == [0, 0, 5, 5, 15]


async def test_rows_that_come_again_because_others_were_added_are_dropped() -> None:
    async def add_one(asked: Asked) -> None:
        if asked.offset == 10:
            served.tables["/v3/payments"].insert(0, rows("payments", 1)[0] | {"id": "new"})

    served, sink = lists("payments", meanwhile=add_one), Memory()
    await drained(served, "payments", sink)
    assert [row.id for row in sink.rows] == [f"{number:03}" for number in range(25)]


async def test_the_secrets_of_connectors_are_left_out() -> None:
    served, sink = lists("connectors", given=rows("connectors", 12, config={"apiKey": "sk_canary"})), Memory()
    await drained(served, "connectors", sink)
    assert len(sink.rows) == 12
    assert all(row.config == {} for row in sink.rows)


@pytest.mark.parametrize("first", ["v1", "v3"])
async def test_a_checkpoint_of_the_other_api_is_refused(first: str, tmp_path: Path) -> None:
    served = Lists(payments=numbered(3), others={"/v3/payments": rows("payments", 3)})
    async with connected(served) as client:

        def drain(api: str) -> Drain:
            return Drain(client.v3 if api == "v3" else client, "payments", JSONLines(tmp_path / "payments.jsonl"))

        await drain(first).run()
        with pytest.raises(DrainError, match=r"another drain: its server is .*/api/payments"):
            await drain("v3" if first == "v1" else "v1").run(resume=True)


async def test_a_filter_of_this_api_is_sent() -> None:
    served = lists("payments", given=rows("payments", 3) + rows("payments", 1, reference="wanted"))
    sink = Memory()
    await drained(served, "payments", sink, query=filters.payments.reference.match("wanted"))
    assert [row.reference for row in sink.rows] == ["wanted"]


@pytest.fixture
def balances() -> Lists:
    """Two accounts with a balance each."""
    balance = example(Balance) | {"asset": "USD/2"}
    of = {number: [balance | {"accountID": number}] for number in ("000", "001")}
    others = {f"/v3/accounts/{number}/balances": rows for number, rows in of.items()}
    return Lists(others={"/v3/accounts": rows("accounts", 2), **others})


async def test_balances_are_those_of_each_account(balances: Lists) -> None:
    sink = Memory()
    await drained(balances, "balances", sink)
    assert sorted(row.account_id for row in sink.rows) == ["000", "001"]


async def test_balances_of_many_accounts_are_drained_in_slices_of_accounts_and_resumed() -> None:
    names = [f"{number:03}" for number in range(90)]
    balance = example(Balance) | {"asset": "USD/2"}
    others = {f"/v3/accounts/{name}/balances": [balance | {"accountID": name}] for name in names}
    served = Lists(others={"/v3/accounts": rows("accounts", len(names)), **others})
    sink = Memory()

    async def run_until(items: int) -> Report:
        async with connected(served) as client:
            drain: Drain[Any] = Drain(
                client.v3,
                "balances",
                sink,
                page_size=5,
                partitions=3,
                on_progress=lambda report: drain.stop() if report.items >= items else None,
            )
            return await drain.run(resume=True)

    reports = [await run_until(items) for items in (25, 60, 90)]
    assert [report.done for report in reports] == [False, False, True]
    assert (reports[-1].items, reports[-1].strategy) == (90, "slices")
    assert sorted(row.account_id for row in sink.rows) == names


async def test_a_call_of_ones_own_for_each_row_gets_the_client(balances: Lists) -> None:
    latest = FanOut(
        name="latest",
        of="accounts",
        call=lambda client, account: client.v3.accounts.get_account_balances(account.id, asset="USD/2"),
        model=Balance,
        identity=("account_id", "asset"),
    )
    sink = Memory()
    await drained(balances, latest, sink)
    assert sorted(row.account_id for row in sink.rows) == ["000", "001"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"resource": "transfer_initiations"}, "no resource 'transfer_initiations': give one of payments, accounts"),
        ({"resource": "payments", "strategy": "keyset"}, "no key for payments"),
        ({"resource": "pools", "strategy": "slices"}, "pools cannot be cut into slices"),
        ({"resource": "balances", "follow": True}, "cannot be recognized by their time"),
        ({"resource": "payments", "query": filters.accounts.reference.match("a")}, "query filters Account"),
    ],
)
async def test_what_this_api_cannot_do_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Drain(PaymentsClient("https://acme.example.com").v3, sink=Memory(), **options)


async def test_the_filter_of_a_drain_belongs_to_its_api() -> None:
    with pytest.raises(ValueError, match=r"this is a list of payments_async\.models\.Payment"):
        Drain(
            PaymentsClient("https://acme.example.com"),
            "payments",
            Memory(),
            query=filters.payments.reference.match("a"),
        )
