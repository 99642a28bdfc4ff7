"""Who may use the control routes."""

import asyncio
from typing import Any

import pytest

from .conftest import Api, Start

PATHS = ["/_faults", "/_requests", "/_rows-read", "/_payments", "/_accounts"]


async def status(api: Api, path: str, **headers: str) -> int:
    async with api.session.get(f"{api.sandbox.url}{path}", headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example.com"},
        {"Origin": "null"},
        # A page whose name was made to point to this machine is of the same origin as its requests.
        {"Origin": "http://elsewhere.example.com", "Host": "elsewhere.example.com"},
        {"Host": "elsewhere.example.com"},
    ],
)
async def test_web_pages_do_not_control_a_sandbox(api: Api, path: str, headers: dict[str, str]) -> None:
    assert await status(api, path, **headers) == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["localhost:80", "127.0.0.1", "[::1]:8080", "192.0.2.7"])
async def test_others_do_by_any_address_of_the_machine(api: Api, path: str, host: str) -> None:
    assert await status(api, path, Host=host) == 200
    assert await status(api, path, Host=host, Origin=f"http://{host}") == 200


async def test_the_name_that_a_sandbox_was_given_is_its_own(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def resolve_to_this_machine(_host: str, port: int, **options: Any) -> Any:
        return await resolve("127.0.0.1", port, **options)

    monkeypatch.setattr(loop, "getaddrinfo", resolve_to_this_machine)
    api = await start(host="payments.internal")
    assert await status(api, "/_faults") == 200
    assert await status(api, "/_faults", Host="elsewhere.internal") == 403


async def test_a_refusal_says_why(api: Api) -> None:
    url = f"{api.sandbox.url}/_payments"
    async with api.session.post(url, json={"count": 1}, headers={"Origin": "https://a.example.com"}) as answer:
        assert (answer.status, await answer.json()) == (
            403,
            {"error": "the sandbox is not controlled from https://a.example.com"},
        )
    assert not api.sandbox.references()
