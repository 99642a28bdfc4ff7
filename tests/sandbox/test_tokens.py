"""The token endpoint, and what happens to requests without a good token."""

import base64
import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from .conftest import NOON, Answer, Api, Start

PATH = "/api/auth/oauth/token"


async def ask(api: Api, body: Any, *, method: str = "POST", query: str = "", **headers: str) -> Answer:
    url = f"{api.sandbox.url}{PATH}{query}"
    async with api.session.request(method, url, data=body, headers=headers) as response:
        return Answer(response.status, response.headers, await response.text())


async def token(api: Api) -> str:
    return str((await ask(api, credentials(api))).json["access_token"])


def credentials(api: Api, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": api.sandbox.client_id,
        "client_secret": api.sandbox.client_secret,
    } | changes


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
async def api(start: Start) -> Api:
    return await start(auth=True, client_secret="a+b%c d")  # characters that forms have to escape


async def test_a_token_is_a_jwt_with_the_claims_of_the_real_one(api: Api) -> None:
    answer = await ask(api, credentials(api, scope="payments:read openid ledger:write payments:write"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json
    assert list(body) == ["access_token", "token_type", "expires_in"]
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3599)
    claims = json.loads(base64.urlsafe_b64decode(body["access_token"].split(".")[1] + "=="))
    now = int(NOON.timestamp())
    assert claims.pop("jti")
    assert claims == {
        "iss": f"{api.sandbox.url}/api/auth",
        "aud": [api.sandbox.client_id],
        "exp": now + 3600,
        "iat": now,
        "nbf": now,
        "scope": "payments:read payments:write",
    }


async def test_credentials_may_come_in_form_query_or_basic(api: Api) -> None:
    name, secret = api.sandbox.client_id, api.sandbox.client_secret
    header = {"Authorization": basic(quote_plus(name), quote_plus(secret))}
    grant = {"grant_type": "client_credentials"}
    query = f"?grant_type=client_credentials&client_id={name}&client_secret={quote_plus(secret)}"
    assert (await ask(api, credentials(api))).status == 200
    assert (await ask(api, grant, **header)).status == 200
    assert (await ask(api, None, query=query)).status == 200
    assert (await ask(api, None, query=query, method="GET")).status == 200
    # Basic wins over the form.
    assert (await ask(api, credentials(api, client_secret="wrong"), **header)).status == 200
    # What is no Basic header at all is not looked at.
    assert (await ask(api, credentials(api), Authorization="Basic !")).status == 200
    assert api.sandbox.tokens_issued == 6
    assert api.sandbox.requests["POST", PATH, 200] == 5


@pytest.mark.parametrize(
    ("changes", "headers", "status", "error"),
    [
        ({"client_secret": "wrong"}, {}, 401, {"error": "invalid_client"}),
        ({"client_id": "other"}, {}, 401, {"error": "invalid_client"}),
        ({}, {"Authorization": basic("x", "y")}, 401, {"error": "invalid_client"}),
        ({"grant_type": ""}, {}, 400, {"error": "invalid_request", "error_description": "grant_type missing"}),
        (
            {"grant_type": "password"},
            {},
            400,
            {"error": "unsupported_grant_type", "error_description": "password not supported"},
        ),
    ],
)
async def test_refusals(
    api: Api, changes: dict[str, str], headers: dict[str, str], status: int, error: dict[str, str]
) -> None:
    answer = await ask(api, credentials(api, **changes), **headers)
    assert (answer.status, answer.json) == (status, error)
    assert "WWW-Authenticate" not in answer.headers
    assert api.sandbox.tokens_issued == 0


async def test_a_json_body_is_not_read(api: Api) -> None:
    answer = await ask(api, json.dumps(credentials(api)), **{"Content-Type": "application/json"})
    assert (answer.status, answer.json["error_description"]) == (400, "grant_type missing")


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer "])
async def test_a_token_opens_the_api(api: Api, prefix: str) -> None:
    answer = await api.call("GET", "/_info", headers={"Authorization": prefix + await token(api)})
    assert answer.status == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "BEARER {}", "Token {}", "{}", "Bearer  {}"])
async def test_anything_else_is_401_with_nothing(api: Api, header: str | None) -> None:
    good = await token(api)
    headers = {} if header is None else {"Authorization": header.format(good)}
    answer = await api.call("GET", "/payments", headers=headers)
    assert (answer.status, answer.text) == (401, "")
    assert "Content-Type" not in answer.headers
    assert "WWW-Authenticate" not in answer.headers


async def test_tokens_expire_without_leeway(start: Start) -> None:
    api = await start(auth=True, token_lifetime=0.5, opaque_tokens=True)
    body = (await ask(api, credentials(api))).json
    assert body["expires_in"] == 0
    assert "." not in body["access_token"]
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    api.clock.advance(0.49)
    assert (await api.call("GET", "/_info", headers=headers)).status == 200
    api.clock.advance(0.01)
    assert (await api.call("GET", "/_info", headers=headers)).status == 401


async def test_revoked_tokens_are_refused_and_later_ones_are_not(api: Api) -> None:
    old = {"Authorization": f"Bearer {await token(api)}"}
    api.sandbox.revoke_tokens()
    new = {"Authorization": f"Bearer {await token(api)}"}
    assert (await api.call("GET", "/_info", headers=old)).status == 401
    assert (await api.call("GET", "/_info", headers=new)).status == 200


async def test_credentials_are_random_unless_given(start: Start) -> None:
    one, two = (await start()).sandbox, (await start()).sandbox
    assert one.client_id != two.client_id
    assert one.client_secret != two.client_secret
