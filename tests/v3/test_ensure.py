"""`ensure_*` of v3 settles what a lost write left open: created once, found again, or refused where it differs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import attrs
import pytest

from payments_async import (
    APIError,
    ConflictError,
    ConnectionFailedError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsError,
    ProtocolError,
    Request,
    Response,
    Send,
    ServerError,
)
from payments_async.operations.ids import content_of, referenced_id
from payments_async.v3 import V3
from payments_async.v3.models import (
    AccountType,
    CreatePaymentAdjustmentRequest,
    CreatePoolRequest,
    DummypayConfig,
    GenericConfig,
    OtherConfig,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    PowensConfig,
)
from tests.drain.lists import connected
from tests.tables import answer_to
from tests.v3.ids import ACCOUNT, CONNECTOR_PARTS, OTHER_ACCOUNT, UUID, encoded
from tests.v3.recorded import EXCHANGES
from tests.v3.requests import AT, account, initiation, payment

LATER = datetime(2026, 4, 1, tzinfo=UTC)
CREATED = "2026-03-02T00:00:00Z"
GENERIC = GenericConfig(name="psp", api_key="sk_canary", endpoint="https://psp.example.com", polling_period="1h30m")


class Store:
    """A server of version 3.4 that keeps what it is sent, as far as `ensure_*` can tell.

    Attributes:
        kept: What was created, by id.
        posts: How often something was created, or was there already.
        asked: Method and path template of each request.
        layer: What stands before it.
    """

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.posts = 0
        self.asked: list[str] = []
        self.layer: Callable[[Send], Send] = lambda send: send

    async def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        return await self.layer(self._answer)(request)

    async def _answer(self, request: Request) -> Response:
        await asyncio.sleep(0)
        if request.method == "POST":
            return answer_to(request, *self._create(request.path, request.url, json.loads(request.body or b"")))
        parts = urlsplit(request.url)
        if "{" in request.path:
            found = self.kept.get(unquote(parts.path).rpartition("/")[2])
            return answer_to(request, *((200, {"data": found}) if found else NOT_FOUND))
        name = json.loads(parse_qs(parts.query)["query"][0])["$match"]["name"]
        named = [each for each in self.kept.values() if each.get("name") == name]
        return answer_to(request, 200, {"cursor": {"pageSize": 100, "hasMore": False, "data": named}})

    def _create(self, path: str, url: str, body: dict[str, Any]) -> tuple[int, Any]:
        match path:
            case "/v3/accounts":
                given = encoded({"ConnectorID": content_of(body["connectorID"]), "Reference": body["reference"]})
                stored = {**body, "id": given, "provider": "generic", "name": body.pop("accountName"), "raw": None}
                answer: Any = self.kept.setdefault(given, stored)
            case "/v3/payments":
                parts = {"ConnectorID": content_of(body["connectorID"]), "Reference": body["reference"]}
                given = encoded(parts | {"Type": body["type"]})
                adjustments = [{**each, "id": str(each)} for each in body["adjustments"]]
                stored = {**body, "id": given, "provider": "generic", "adjustments": adjustments, "status": "SUCCEEDED"}
                if given in self.kept:
                    self.kept[given]["adjustments"] += adjustments
                answer = {**self.kept.setdefault(given, stored), "status": "UNKNOWN"}
            case "/v3/payment-initiations":
                given = encoded({"ConnectorID": content_of(body["connectorID"]), "Reference": body["reference"]})
                if given in self.kept:
                    return CONFLICT
                waiting = {"status": "WAITING_FOR_VALIDATION", "provider": "generic", "createdAt": CREATED}
                neutral = {"scheduledAt": "0001-01-01T00:00:00Z", "description": "", "metadata": None}
                self.kept[given] = {**neutral, **body, **waiting, "id": given}
                answer = {"paymentInitiationID": given, "taskID": ""}
            case _:
                if body["name"] in {each.get("name") for each in self.kept.values()}:
                    return CONFLICT
                given = answer = f"{len(self.kept):08}{UUID[8:]}"
                self.kept[given] = (pool if path == "/v3/pools" else connector)(given, url, body)
        self.posts += 1
        return 201, {"data": answer}


def pool(given: str, _: str, body: dict[str, Any]) -> dict[str, Any]:
    stored = {
        "id": given,
        "name": body["name"],
        "createdAt": CREATED,
        "type": "DYNAMIC" if body.get("query") else "STATIC",
    }
    if body.get("query"):
        return {**stored, "query": body["query"], "poolAccounts": [OTHER_ACCOUNT]}
    return {**stored, "poolAccounts": [*dict.fromkeys(body.get("accountIDs", []))][::-1]}


def connector(given: str, url: str, body: dict[str, Any]) -> dict[str, Any]:
    period = {"1h30m": "1h30m0s", None: "30m0s"}.get(body.get("pollingPeriod"), body.get("pollingPeriod"))
    stored = {"id": given, "reference": UUID, "name": body["name"], "createdAt": CREATED}
    provider = urlsplit(url).path.rpartition("/")[2].lower()
    config = {"isSandbox": False, **body, "pollingPeriod": period}
    return {**stored, "provider": provider, "scheduledForDeletion": False, "capabilities": [], "config": config}


CONFLICT = (400, {"errorCode": "CONFLICT", "errorMessage": "value already exists"})
NOT_FOUND = (404, {"errorCode": "NOT_FOUND", "errorMessage": "not found"})
INTERNAL = (500, {"errorCode": "INTERNAL", "errorMessage": "no"})
REFUSED = (400, {"errorCode": "VALIDATION", "errorMessage": "no"})


class Case(NamedTuple):
    """What is ensured, how, and other requests of the same identity, by the field in which they differ."""

    ensure: Callable[[V3, Any], Awaitable[Any]]
    request: Any
    others: dict[str, Any]


def adjustment(**changes: Any) -> CreatePaymentAdjustmentRequest:
    given: dict[str, Any] = {"reference": "a", "created_at": AT, "status": PaymentStatus.SUCCEEDED, "asset": "USD/2"}
    return CreatePaymentAdjustmentRequest(**given | changes)


def changed(request: Any, **changes: Any) -> dict[str, Any]:
    return {name: attrs.evolve(request, **{name: value}) for name, value in changes.items()}


STATIC = CreatePoolRequest(name="Treasury", account_ids=[ACCOUNT, OTHER_ACCOUNT, ACCOUNT])
DYNAMIC = CreatePoolRequest(name="Gold", query={"$match": {"metadata[tier]": "gold"}})

CASES = {
    "account": Case(
        lambda v3, request: v3.accounts.ensure_account(request),
        account(reference="ensured é/<&>", metadata={"k": "v"}),
        changed(
            account(reference="ensured é/<&>", metadata={"k": "v"}),
            created_at=LATER,
            type=AccountType.EXTERNAL,
            account_name="Vault",
            default_asset="EUR/2",
            metadata={"k": "w"},
        ),
    ),
    "payment": Case(
        lambda v3, request: v3.payments.ensure_payment(request),
        payment(initial_amount=10**30, amount=10**30, metadata={"k": "v"}),
        changed(
            payment(initial_amount=10**30, amount=10**30, metadata={"k": "v"}),
            created_at=LATER,
            initial_amount=5,
            asset="EUR/2",
            scheme=PaymentScheme.SEPA,
            source_account_id=ACCOUNT,
            destination_account_id=ACCOUNT,
            adjustments=[adjustment(), adjustment(reference="b")],
            metadata={"k": "w"},
        ),
    ),
    "payment initiation": Case(
        lambda v3, request: v3.payment_initiations.ensure_payment_initiation(request),
        initiation(metadata={"k": "v"}),
        changed(
            initiation(metadata={"k": "v"}),
            type="TRANSFER",
            amount=6,
            asset="EUR/2",
            source_account_id=ACCOUNT,
            destination_account_id=OTHER_ACCOUNT,
            description="other",
            scheduled_at=LATER,
            metadata={"k": "w"},
        ),
    ),
    "static pool": Case(
        lambda v3, request: v3.pools.ensure_pool(request), STATIC, changed(STATIC, account_ids=[ACCOUNT])
    ),
    "dynamic pool": Case(
        lambda v3, request: v3.pools.ensure_pool(request),
        DYNAMIC,
        changed(DYNAMIC, query={"$match": {"metadata[tier]": "silver"}}),
    ),
    "connector": Case(
        lambda v3, config: v3.connectors.ensure_connector("generic", config),
        GENERIC,
        changed(GENERIC, api_key="sk_other", endpoint="https://other.example.com", polling_period="45m"),
    ),
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@asynccontextmanager
async def api(store: Store) -> AsyncIterator[V3]:
    async with connected(store) as client:
        yield client.v3


def told_name(request: Any) -> str:
    name: str = getattr(request, "reference", None) or request.name
    return name


@each_case
async def test_it_is_created_once_and_found_again(case: Case) -> None:
    store = Store()
    async with api(store) as v3:
        first = await case.ensure(v3, case.request)
        assert await case.ensure(v3, case.request) == first
    assert told_name(case.request) in {getattr(first, "reference", None), getattr(first, "name", None)}
    assert store.posts == 1
    assert [each.partition(" ")[0] for each in store.asked] == ["GET", "POST", "GET", "GET"]


@each_case
async def test_what_is_there_and_differs_is_refused_with_the_names_of_its_fields(case: Case) -> None:
    store = Store()
    async with api(store) as v3:
        stored = await case.ensure(v3, case.request)
        for name, other in case.others.items():
            with pytest.raises(ConflictError, match=name) as refused:
                await case.ensure(v3, other)
            assert refused.value.fields == (name,)
            assert (refused.value.operation or "").startswith("ensure_")
            assert refused.value.outcome is Outcome.NOT_SENT
            assert "sk_" not in str(refused.value)
        assert await case.ensure(v3, case.request) == stored
    assert store.posts == 1


# Losses, at each point of a call

Lose = Callable[[Send, Request], Awaitable[Response]]


async def lose_the_request(_: Send, request: Request) -> Response:
    raise ConnectionFailedError("lost", operation=request.operation)


async def lose_the_answer(send: Send, request: Request) -> Response:
    await send(request)
    raise ConnectionFailedError("lost", operation=request.operation)


async def hide_the_answer(send: Send, request: Request) -> Response:
    await send(request)
    return answer_to(request, 502, None)


async def fail_after_it(send: Send, request: Request) -> Response:
    await send(request)
    return answer_to(request, *INTERNAL)


async def garble_the_answer(send: Send, request: Request) -> Response:
    return attrs.evolve(await send(request), body=b'{"data":')


async def answer_another_shape(send: Send, request: Request) -> Response:
    return attrs.evolve(await send(request), body=b'{"data":[[]]}')


async def fail_before_it(_: Send, request: Request) -> Response:
    return answer_to(request, *INTERNAL)


async def refuse_at_a_gateway(_: Send, request: Request) -> Response:
    return answer_to(request, 404, None)


async def refuse(_: Send, request: Request) -> Response:
    return answer_to(request, *REFUSED)


def losing(store: Store, lose: Lose, *, method: str, number: int = 1) -> None:
    """Lose the n-th request of a method, or its answer."""
    count = 0

    def layer(send: Send) -> Send:
        async def lossy(request: Request) -> Response:
            nonlocal count
            count += request.method == method
            return await (lose(send, request) if request.method == method and count == number else send(request))

        return lossy

    store.layer = layer


AFTER = [lose_the_answer, hide_the_answer, fail_after_it, garble_the_answer, answer_another_shape]
BEFORE: list[tuple[Lose, type[PaymentsError], Outcome]] = [
    (lose_the_request, OutcomeUnknownError, Outcome.UNKNOWN),
    (fail_before_it, ServerError, Outcome.UNKNOWN),
    (refuse_at_a_gateway, NotFoundError, Outcome.UNKNOWN),
    (refuse, APIError, Outcome.REFUSED),
]


@each_case
@pytest.mark.parametrize("lose", AFTER)
async def test_a_create_whose_answer_is_lost_is_found(case: Case, lose: Lose) -> None:
    store = Store()
    losing(store, lose, method="POST")
    async with api(store) as v3:
        found = await case.ensure(v3, case.request)
        assert await case.ensure(v3, case.request) == found
    assert store.posts == 1


@each_case
@pytest.mark.parametrize(("lose", "error", "outcome"), BEFORE)
async def test_a_create_that_did_not_happen_is_told_and_can_be_called_again(
    case: Case, lose: Lose, error: type[PaymentsError], outcome: Outcome
) -> None:
    store = Store()
    losing(store, lose, method="POST")
    async with api(store) as v3:
        with pytest.raises(error) as told:
            await case.ensure(v3, case.request)
        assert told.value.outcome is outcome
        assert store.posts == 0
        await case.ensure(v3, case.request)
    assert store.posts == 1


@each_case
@pytest.mark.parametrize("lose", [lose_the_answer, fail_before_it, refuse_at_a_gateway, garble_the_answer])
async def test_a_first_look_that_fails_creates_nothing(case: Case, lose: Lose) -> None:
    store = Store()
    losing(store, lose, method="GET")
    async with api(store) as v3:
        with pytest.raises(PaymentsError):
            await case.ensure(v3, case.request)
        assert [each.partition(" ")[0] for each in store.asked] == ["GET"]
        await case.ensure(v3, case.request)
    assert store.posts == 1


@each_case
@pytest.mark.parametrize("lose", [lose_the_answer, fail_before_it, refuse_at_a_gateway])
async def test_a_second_look_that_fails_says_that_it_may_have_happened(case: Case, lose: Lose) -> None:
    store = Store()
    losing(store, lose, method="GET", number=2)
    async with api(store) as v3:
        with pytest.raises(OutcomeUnknownError) as told:
            await case.ensure(v3, case.request)
        assert told.value.reference == told_name(case.request)
        await case.ensure(v3, case.request)
    assert store.posts == 1


@each_case
async def test_cancelled_at_any_point_it_can_be_called_again(case: Case) -> None:
    for turns in range(30):
        store = Store()
        async with api(store) as v3:
            calling = asyncio.ensure_future(case.ensure(v3, case.request))
            for _ in range(turns):
                await asyncio.sleep(0)
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
            await case.ensure(v3, case.request)
        assert store.posts == 1


@each_case
async def test_of_two_at_once_both_get_what_one_of_them_created(case: Case) -> None:
    store = Store()
    async with api(store) as v3:
        first, second = await asyncio.gather(case.ensure(v3, case.request), case.ensure(v3, case.request))
        assert first.id == second.id
    assert len(store.kept) == 1


# Identities


async def test_a_payment_of_another_connector_or_type_is_another_payment() -> None:
    elsewhere = encoded({**CONNECTOR_PARTS, "Reference": UUID})
    store = Store()
    async with api(store) as v3:
        ids = {
            (await v3.payments.ensure_payment(payment(**changes))).id
            for changes in ({}, {"type": PaymentType.PAYOUT}, {"connector_id": elsewhere})
        }
    assert len(ids) == store.posts == 3


async def test_a_payment_that_has_more_adjustments_is_the_same_payment() -> None:
    store = Store()
    async with api(store) as v3:
        (await v3.payments.ensure_payment(payment()))
        refund = adjustment(reference="r", status=PaymentStatus.REFUNDED, amount=2)
        await v3.payments.create_payment(payment(adjustments=[refund]))
        found = await v3.payments.ensure_payment(payment())
        assert [each.reference for each in found.adjustments] == ["a", "r"]
        assert (await v3.payments.ensure_payment(payment(adjustments=[refund]))).id == found.id
    assert store.posts == 2


async def test_an_amount_that_was_adjusted_is_not_compared() -> None:
    store = Store()
    async with api(store) as v3:
        await v3.payments.ensure_payment(payment())
        adjusting = adjustment(reference="c", status=PaymentStatus.AMOUNT_ADJUSTEMENT, amount=9)
        await v3.payments.create_payment(payment(adjustments=[adjusting]))
        (stored,) = store.kept.values()
        stored["initialAmount"] = 9
        assert (await v3.payments.ensure_payment(payment())).initial_amount == 9


async def test_a_payment_whose_adjustment_has_the_same_identity_and_another_amount_differs() -> None:
    async with api(Store()) as v3:
        await v3.payments.ensure_payment(payment())
        with pytest.raises(ConflictError) as refused:
            await v3.payments.ensure_payment(payment(adjustments=[adjustment(amount=7)]))
    assert refused.value.fields == ("adjustments",)


STORED = [
    exchange.body["data"]
    for exchange in EXCHANGES
    if exchange.operation in {"v3GetAccount", "v3GetPayment", "v3GetPaymentInitiation"} and exchange.status == 200
]


@pytest.mark.parametrize("stored", STORED)
def test_a_computed_id_is_that_of_the_server(stored: dict[str, Any]) -> None:
    kind = {"Type": stored["type"]} if "adjustments" in stored else {}
    assert referenced_id(stored["connectorID"], stored["reference"], **kind) == stored["id"]


@pytest.mark.parametrize("connector_id", ["", "nonsense", "e30", "W10", "bnVsbA", "é"])
@pytest.mark.parametrize("name", ["account", "payment", "payment initiation"])
async def test_a_connector_id_that_is_none_is_refused_before_anything_is_sent(name: str, connector_id: str) -> None:
    store, case = Store(), CASES[name]
    async with api(store) as v3:
        with pytest.raises(ValueError, match="connector_id"):
            await case.ensure(v3, attrs.evolve(case.request, connector_id=connector_id))
    assert store.asked == []


@pytest.mark.parametrize(
    ("name", "request_", "words"),
    [
        ("payment", payment(adjustments=[]), "adjustments is empty"),
        ("payment initiation", initiation(amount=0), "amount is 0"),
        ("static pool", CreatePoolRequest(name="Neither"), "either account_ids or a query"),
        ("connector", DummypayConfig(name="dummy", directory="/srv"), "configured by GenericConfig"),
    ],
)
async def test_what_the_server_would_refuse_is_refused_before_anything_is_sent(
    name: str, request_: Any, words: str
) -> None:
    store = Store()
    async with api(store) as v3:
        with pytest.raises(ValueError, match=words):
            await CASES[name].ensure(v3, request_)
    assert store.asked == []


async def test_a_payment_initiation_that_is_ensured_waits_for_approval() -> None:
    async with api(Store()) as v3:
        found = await v3.payment_initiations.ensure_payment_initiation(initiation())
    assert found.status == "WAITING_FOR_VALIDATION"


# Pools and connectors, which have names


@pytest.mark.parametrize("empty", [CreatePoolRequest(name="E", account_ids=[]), CreatePoolRequest(name="E", query={})])
async def test_a_pool_without_accounts_and_without_a_filter_is_static(empty: CreatePoolRequest) -> None:
    async with api(Store()) as v3:
        assert (await v3.pools.ensure_pool(empty)).pool_accounts == []
        assert (await v3.pools.ensure_pool(empty)).type == "STATIC"


async def test_a_pool_of_the_other_kind_differs() -> None:
    async with api(Store()) as v3:
        await v3.pools.ensure_pool(STATIC)
        with pytest.raises(ConflictError) as refused:
            await v3.pools.ensure_pool(CreatePoolRequest(name=STATIC.name, query=DYNAMIC.query))
    assert refused.value.fields == ("query", "account_ids")


async def test_a_name_is_looked_for_to_the_end_of_the_list() -> None:
    store = Store()

    def empty_page_first(send: Send) -> Send:
        async def paged(request: Request) -> Response:
            if request.method == "GET" and "cursor=" not in request.url:
                page = {"pageSize": 100, "hasMore": True, "next": "n", "data": []}
                return answer_to(request, 200, {"cursor": page})
            url = request.url.replace("cursor=n", "query=%7B%22%24match%22%3A%7B%22name%22%3A%22Gold%22%7D%7D")
            return await send(attrs.evolve(request, url=url))

        return paged

    store.layer = empty_page_first
    async with api(store) as v3:
        for _ in range(2):
            await v3.pools.ensure_pool(DYNAMIC)
    assert store.posts == 1


async def test_an_install_that_timed_out_is_found_by_its_name() -> None:
    store = Store()
    losing(store, lose_the_answer, method="POST")
    async with api(store) as v3:
        found = await v3.connectors.ensure_connector("GENERIC", GENERIC)
    assert (found.name, found.provider, found.config["apiKey"]) == ("psp", "generic", "sk_canary")
    assert "canary" not in repr(found)


async def test_a_name_that_another_provider_has_taken_differs_in_that_alone() -> None:
    async with api(Store()) as v3:
        await v3.connectors.ensure_connector("dummypay", DummypayConfig(name="psp", directory="/srv"))
        with pytest.raises(ConflictError) as refused:
            await v3.connectors.ensure_connector("generic", GENERIC)
    assert refused.value.fields == ("provider",)


async def test_a_connector_that_is_being_uninstalled_is_not_the_one() -> None:
    store = Store()
    async with api(store) as v3:
        await v3.connectors.ensure_connector("generic", GENERIC)
        next(iter(store.kept.values()))["scheduledForDeletion"] = True
        with pytest.raises(ConflictError) as refused:
            await v3.connectors.ensure_connector("generic", GENERIC)
    assert refused.value.fields == ("scheduled_for_deletion",)


@pytest.mark.parametrize(
    ("wanted", "kept", "same"),
    [
        ("45m", "45m0s", True),
        ("1h30m", "90m", True),
        ("1.5h", "1h30m0s", True),
        ("90s", "1m30s", True),
        ("1500ms", "1.5s", True),
        ("45m", "45m1s", False),
        ("45m", None, False),
        ("nonsense", "nonsense", True),
        ("45m", "45m nonsense", False),
        (None, "30m0s", True),
    ],
)
async def test_a_polling_period_is_compared_as_a_duration(wanted: str | None, kept: Any, same: bool) -> None:
    store = Store()
    async with api(store) as v3:
        await v3.connectors.ensure_connector("generic", GENERIC)
        next(iter(store.kept.values()))["config"]["pollingPeriod"] = kept
        config = attrs.evolve(GENERIC, polling_period=wanted)
        if same:
            await v3.connectors.ensure_connector("generic", config)
            return
        with pytest.raises(ConflictError) as refused:
            await v3.connectors.ensure_connector("generic", config)
        assert refused.value.fields == ("polling_period",)


async def test_members_that_are_no_texts_are_compared_by_value() -> None:
    config = PowensConfig(
        name="bank",
        client_id="c",
        client_secret="s",
        configuration_token="t",
        domain="d",
        max_connections_per_link=1,
        endpoint="e",
    )
    async with api(Store()) as v3:
        await v3.connectors.ensure_connector("powens", config)
        await v3.connectors.ensure_connector("powens", config)
        with pytest.raises(ConflictError) as refused:
            await v3.connectors.ensure_connector("powens", attrs.evolve(config, max_connections_per_link=2))
    assert refused.value.fields == ("max_connections_per_link",)


async def test_the_members_of_an_unknown_provider_are_compared_too() -> None:
    config = OtherConfig(name="new", extra={"token": "sk_canary", "pollingPeriod": "30m"})
    async with api(Store()) as v3:
        await v3.connectors.ensure_connector("newpay", config)
        await v3.connectors.ensure_connector("newpay", attrs.evolve(config, provider="Newpay"))
        with pytest.raises(ConflictError) as refused:
            await v3.connectors.ensure_connector("newpay", attrs.evolve(config, extra={"token": "sk_other"}))
    assert refused.value.fields == ("token",)
    assert "sk_" not in str(refused.value)


async def test_what_was_created_and_cannot_be_found_is_told() -> None:
    store = Store()

    def forgetful(send: Send) -> Send:
        async def forgetting(request: Request) -> Response:
            answer = await send(request)
            store.kept.clear()
            return answer

        return forgetting

    store.layer = forgetful
    async with api(store) as v3:
        with pytest.raises(ProtocolError, match="'Treasury' was created but cannot be found"):
            await v3.pools.ensure_pool(STATIC)
