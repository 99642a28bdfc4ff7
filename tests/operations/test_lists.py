"""What all lists have in common: pages, cursors both ways, sorting; and the filters of those that have few."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from payments_async import Page, Pages, PaymentsClient, ServerError, ValidationError
from payments_async.models import Account, Payment, Pool, TransferInitiation
from payments_async.models.generated.operations import OPERATIONS
from payments_async.sandbox import Fault, FaultKind, Sandbox, enums

from .conftest import INTERNAL, NO_ACCOUNT, REFUSED, refused, transfer

LISTS = {operation.name: operation for operation in OPERATIONS if operation.paginated}
SORTED = {name: operation for name, operation in LISTS.items() if operation.sort_columns}


def rows(count: int) -> dict[str, int]:
    """A sandbox where each list has this many rows, what belongs to one account or connector included."""
    internal = sum(index // 3 % 2 == 0 for index in range(count))
    each = dict.fromkeys(("payments", "accounts", "pools", "bank_accounts", "transfers"), count)
    return {**each, "connectors": 3, "tasks": 3 * count, "balances": internal * count}


few = pytest.mark.parametrize("sandbox", [rows(22)], indirect=True, ids=["few"])
many = pytest.mark.parametrize("sandbox", [rows(110)], indirect=True, ids=["many"])
none = pytest.mark.parametrize("sandbox", [{"payments": 0, "connectors": 1, "tasks": 0}], indirect=True, ids=["none"])
each_list = pytest.mark.parametrize("name", LISTS)
pytestmark = pytest.mark.filterwarnings("ignore:use list_connector_tasks_v1:DeprecationWarning")


async def list_of(client: PaymentsClient, name: str) -> Callable[..., Pages[Any]]:
    """A list operation; of the lists that belong to an account or a connector, the first one's."""
    match name:
        case "get_account_balances":
            found = (await client.accounts.list_accounts(page_size=1, sort="created_at:asc").first()).data
            account_id = found[0].id if found else NO_ACCOUNT
            return lambda **options: client.accounts.get_account_balances(account_id, **options)
        case "list_connector_tasks":
            return lambda **options: client.connectors.list_connector_tasks("STRIPE", **options)
        case "list_connector_tasks_v1":
            installed = await client.connectors.list_all_connectors()
            stripe = next(each.connector_id for each in installed if each.provider == "STRIPE")
            return lambda **options: client.connectors.list_connector_tasks_v1("STRIPE", stripe, **options)
        case _:
            resource = name.removeprefix("list_")
            listing: Callable[..., Pages[Any]] = getattr(getattr(client, resource), name)
            return listing


async def paged(pages: Pages[Any]) -> list[Page[Any]]:
    return [page async for page in pages.by_page()]


def items_of(pages: list[Page[Any]]) -> list[list[Any]]:
    """What pages hold; their cursors may tell the time, or the same in other words."""
    return [page.data for page in pages]


async def all_of(pages: Pages[Any]) -> list[Any]:
    return [item async for item in pages]


@few
@each_list
@pytest.mark.parametrize(
    ("page_size", "sizes"), [(7, [7, 7, 7, 1]), (11, [11, 11]), (22, [22]), (100, [22]), (None, [15, 7])]
)
async def test_a_list_is_walked_page_by_page(
    client: PaymentsClient, name: str, page_size: int | None, sizes: list[int]
) -> None:
    listing = (await list_of(client, name))(page_size=page_size)
    pages = await paged(listing)
    assert [len(page.data) for page in pages] == sizes
    assert {page.page_size for page in pages} == {page_size or 15}
    more = [page is not pages[-1] for page in pages]
    assert [page.has_more for page in pages] == [bool(page.next) for page in pages] == more
    assert [bool(page.previous) for page in pages] == more[::-1]
    items = [item for page in pages for item in page.data]
    assert len({repr(item) for item in items}) == 22
    # The same list can be walked again, and in other ways.
    assert await all_of(listing) == items
    assert [item async for item in listing.items(prefetch=1)] == items
    assert items_of([page async for page in listing.by_page(prefetch=1)]) == items_of(pages)
    assert (await listing.first()).data == pages[0].data


@few
@each_list
async def test_a_list_is_walked_backwards(client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    forwards = await paged(listing(page_size=7))
    backwards = [forwards[-1]]
    while (previous := backwards[-1].previous) is not None:
        backwards.append(await listing(cursor=previous).first())
    assert items_of(backwards[::-1]) == items_of(forwards)


@few
@each_list
async def test_a_walk_goes_on_from_any_cursor(client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    pages = await paged(listing(page_size=5))
    for done in range(1, len(pages)):
        assert await paged(listing(cursor=pages[done - 1].next)) == pages[done:]


@few
@each_list
async def test_a_walk_goes_on_where_it_failed(sandbox: Sandbox, client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    pages = await paged(listing(page_size=5))
    walk = listing(page_size=5).by_page()
    assert items_of([await anext(walk), await anext(walk)]) == items_of(pages[:2])
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, method="GET", route=LISTS[name].path, times=None))
    with pytest.raises(ServerError) as failed:
        await anext(walk)
    assert failed.value.operation == name
    sandbox.faults.clear()
    assert items_of(await paged(listing(cursor=failed.value.cursor))) == items_of(pages[2:])


@few
@each_list
async def test_the_first_page_is_one_request(sandbox: Sandbox, client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    await client.server.get_server_info()
    before = sandbox.requests.copy()
    pages = listing(page_size=5)
    assert sandbox.requests == before
    await pages.first()
    assert sandbox.requests - before == {("GET", LISTS[name].path, 200): 1}


@many
async def test_a_page_has_a_hundred_items_at_most(client: PaymentsClient) -> None:
    for name in LISTS:
        listing = await list_of(client, name)
        for page_size in (100, 101, 1000):
            pages = await paged(listing(page_size=page_size))
            assert [(page.page_size, len(page.data)) for page in pages] == [(100, 100), (100, 10)], name


@few
@each_list
async def test_an_empty_cursor_is_the_whole_list(client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    page = await listing(cursor=urlsafe_b64encode(b"{}").decode().rstrip("=")).first()
    assert (page.has_more, page.next, page.page_size) == (False, None, 0)
    if name == "get_account_balances":
        # The account is a part of the cursor, and this one has none.
        assert len({each.account_id for each in page.data}) > 1
    else:
        assert page.data == await all_of(listing())


@none
@each_list
async def test_an_empty_list_has_one_empty_page(client: PaymentsClient, name: str) -> None:
    listing = (await list_of(client, name))()
    assert await paged(listing) == [Page(data=[], has_more=False, page_size=15)]
    assert await all_of(listing) == []


@none
@each_list
@pytest.mark.parametrize("cursor", ["!", "e30=", "W10", "eyJvZmZzZXQiOi0xfQ"])
async def test_a_cursor_that_is_none(client: PaymentsClient, name: str, cursor: str) -> None:
    listing = await list_of(client, name)
    with pytest.raises(ValidationError) as raised:
        await all_of(listing(cursor=cursor))
    error = raised.value
    assert (error.operation, error.status, error.error_code, error.cursor) == (name, 400, "VALIDATION", cursor)


@none
@pytest.mark.parametrize("path", ["/payments", "/accounts", "/pools", "/bank-accounts", "/transfer-initiations"])
@pytest.mark.parametrize("page_size", ["abc", "-1", "1.5", str(2**32)])
async def test_page_sizes_that_are_refused(client: PaymentsClient, path: str, page_size: str) -> None:
    assert await refused(client.request, "GET", path, query={"pageSize": page_size}) == REFUSED


RANKS: dict[tuple[type, str], tuple[str, ...]] = {
    (Payment, "type"): enums.PAYMENT_TYPES,
    (Payment, "status"): enums.PAYMENT_STATUSES,
    (Account, "type"): enums.ACCOUNT_TYPES,
    (TransferInitiation, "type"): enums.TRANSFER_TYPES,
    **{(model, "provider"): enums.PROVIDERS for model in (Payment, TransferInitiation)},
}


def column_of(item: Any, column: str) -> Any:
    """What a list is sorted by, as far as the item shows it and it can be compared; else `None`."""
    if ranks := RANKS.get((type(item), column)):
        return 1 + ranks.index(getattr(item, column))
    match column:
        case "connector.name":
            return item.provider.lower()
        case "metadata":
            return None
        case "created_at" if isinstance(item, Pool):
            return None
        case "scheduled_at" if item.scheduled_at.year == 1:
            return None
        case _:
            value = getattr(item, column)
            return None if column.endswith("_account_id") and not value else value


@few
@pytest.mark.parametrize(("name", "column"), [(name, each) for name in SORTED for each in SORTED[name].sort_columns])
async def test_a_list_is_sorted_by_each_of_its_columns(client: PaymentsClient, name: str, column: str) -> None:
    listing = await list_of(client, name)
    up = await all_of(listing(sort=f"{column}:asc", page_size=7))
    down = await all_of(listing(sort=[f"{column}:desc"], page_size=7))
    unsorted = await all_of(listing(page_size=7))
    assert sorted(map(repr, up)) == sorted(map(repr, down)) == sorted(map(repr, unsorted))
    ascending, descending = ([column_of(item, column) for item in each] for each in (up, down))
    there, missing = [value for value in ascending if value is not None], ascending.count(None)
    assert ascending == [*sorted(there), *[None] * missing]
    assert descending == [*[None] * missing, *sorted(there, reverse=True)]


@few
async def test_a_list_is_sorted_by_several_columns_in_turn(client: PaymentsClient) -> None:
    found = await all_of(client.payments.list_payments(sort=["type:desc", "amount:asc"], page_size=5))
    by_amount = sorted(await all_of(client.payments.list_payments()), key=lambda payment: payment.amount)
    assert found == sorted(by_amount, key=lambda payment: column_of(payment, "type"), reverse=True)


@few
async def test_an_order_is_one_of_six_words(client: PaymentsClient) -> None:
    up = await all_of(client.payments.list_payments(sort="amount:asc"))
    for word in ("ASC", "desc", "DESC", "dsc", "DSC"):
        found = await all_of(client.payments.list_payments(sort=f"amount:{word}"))
        assert found == (up if word == "ASC" else up[::-1])


@none
@pytest.mark.parametrize("name", SORTED)
async def test_what_no_list_is_sorted_by(client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    for sort in ("date:asc", "createdAt:asc", "created_at", "created_at:", "raw_data:asc", "metadata[k]:asc"):
        refusal = REFUSED if sort == "created_at:" else INTERNAL
        with pytest.raises((ValidationError, ServerError)) as raised:
            await listing(sort=sort).first()
        assert (type(raised.value), raised.value.status, raised.value.error_code) == refusal, sort
    with pytest.raises(ValidationError):
        await listing(sort="created_at:up").first()


@few
async def test_a_transfer_is_not_sorted_by_its_status(client: PaymentsClient) -> None:
    assert await refused(client.transfer_initiations.list_transfer_initiations, sort="status:asc") == INTERNAL


SYNTAX = ["[]", "5", '"x"', "{", " ", '{"$and":[],"$or":[]}', '{"$xor":[]}', '{"$and":{}}', '{"$match":[]}']
SYNTAX += ['{"$match":{}}', '{"$match":{"a":1,"b":2}}', '{"$not":{}}', '{"$and":[null]}']


@none
@pytest.mark.parametrize("name", [name for name, operation in LISTS.items() if "query" in operation.query_parameters])
async def test_filters_of_no_known_form_are_refused_by_every_list(client: PaymentsClient, name: str) -> None:
    listing = await list_of(client, name)
    for query in SYNTAX:
        with pytest.raises(ValidationError) as raised:
            await listing(query=query).first()
        assert raised.value.error_code == "VALIDATION", query


@few
@pytest.mark.parametrize("query", [{}, {"$match": {"name": "x"}}, {"$gt": {"anything": [1]}}], ids=str)
async def test_pools_check_a_filter_and_ignore_it(client: PaymentsClient, query: Any) -> None:
    assert len(await all_of(client.pools.list_pools(query=query))) == 22


async def test_transfers_are_found_by_their_accounts(client: PaymentsClient, connectors: dict[str, str]) -> None:
    api = client.transfer_initiations

    async def found(query: Any) -> set[str]:
        return {each.id async for each in api.list_transfer_initiations(query=query)}

    before: list[TransferInitiation] = await all_of(api.list_transfer_initiations())
    one = await api.create_transfer_initiation(await transfer(client, connectors["STRIPE"]))
    other = await api.create_transfer_initiation(await transfer(client, connectors["WISE"]))
    source = {"$match": {"source_account_id": one.source_account_id}}
    destination = {"$match": {"destination_account_id": one.destination_account_id}}
    for query in (source, destination, {"$and": [source, destination]}, {"$or": [source, destination]}):
        assert await found(query) == {one.id}
    others = {"$match": {"source_account_id": other.source_account_id}}
    assert await found({"$or": [destination, others]}) == {one.id, other.id}
    assert await found({"$and": [destination, others]}) == set()
    # Where there is no source, it is not another one either.
    assert await found({"$not": source}) == {each.id for each in before if each.source_account_id} | {other.id}
    assert await found({"$and": []}) == {each.id for each in before} | {one.id, other.id}


@pytest.mark.parametrize(
    "query",
    [
        *[{"$match": {key: "x"}} for key in ("id", "reference", "status", "metadata[k]", "sourceAccountID")],
        {"$gt": {"source_account_id": "x"}},
        {"$match": {"source_account_id": 5}},
        {"$or": [{"$match": {"source_account_id": "x"}}, {"$match": {"reference": "x"}}]},
    ],
    ids=str,
)
async def test_all_other_filters_of_transfers_are_too_much_for_the_server(client: PaymentsClient, query: Any) -> None:
    assert await refused(client.transfer_initiations.list_transfer_initiations, query=query) == INTERNAL
