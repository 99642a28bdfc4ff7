"""Tokens of a certified OpenID provider, which shares no code with this project, in a drain that outlives them."""

from __future__ import annotations

import asyncio
from typing import Self

import aiohttp
import pytest
from aiohttp import web

from payments_async import AuthenticationError, ClientCredentials, PaymentsClient
from payments_async.sandbox import Sandbox
from tests.oidc.conftest import Provider

pytestmark = pytest.mark.interop


class Gateway:
    """Stands before a sandbox that asks for no token: lets pass what the provider calls an active token.

    Args:
        provider: Whose tokens are let pass.
        behind: The sandbox's root.
        latency: Seconds that each call takes.
    """

    def __init__(self, provider: Provider, behind: str, *, latency: float = 0.0) -> None:
        self.url = ""
        self.tokens: dict[str, int] = {}
        """How many calls each token opened the gate for, in the order of their first use."""
        self.refused = 0
        self._provider = provider
        self._behind = behind
        self._latency = latency
        app = web.Application()
        app.router.add_get("/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        self._session = aiohttp.ClientSession()

    async def active(self, token: str) -> bool:
        """Whether the provider knows the token and it has not expired (RFC 7662)."""
        form = {
            "token": token,
            "client_id": self._provider.client_id,
            "client_secret": self._provider.client_secret,
        }
        async with self._session.post(f"{self._provider.url}/token/introspection", data=form) as answer:
            assert answer.status == 200
            return bool((await answer.json())["active"])

    async def _pass(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not await self.active(token):
            self.refused += 1
            return web.Response(status=401)
        self.tokens[token] = self.tokens.get(token, 0) + 1
        await asyncio.sleep(self._latency)
        async with self._session.get(self._behind + request.raw_path) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._session.close()


def credentials(provider: Provider, secret: str | None = None) -> ClientCredentials:
    return ClientCredentials(
        provider.client_id,
        secret or provider.client_secret,
        token_url=f"{provider.url}/token",
        scopes=("payments:read",),
    )


async def test_a_drain_outlives_three_tokens_of_a_certified_provider(provider: Provider) -> None:
    async with (
        Sandbox(payments=120, auth=False) as sandbox,
        # 60 pages take six seconds, in which three tokens of two seconds run out.
        Gateway(provider, sandbox.url, latency=0.1) as gateway,
        PaymentsClient(gateway.url, auth=credentials(provider)) as client,
    ):
        ids = [payment.id async for payment in client.payments.list_payments(page_size=2)]
        tokens = list(gateway.tokens)
        still_active = [await gateway.active(token) for token in tokens]
    assert (len(ids), len(set(ids))) == (120, 120)
    assert sum(gateway.tokens.values()) == 60
    assert len(tokens) >= 4
    assert still_active[:3] == [False, False, False]
    # A token may die unnoticed, by the provider's clock of whole seconds: then one call finds out.
    assert gateway.refused < len(tokens)


async def test_a_certified_provider_refuses_a_wrong_secret(provider: Provider) -> None:
    async with (
        Sandbox(auth=False) as sandbox,
        Gateway(provider, sandbox.url) as gateway,
        PaymentsClient(gateway.url, auth=credentials(provider, "s %2B &=~")) as client,
    ):
        with pytest.raises(AuthenticationError) as caught:
            await client.server.get_server_info()
    assert (caught.value.operation, caught.value.error_code) == ("get_server_info", "invalid_client")
    assert (gateway.tokens, gateway.refused) == ({}, 0)
