"""What each layer of a call costs: around a stub that answers at once, minus the stub; then the whole client.

`python -m benchmarks.layers ROUNDS CALLS` prints microseconds a call by layer, a list with one value a round.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar, Self, cast

import aiohttp
from yarl import URL

from payments_async import ClientCredentials, PaymentsClient, Request, Response, RetryPolicy, Timeout
from payments_async.wire.auth import ClientCredentialsSource, authorizing
from payments_async.wire.call import Call
from payments_async.wire.codec import encode, nothing
from payments_async.wire.deadline import Deadlines
from payments_async.wire.errors import checking
from payments_async.wire.queue import Turns, queueing
from payments_async.wire.retry import retrying
from payments_async.wire.transport import transport

URL_OF_API = "http://127.0.0.1:1"
TOKEN = b'{"access_token": "made-up", "token_type": "Bearer", "expires_in": 3599}'
JSON = {"Content-Type": "application/json"}
POOL = "2d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a"


class Answer:
    """As much of aiohttp's response as a call needs."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.headers = JSON
        self.content = self
        self._body = body

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def at_eof(self) -> bool:
        return not self._body

    async def readany(self) -> bytes:
        body, self._body = self._body, b""
        return body


class Session:
    """As much of aiohttp's session as a call needs: it answers at once, without a network."""

    closed = False
    headers: ClassVar[dict[str, str]] = {}
    connector = SimpleNamespace(limit=100, limit_per_host=0)

    def request(self, method: str, _: URL, **__: Any) -> Answer:
        return Answer(200, TOKEN) if method == "POST" else Answer(204, b"")


Made = Callable[[], Awaitable[object]]


async def main(rounds: int, calls: int) -> None:
    session = cast("aiohttp.ClientSession", Session())
    async with PaymentsClient(URL_OF_API, auth=ClientCredentials("bench", "bench"), session=session) as client:
        stub, layers = parts(session)
        bare = bare_call(session)
        took: dict[str, list[float]] = {name: [] for name in [*layers, "bare", "whole"]}
        for _ in range(rounds):
            took["bare"].append(await microseconds(bare, calls))
            alone = {"transport": took["bare"][-1], "around a stub": await microseconds(stub, calls)}
            for name, made in layers.items():
                took[name].append(await microseconds(made, calls) - alone.get(name, alone["around a stub"]))
            took["whole"].append(await microseconds(lambda: client.pools.delete_pool(POOL), calls))
    print(json.dumps(took))


def parts(session: aiohttp.ClientSession) -> tuple[Made, dict[str, Made]]:
    """A call of the stub, and calls through each layer around it."""
    call = Call("delete_pool", "DELETE", "/pools/{poolId}", nothing, ids={"poolId": POOL})
    deadline = asyncio.get_running_loop().time() + 3600
    request = encode(call, base=URL_OF_API, headers={}, deadline=deadline)
    answer = Response(request=request, status=204, headers=JSON, body=b"")

    async def stub(_: Request) -> Response:
        return answer

    async def token(request: Request) -> Response:
        return Response(request=request, status=200, headers=JSON, body=TOKEN)

    async def encoded() -> Request:
        return encode(call, base=URL_OF_API, headers={}, deadline=deadline)

    source = ClientCredentialsSource(ClientCredentials("bench", "bench"), token, base_url=URL_OF_API, timeout=60.0)
    turns = Turns(100, Deadlines())
    around = {
        "retrying": retrying(RetryPolicy())(stub),
        "checking": checking(stub),
        "queueing": queueing(lambda: turns)(stub),
        "authorizing": authorizing(source, URL_OF_API)(stub),
        "transport": transport(lambda _: session, Timeout(), Deadlines()),
    }
    return partial(stub, request), {
        "encode": encoded,
        **{name: partial(send, request) for name, send in around.items()},
    }


def bare_call(session: aiohttp.ClientSession) -> Made:
    """The least that a call over the session needs."""

    async def call() -> bytes:
        async with session.request("DELETE", URL(f"{URL_OF_API}/pools/{POOL}", encoded=True)) as answer:
            return await answer.content.readany()

    return call


async def microseconds(made: Made, calls: int) -> float:
    """What one call takes."""
    await made()
    started = time.perf_counter()
    for _ in range(calls):
        await made()
    return (time.perf_counter() - started) / calls * 1e6


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
