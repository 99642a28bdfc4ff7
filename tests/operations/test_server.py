"""The server itself, and what it answers to whoever has no token or no route."""

import pytest

from payments_async import APIError, AuthenticationError, BearerToken, ClientCredentials, PaymentsClient, RetryPolicy
from payments_async.models import ServerInfo
from payments_async.sandbox import Sandbox

from .conftest import NO_ROUTE, Refusal, answer, refused

UNAUTHORIZED = Refusal(AuthenticationError, 401, None)


async def test_the_server_tells_its_version(client: PaymentsClient) -> None:
    assert await client.server.get_server_info() == ServerInfo(version="v2.0.9")


@pytest.mark.parametrize("sandbox", [{"auth": False, "api_path": ""}], indirect=True)
async def test_a_service_without_a_gateway_needs_neither_path_nor_token(sandbox: Sandbox) -> None:
    async with PaymentsClient(sandbox.url, api_path="") as client:
        assert await client.server.get_server_info() == ServerInfo(version="v2.0.9")
        assert len((await client.payments.list_payments().first()).data) == 15
    assert sandbox.tokens_issued == 0


@pytest.mark.filterwarnings("ignore:use .*_v1:DeprecationWarning")
@pytest.mark.parametrize("auth", [None, BearerToken("made-up")])
async def test_without_a_good_token_nothing_is_told(sandbox: Sandbox, auth: BearerToken | None) -> None:
    async with PaymentsClient(sandbox.url, auth=auth) as client:
        assert await refused(client.server.get_server_info) == UNAUTHORIZED
        assert await refused(client.payments.list_payments) == UNAUTHORIZED
        assert await refused(client.pools.delete_pool, "x") == UNAUTHORIZED
        assert await refused(client.transfer_initiations.retry_transfer_initiation, "x") == UNAUTHORIZED
        assert await refused(client.connectors.uninstall_connector, "STRIPE") == UNAUTHORIZED
        assert await refused(client.connectors.read_connector_config, "PIGEON") == NO_ROUTE


async def test_wrong_credentials_are_told_as_such(sandbox: Sandbox) -> None:
    auth = ClientCredentials(sandbox.client_id, "wrong")
    async with PaymentsClient(sandbox.url, auth=auth, retry=RetryPolicy(base=0)) as client:
        with pytest.raises(AuthenticationError) as raised:
            await answer(client.payments.list_payments())
    assert (raised.value.operation, raised.value.error_code) == ("list_payments", "invalid_client")
    assert "wrong" not in str(raised.value)


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/nothing", NO_ROUTE),
        ("GET", "/payments/a/b", NO_ROUTE),
        ("DELETE", "/payments", Refusal(APIError, 405, None)),
        ("PUT", "/connectors/STRIPE/config", Refusal(APIError, 405, None)),
    ],
    ids=str,
)
async def test_routes_that_are_not_there(client: PaymentsClient, method: str, path: str, refusal: Refusal) -> None:
    assert await refused(client.request, method, path) == refusal
