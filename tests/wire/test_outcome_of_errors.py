"""Every error of a call says whether the call took effect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import attrs
import pytest

from payments_async import (
    ClientCredentials,
    ConfigurationError,
    ConflictError,
    DecodeError,
    Outcome,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    ResponseTooLargeError,
    TransportError,
)
from payments_async.models import (
    BankAccountRequest,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    ReverseTransferInitiationRequest,
    TransferInitiationRequest,
    TransferInitiationType,
)
from payments_async.wire import errors
from payments_async.wire.call import Request, Response
from payments_async.wire.errors import api_error
from tests.wire.scripted import Resolver, Scripted, answer, calling, sends

DOCS = Path(__file__).parents[2] / "docs/outcomes.md"
ENVELOPE = b'{"errorCode":"VALIDATION","errorMessage":"no"}'
DUPLICATE = b'{"errorCode":"INTERNAL","errorMessage":"pq: duplicate key value violates unique constraint"}'
CONFLICT = b'{"errorCode":"CONFLICT"}'
PAYMENT = PaymentRequest(
    reference="mine",
    connector_id="c",
    created_at=datetime(2024, 5, 6, tzinfo=UTC),
    amount=1,
    type=PaymentType.PAY_IN,
    status=PaymentStatus.SUCCEEDED,
    scheme=PaymentScheme.OTHER,
    asset="USD/2",
)
TRANSFER = TransferInitiationRequest(
    reference="t", destination_account_id="d", type=TransferInitiationType.PAYOUT, amount=1, asset="USD/2"
)
BANK_ACCOUNT = BankAccountRequest(country="DE", name="n", iban="DE89370400440532013000")


def of_status(status: int, body: bytes, *, atomic: bool = True) -> Outcome | None:
    request = Request(operation="o", method="POST", path="/p", url="https://a/p", deadline=0, atomic=atomic)
    return api_error(Response(request=request, status=status, headers={}, body=body)).outcome


@pytest.mark.parametrize("status", [401, 403, 429])
@pytest.mark.parametrize("body", [b"", ENVELOPE, b"<html>"])
def test_what_never_reached_the_operation_was_refused(status: int, body: bytes) -> None:
    assert of_status(status, body) is of_status(status, body, atomic=False) is Outcome.REFUSED


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 413, 422])
def test_the_apis_own_no_is_refused_unless_the_call_may_leave_something_behind(status: int) -> None:
    assert of_status(status, ENVELOPE) is Outcome.REFUSED
    assert of_status(status, ENVELOPE, atomic=False) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [400, 404, 405, 408, 409, 500, 503])
@pytest.mark.parametrize("body", [b"", b"404 page not found\n", b"<html>", b"{}", b'{"errorCode":""}', b'{"a":"x"}'])
def test_a_response_without_the_apis_envelope_says_nothing(status: int, body: bytes) -> None:
    assert of_status(status, body) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [408, 500, 501, 502, 503, 504, 599])
def test_a_failure_of_the_server_leaves_it_open(status: int) -> None:
    assert of_status(status, ENVELOPE) is Outcome.UNKNOWN


@pytest.mark.parametrize(("status", "body"), [(500, DUPLICATE), (400, CONFLICT), (409, ENVELOPE), (500, CONFLICT)])
def test_a_duplicate_was_refused(status: int, body: bytes) -> None:
    assert of_status(status, body) is Outcome.REFUSED
    assert of_status(status, body, atomic=False) is Outcome.UNKNOWN


def test_the_table_of_the_code_is_the_one_of_the_docs() -> None:
    table = [line.strip() for line in (errors._outcome.__doc__ or "").splitlines() if line.strip().startswith("|")]
    assert len(table) == 7
    assert "\n".join(table) in DOCS.read_text()


def test_an_error_that_is_not_one_of_a_call_has_no_outcome() -> None:
    assert PaymentsError("what").outcome is None


# Calls whose refusal leaves something behind

Calling = Callable[[PaymentsClient], Awaitable[Any]]

LEAVE_SOMETHING: dict[str, Calling] = {
    "create_transfer_initiation validated": lambda client: client.transfer_initiations.create_transfer_initiation(
        attrs.evolve(TRANSFER, validated=True)
    ),
    "update_transfer_initiation_status": lambda client: client.transfer_initiations.update_transfer_initiation_status(
        "t", "VALIDATED"
    ),
    "retry_transfer_initiation": lambda client: client.transfer_initiations.retry_transfer_initiation("t"),
    "reverse_transfer_initiation": lambda client: client.transfer_initiations.reverse_transfer_initiation(
        "t", ReverseTransferInitiationRequest(reference="r", amount=1, asset="USD/2")
    ),
    "create_pool": lambda client: client.pools.create_pool("p", ["a"]),
    "create_bank_account with a connector": lambda client: client.bank_accounts.create_bank_account(
        attrs.evolve(BANK_ACCOUNT, connector_id="c")
    ),
}
LEAVE_NOTHING: dict[str, Calling] = {
    "create_payment": lambda client: client.payments.create_payment(PAYMENT),
    "create_transfer_initiation": lambda client: client.transfer_initiations.create_transfer_initiation(TRANSFER),
    "create_bank_account": lambda client: client.bank_accounts.create_bank_account(BANK_ACCOUNT),
    "add_account_to_pool": lambda client: client.pools.add_account_to_pool("p", "a"),
    "delete_pool": lambda client: client.pools.delete_pool("p"),
    "request": lambda client: client.request("POST", "/things", body={}),
}


async def failing(call: Calling, client: PaymentsClient) -> PaymentsError:
    with pytest.raises(PaymentsError) as caught:
        await call(client)
    assert caught.value.operation is not None
    return caught.value


@pytest.mark.parametrize("call", LEAVE_SOMETHING.values(), ids=LEAVE_SOMETHING)
async def test_a_refused_call_that_may_leave_something_behind_leaves_it_open(call: Calling) -> None:
    async with Scripted(answer(400, json.loads(ENVELOPE))) as server, calling(server.url) as client:
        assert (await failing(call, client)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("call", LEAVE_NOTHING.values(), ids=LEAVE_NOTHING)
async def test_a_refused_call_has_done_nothing(call: Calling) -> None:
    async with Scripted(answer(400, json.loads(ENVELOPE))) as server, calling(server.url) as client:
        assert (await failing(call, client)).outcome is Outcome.REFUSED


# A success that cannot be read

HTML = {"Content-Type": "text/html"}
UNREADABLE = [
    (answer(200, {"data": {}}), DecodeError, Outcome.DONE),
    (answer(200, b"not JSON", {"Content-Type": "application/json; charset=utf-8"}), DecodeError, Outcome.DONE),
    (answer(200, b"", {"Content-Type": "application/json"}), DecodeError, Outcome.DONE),
    (answer(200, {"padding": "x" * 5000}), ResponseTooLargeError, Outcome.DONE),
    (answer(200, b"<html>", HTML), ProtocolError, Outcome.UNKNOWN),
    (answer(200, b"<html>" + b"x" * 5000, HTML), ResponseTooLargeError, Outcome.UNKNOWN),
    (answer(200, b"", {"Content-Type": "text/plain"}), ProtocolError, Outcome.UNKNOWN),
    (answer(302, b"", {"Location": "/login"}), ProtocolError, Outcome.UNKNOWN),
]


@pytest.mark.parametrize(("step", "kind", "outcome"), UNREADABLE)
async def test_a_write_whose_success_cannot_be_read_says_whether_it_happened(
    step: Any, kind: type[PaymentsError], outcome: Outcome
) -> None:
    async with Scripted(step) as server, calling(server.url, max_body=4000) as client:
        error = await failing(LEAVE_NOTHING["create_bank_account"], client)
        assert (type(error), error.outcome) == (kind, outcome)
        assert server.begun == 1


async def test_a_page_whose_cursor_cannot_be_used_was_read() -> None:
    page = {"cursor": {"hasMore": True, "data": []}}
    async with Scripted(answer(200, page)) as server, calling(server.url) as client:
        with pytest.raises(ProtocolError) as caught:
            await anext(client.pools.list_pools().items())
        assert caught.value.outcome is Outcome.DONE


# No token


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (answer(200, b"garbage"), "access_token"),
        (answer(200, {"access_token": "x" * 70_000}), "larger than"),
        (sends(b"garbage\r\n\r\n"), "not readable as HTTP"),
        (answer(302, b"", {"Location": "/"}), "redirect"),
        (answer(418), "418"),
    ],
)
async def test_a_token_endpoint_that_answers_garbage_is_named_and_nothing_was_sent(step: Any, reason: str) -> None:
    auth = ClientCredentials("id", "secret")
    async with (
        Scripted(step) as server,
        PaymentsClient(server.url, auth=auth, max_body=4000) as client,
    ):
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert error.outcome is Outcome.NOT_SENT
        assert "token endpoint" in str(error)
        assert reason in str(error)
        assert "max_body" not in str(error)
        assert {each.target for each in server.requests} <= {"/api/auth/oauth/token"}


# The response to another call


def payment(reference: str) -> dict[str, Any]:
    texts = ("id", "sourceAccountID", "destinationAccountID", "connectorID", "asset", "scheme", "provider", "status")
    members = dict.fromkeys(texts, "x") | {"type": "PAY-IN", "initialAmount": 1, "amount": 1}
    return {"data": {**members, "reference": reference, "createdAt": "2024-05-06T12:00:00Z"}}


async def test_a_create_that_is_answered_with_another_reference_is_an_unknown_outcome() -> None:
    async with Scripted(answer(200, payment("another"))) as server, calling(server.url) as client:
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert isinstance(error, OutcomeUnknownError)
        assert error.reference == "mine"
        assert "another request" in str(error)


async def test_a_reference_is_compared_as_the_server_stores_it() -> None:
    async with Scripted(answer(200, payment("mine"))) as server, calling(server.url) as client:
        created = await client.payments.create_payment(attrs.evolve(PAYMENT, reference="mi\0ne"))
        assert created.reference == "mine"


# What a user's session or token source raises


class Broken:
    """A token source that fails when a token was refused."""

    async def acquire(self) -> str:
        return "token"

    def invalidate(self, token: str) -> None:
        raise KeyError(token)


async def test_a_token_source_that_fails_to_forget_a_token_never_raises_through() -> None:
    async with (
        Scripted(answer(401)) as server,
        PaymentsClient(server.url, auth=Broken()) as client,
    ):
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert isinstance(error, TransportError)
        assert error.outcome is Outcome.NOT_SENT
        assert "KeyError" in str(error)


def tracing(moment: str, error: BaseException | None = None) -> aiohttp.ClientSession:
    async def fail(*_: object) -> None:
        raise error or LookupError("of the user's own")

    trace = aiohttp.TraceConfig()
    getattr(trace, moment).append(fail)
    return aiohttp.ClientSession(trace_configs=[trace])


@pytest.mark.parametrize(
    "moment", ["on_request_start", "on_connection_create_start", "on_connection_create_end", "on_request_headers_sent"]
)
async def test_a_trace_that_fails_before_the_request_is_a_wrong_configuration(moment: str) -> None:
    async with Scripted(answer(200, payment("mine"))) as server, calling(server.url, tracing(moment)) as client:
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert isinstance(error, ConfigurationError)
        assert error.outcome is Outcome.NOT_SENT
        assert "LookupError" in str(error)
        assert not server.requests


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("on_request_chunk_sent", "create_payment"),
        ("on_request_end", "create_payment"),
        ("on_request_end", "delete_pool"),
    ],
)
async def test_a_trace_that_fails_after_the_request_leaves_it_open_and_is_not_tried_again(
    moment: str, name: str
) -> None:
    async with Scripted(answer(200, payment("mine"))) as server, calling(server.url, tracing(moment)) as client:
        error = await failing(LEAVE_NOTHING[name], client)
        assert isinstance(error, OutcomeUnknownError)
        assert server.begun <= 1


async def test_a_trace_that_is_cancelled_from_inside_does_not_cancel_the_call() -> None:
    async with (
        Scripted(answer(200, payment("mine"))) as server,
        calling(server.url, tracing("on_request_end", asyncio.CancelledError())) as client,
    ):
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert isinstance(error, OutcomeUnknownError)
        assert server.begun == 1


async def test_a_token_source_that_is_cancelled_from_inside_does_not_cancel_the_call() -> None:
    class Cancelled(Broken):
        async def acquire(self) -> str:
            raise asyncio.CancelledError

    async with Scripted() as server, calling(server.url, auth=Cancelled()) as client:
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert isinstance(error, TransportError)
        assert error.outcome is Outcome.NOT_SENT


class Absent(Resolver):
    async def resolve(self, *_: Any, **__: Any) -> Any:
        raise LookupError("of the user's own")


async def test_a_resolver_that_fails_is_a_wrong_configuration() -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Absent(), use_dns_cache=False))
    async with calling("https://payments.invalid", session) as client:
        error = await failing(LEAVE_NOTHING["create_payment"], client)
        assert (error.outcome, "LookupError" in str(error)) == (Outcome.NOT_SENT, True)


def test_conflicts_of_ensure_carry_their_outcome() -> None:
    assert ConflictError("differs", outcome=Outcome.NOT_SENT, fields=("amount",)).outcome is Outcome.NOT_SENT
