"""What Prism, which knows an API by its description alone, has against a call, and the client against its answer."""

import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp

from payments_async import BearerToken, Pages, PaymentsClient, PaymentsError, RetryPolicy

Call = Callable[[PaymentsClient], Awaitable[Any] | Pages[Any]]


async def made(call: Call, client: PaymentsClient) -> object:
    """What a call gives; of a list, the first page."""
    answer = call(client)
    return await (answer.first() if isinstance(answer, Pages) else answer)


async def exceptions_to(call: Call, url: str, *, prefer: str = "dynamic=false") -> list[str]:
    """What Prism has against a request and its own answer to it; if nothing, what the client has against the answer."""
    taken: list[str] = []

    async def note(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        for violation in json.loads(end.response.headers.get("sl-violations", "[]")):
            taken.append(f"{'.'.join(violation['location'])}: {violation['message']}")

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)
    async with (
        aiohttp.ClientSession(trace_configs=[trace]) as session,
        PaymentsClient(url, auth=BearerToken("any"), api_path="", session=session) as client,
    ):
        try:
            await made(call, client.with_options(retry=RetryPolicy(attempts=1), headers={"Prefer": prefer}))
        except PaymentsError as error:
            # Prism makes up the reference of what it has created.
            if "the response belongs to another request" not in error.message:
                taken = taken or [repr(error)]
    return taken
