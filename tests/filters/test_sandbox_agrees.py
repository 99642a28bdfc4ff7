"""What a filter finds on the sandbox is what Python finds in the whole list, and what is refused deserves it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments_async import APIError, Pages, PaymentsClient, filters
from payments_async.filters import Filter, Key
from payments_async.models import Payment
from payments_async.sandbox import Sandbox
from tests.properties import examples

from .meant import (
    OPERATORS,
    Meant,
    combined,
    condition,
    conditions,
    entry,
    on_accounts,
    on_payments,
    on_transfer_initiations,
)

T = TypeVar("T")

# One sandbox for all examples: nothing writes to it.
shared = settings(examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
LISTS: dict[str, Callable[[PaymentsClient], Callable[..., Pages[Any]]]] = {
    "payments": lambda client: client.payments.list_payments,
    "accounts": lambda client: client.accounts.list_accounts,
    "transfer_initiations": lambda client: client.transfer_initiations.list_transfer_initiations,
}
PLAIN = [(name, key) for name in LISTS for key in vars(type(getattr(filters, name))).values() if isinstance(key, Key)]


async def all_of(pages: Pages[T]) -> list[T]:
    return [item async for item in pages]


async def finds(listing: Callable[..., Pages[T]], everything: list[T], meant: Meant[T]) -> int:
    """How many items the server finds, which are those that meet the filter."""
    found = await all_of(listing(page_size=100, query=meant.filter))
    assert found == [item for item in everything if meant.holds(item)]
    return len(found)


@pytest.mark.parametrize(
    ("name", "key", "operator"),
    [(name, key, operator) for name, key in PLAIN for operator in OPERATORS if hasattr(key, operator)],
    ids=lambda part: repr(part) if isinstance(part, Key) else str(part),
)
async def test_each_operator_of_each_key_finds_what_it_says(
    client: PaymentsClient, name: str, key: Key[Any, Any], operator: str
) -> None:
    listing = LISTS[name](client)
    everything = await all_of(listing(page_size=100))
    member = key.path.partition(".")[2]
    values = sorted(value for item in everything if (value := getattr(item, member)))
    meant = condition(key, operator, values[len(values) // 2])
    assert 0 < await finds(listing, everything, meant) < len(everything)


@pytest.mark.parametrize("name", ["payments", "accounts"])
async def test_each_entry_of_metadata_finds_what_it_says(client: PaymentsClient, name: str) -> None:
    listing = LISTS[name](client)
    everything = await all_of(listing(page_size=100))
    for key, value in {pair for item in everything[:30] for pair in item.metadata.items()}:
        meant = entry(getattr(filters, name).metadata[key], key, value)
        assert 0 < await finds(listing, everything, meant) < len(everything)


@shared
@given(st.data())
async def test_any_filter_of_payments_finds_what_python_finds(client: PaymentsClient, data: st.DataObject) -> None:
    everything = await all_of(client.payments.list_payments(page_size=100))
    await finds(client.payments.list_payments, everything, data.draw(on_payments(everything)))


@shared
@given(st.data())
async def test_any_filter_of_accounts_finds_what_python_finds(client: PaymentsClient, data: st.DataObject) -> None:
    everything = await all_of(client.accounts.list_accounts(page_size=100))
    await finds(client.accounts.list_accounts, everything, data.draw(on_accounts(everything)))


@shared
@given(st.data())
async def test_any_filter_of_transfers_finds_what_python_finds(client: PaymentsClient, data: st.DataObject) -> None:
    everything = await all_of(client.transfer_initiations.list_transfer_initiations(page_size=100))
    assert not all(each.source_account_id for each in everything)
    meant = data.draw(on_transfer_initiations(everything))
    await finds(client.transfer_initiations.list_transfer_initiations, everything, meant)


@pytest.fixture
async def linguistic() -> AsyncIterator[PaymentsClient]:
    """A client of a server that sorts texts linguistically."""
    async with (
        Sandbox(payments=250, auth=False, collation="linguistic") as sandbox,
        PaymentsClient(sandbox.url, auth=None) as connected,
    ):
        yield connected


@settings(shared, max_examples=12)
@given(st.data())
@pytest.mark.parametrize("key", [filters.payments.reference, filters.accounts.reference], ids=str)
async def test_comparisons_follow_the_order_of_a_linguistic_server(
    linguistic: PaymentsClient, key: Key[Any, str], data: st.DataObject
) -> None:
    listing: Callable[..., Pages[Any]] = LISTS[key.path.partition(".")[0]](linguistic)
    everything = await all_of(listing(page_size=100))
    in_order = [item.reference for item in await all_of(listing(page_size=100, sort=["reference:asc"]))]
    assert set(in_order) == {item.reference for item in everything}
    await finds(listing, everything, data.draw(combined(conditions(everything, key, in_order.index))))


WEB = {"$match": {"metadata[channel]": "web"}}
FIRST = {"$match": {"metadata[order]": "A-000000"}}
OTHER = {"$match": {"metadata[order]": "A-000005"}}
LARGE = {"$gte": {"amount": "1000000"}}


def large(payment: Payment) -> bool:
    return payment.amount >= 1_000_000


def web(payment: Payment) -> bool:
    return payment.metadata.get("channel") == "web"


def order(payment: Payment, *names: str) -> bool:
    return payment.metadata.get("order") in names


@pytest.mark.parametrize(
    "query",
    [
        {"$match": {"status": "NOPE"}},
        {"$match": {"type": "PAYIN"}},
        {"$gt": {"status": "SUCCEEDED"}},
        {"$gt": {"metadata[channel]": "web"}},
        {"$match": {"amount": True}},
        {"$match": {"amount": "ten"}},
        {"$match": {"reference": 5}},
        {"$match": {"metadata[channel]": 5}},
        {"$match": {"metadata[]": "x"}},
        {"$match": {"metadata[a\nb]": "x"}},
        {"$not": WEB},
        {"$and": [WEB, FIRST]},
        {"$or": [WEB, FIRST]},
    ],
    ids=str,
)
async def test_what_is_refused_the_server_refuses_too(client: PaymentsClient, query: Any) -> None:
    with pytest.raises(APIError) as raised:
        await client.payments.list_payments(query=query).first()
    assert raised.value.status in (400, 500)


WRONG: dict[str, tuple[Any, Callable[[Payment], bool]]] = {
    "metadata under $not": ({"$not": {"$and": [LARGE, WEB]}}, lambda each: not (large(each) and web(each))),
    "metadata in $or": ({"$or": [LARGE, WEB]}, lambda each: large(each) or web(each)),
    "metadata deep in $or": (
        {"$or": [LARGE, {"$and": [{"$not": LARGE}, WEB]}]},
        lambda each: large(each) or web(each),
    ),
    "two names in $and": (
        {"$and": [{"$not": {"$match": {"asset": "x"}}}, WEB, FIRST]},
        lambda each: web(each) and order(each, "A-000000"),
    ),
    "one name twice in $or": (
        {"$or": [{"$and": [{"$gt": {"reference": ""}}, each]} for each in (FIRST, OTHER)]},
        lambda each: order(each, "A-000000", "A-000005"),
    ),
    "an amount as a number": ({"$match": {"amount": 10**30 + 1}}, lambda each: each.amount == 10**30 + 1),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_refused_the_server_answers_wrongly(client: PaymentsClient, name: str) -> None:
    query, holds = WRONG[name]
    everything = await all_of(client.payments.list_payments(page_size=100))
    right = [each for each in everything if holds(each)]
    assert right
    assert await all_of(client.payments.list_payments(page_size=100, query=query)) != right


async def test_a_text_with_a_nul_finds_another(client: PaymentsClient) -> None:
    (payment,) = (await client.payments.list_payments(page_size=1).first()).data
    found = await all_of(client.payments.list_payments(query={"$match": {"reference": f"\0{payment.reference}"}}))
    assert found == [payment]


async def test_the_opposite_of_a_source_account_misses_transfers_that_have_none(client: PaymentsClient) -> None:
    everything = await all_of(client.transfer_initiations.list_transfer_initiations(page_size=100))
    source = next(each.source_account_id for each in everything if each.source_account_id)
    query = {"$not": {"$match": {"source_account_id": source}}}
    found = await all_of(client.transfer_initiations.list_transfer_initiations(page_size=100, query=query))
    missed = [each for each in everything if each.source_account_id != source and each not in found]
    assert missed
    assert not any(each.source_account_id for each in missed)


async def test_a_pool_is_found_whatever_the_filter(client: PaymentsClient) -> None:
    pools = await all_of(client.pools.list_pools())
    assert pools
    query: Filter[Any] = filters.payments.reference.match("no such payment")
    assert await all_of(client.pools.list_pools(query=query.expression)) == pools
    with pytest.raises(ValueError, match="this is a list of Pool"):
        client.pools.list_pools(query=query)  # type: ignore[arg-type]
