"""`client.v3`: what it shares with its client, and what its layers refuse and say."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from payments_async import (
    ClientCredentials,
    ConnectionFailedError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentsClient,
    Request,
    Response,
    RetryPolicy,
    Send,
    ServerError,
)
from payments_async.sandbox import Sandbox
from payments_async.v3 import V3, filters
from payments_async.v3.layers import LONGEST_URL
from payments_async.wire.errors import Outcome, ProtocolError
from tests.wire.scripted import Scripted, answer, calling, sends_and_hangs_up, sends_and_resets

from .conftest import ROOT, Canned

AT_ONCE = RetryPolicy(base=0)
TASK = {"data": {"taskID": "task-1"}}
USER = "6e5d4c3b-7f8e-4a9b-8c0d-2e3f4a5b6c7d"
OLD = "this server has no /v3 routes; it is older than 3.0"


async def test_it_is_made_of_a_client_and_leads_back_to_it(client: PaymentsClient) -> None:
    assert isinstance(client.v3, V3)
    assert client.v3 is client.v3
    assert client.v3.client is client
    assert V3(client).client is client
    assert repr(client.v3) == f"{client!r}.v3"
    derived = client.with_options(retry=RetryPolicy(attempts=1))
    assert derived.v3.client is derived


async def test_it_can_be_used_before_the_client_is_entered(canned: Canned) -> None:
    client = PaymentsClient(ROOT, layers=[canned])
    accounts = client.v3.accounts
    canned.will_answer(200, {"cursor": {"hasMore": False, "data": []}})
    assert (await accounts.list_accounts().first()).data == []
    await client.aclose()


async def test_it_shares_layers_headers_and_url_with_its_client(canned: Canned) -> None:
    seen: list[str] = []

    def noting(send: Send) -> Send:
        async def note(request: Request) -> Response:
            seen.append(request.path)
            return await send(request)

        return note

    async with PaymentsClient(ROOT, layers=[noting, canned], headers={"X-Team": "a"}) as client:
        await client.v3.pools.delete_pool(USER)
    assert seen == ["/v3/pools/{poolID}"]
    assert canned.requests[0].headers["X-Team"] == "a"
    assert canned.requests[0].url == f"{ROOT}/api/payments/v3/pools/{USER}"


async def test_it_shares_the_token_of_its_client(sandbox: Sandbox) -> None:
    async with PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, sandbox.client_secret)) as client:
        await client.payments.list_payments().first()
        for each in (client, client.with_options()):
            with pytest.raises(NotFoundError):
                await each.v3.payments.list_payments().first()
    assert sum(count for (_, path, _), count in sandbox.requests.items() if path.endswith("/token")) == 1


def test_it_keeps_no_client_alive() -> None:
    client = PaymentsClient(ROOT)
    assert client.v3.client is client
    gone = weakref.ref(client)
    del client
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("call", ["get", "list", "post", "delete"])
async def test_a_server_without_v3_is_told_as_such(sandbox: Sandbox, call: str) -> None:
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth) as client:
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "get": lambda: client.v3.tasks.get_task("task"),
            "list": lambda: client.v3.payments.list_payments().first(),
            "post": lambda: client.v3.connectors.reset_connector("connector"),
            "delete": lambda: client.v3.pools.delete_pool(USER),
        }
        with pytest.raises(NotFoundError) as raised:
            await calls[call]()
    assert str(raised.value).endswith(f"; if the client's api_path is right, {OLD}")


async def test_a_resource_that_is_not_there_says_nothing_of_the_server() -> None:
    body = {"errorCode": "NOT_FOUND", "errorMessage": "cannot get task: not found"}
    async with Scripted(answer(404, body)) as server, calling(server.url) as client:
        with pytest.raises(NotFoundError) as raised:
            await client.v3.tasks.get_task("task")
    assert str(raised.value) == "get_task: the server answered 404 (NOT_FOUND: cannot get task: not found)"


def filter_of(length: int) -> str:
    """A filter as text of its own, which makes the URL of a list of payments as long as this."""
    start = f"{ROOT}/api/payments/v3/payments?query="
    return "x" * (length - len(start))


async def test_a_url_of_8_000_bytes_is_sent_and_a_longer_one_is_not(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"cursor": {"hasMore": False, "data": []}})
    await client.v3.payments.list_payments(query=filter_of(LONGEST_URL)).first()
    assert len(canned.requests[-1].url) == LONGEST_URL == 8_000
    with pytest.raises(ValueError, match=r"list_payments: the URL has 8,001 bytes.* split the filter"):
        await client.v3.payments.list_payments(query=filter_of(LONGEST_URL + 1)).first()
    filtered = "x" * LONGEST_URL
    canned.will_answer(200, {"cursor": {"hasMore": True, "next": filtered, "data": []}})
    with pytest.raises(
        ProtocolError, match=r"the server's cursor contains the filter; the URL has 8,\d\d\d bytes"
    ) as told:
        await anext(client.v3.payments.list_payments(query="{}").items())
    assert told.value.cursor == filtered
    several = filters.accounts.reference.match("acct_0")
    for number in range(200):
        several |= filters.accounts.reference.match(f"acct_{number}")
    with pytest.raises(ValueError, match=r"list_accounts: the URL has \d\d,\d\d\d bytes"):
        await client.v3.accounts.list_accounts(query=several).first()
    assert len(canned.requests) == 2


STARTING: dict[str, Any] = {
    "uninstall_connector": lambda v3: v3.connectors.uninstall_connector("c"),
    "reset_connector": lambda v3: v3.connectors.reset_connector("c"),
    "delete_payment_service_user": lambda v3: v3.payment_service_users.delete_payment_service_user(USER),
    "delete_payment_service_user_connector": lambda v3: v3.payment_service_users.delete_payment_service_user_connector(
        USER, "c"
    ),
    "delete_payment_service_user_connection_from_connector_id": lambda v3: (
        v3.payment_service_users.delete_payment_service_user_connection_from_connector_id(USER, "c", "connection")
    ),
    "forward_bank_account": lambda v3: v3.bank_accounts.forward_bank_account(USER, "c"),
    "approve_payment_initiation": lambda v3: v3.payment_initiations.approve_payment_initiation("i"),
    "retry_payment_initiation": lambda v3: v3.payment_initiations.retry_payment_initiation("i"),
}
"""Calls that start a task, each of a verb and a path of its own."""


@pytest.mark.parametrize("name", STARTING)
async def test_what_starts_a_task_is_sent_once_and_its_outcome_is_unknown_when_its_answer_is_lost(name: str) -> None:
    # Were it repeated, the second answer would sound as if there was nothing to do.
    gone = answer(404, {"errorCode": "NOT_FOUND"})
    async with Scripted(sends_and_resets(), gone) as server, calling(server.url, retry=AT_ONCE) as client:
        with pytest.raises(OutcomeUnknownError) as raised:
            await STARTING[name](client.v3)
        assert len(server.requests) == 1
    assert raised.value.operation == name
    assert raised.value.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("name", STARTING)
async def test_what_starts_a_task_is_not_sent_again_where_the_server_fails(name: str) -> None:
    async with Scripted(answer(503), answer(202, TASK)) as server, calling(server.url, retry=AT_ONCE) as client:
        with pytest.raises(ServerError):
            await STARTING[name](client.v3)
        assert len(server.requests) == 1


async def test_what_never_left_is_sent_again() -> None:
    async with Scripted() as server:
        closed = server.url
    async with calling(closed, retry=AT_ONCE) as client:
        with pytest.raises(ConnectionFailedError) as raised:
            await client.v3.connectors.uninstall_connector("c")
    assert raised.value.outcome is Outcome.NOT_SENT


async def test_a_deletion_that_starts_no_task_is_repeated() -> None:
    async with Scripted(sends_and_hangs_up(), answer(204)) as server, calling(server.url, retry=AT_ONCE) as client:
        await client.v3.pools.delete_pool(USER)
        assert [each.method for each in server.requests] == ["DELETE", "DELETE"]
