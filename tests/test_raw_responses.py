import json

import pytest

from payments_async import NotFoundError, PaymentsClient


async def test_a_raw_response_has_status_headers_and_body_and_no_token(client: PaymentsClient) -> None:
    raw = await client.request("GET", "/payments", query={"pageSize": 1}, raw=True)
    assert raw.status == 200
    assert raw.headers["content-type"].startswith("application/json")
    assert json.loads(raw.body) == await client.request("GET", "/payments", query={"pageSize": 1})
    assert "Authorization" not in raw.request.headers


async def test_an_error_status_is_an_error_for_raw_responses_too(client: PaymentsClient) -> None:
    with pytest.raises(NotFoundError):
        await client.request("GET", "/nothing", raw=True)
