"""Stacks the layers of a call, and runs calls through them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from payments_async.wire.call import Call, Layer, Request, Send, Timeout
from payments_async.wire.codec import encode
from payments_async.wire.errors import OutcomeUnknownError

T = TypeVar("T")


def stack(send: Send, layers: Iterable[Layer]) -> Send:
    """The layers around `send`, the first of them outermost."""
    for layer in reversed(list(layers)):
        send = layer(send)
    return send


@attrs.frozen(kw_only=True)
class Pipeline:
    """Sends a call to the server and reads the response.

    Attributes:
        send: The stacked layers.
        base: The API's URL without a trailing slash.
        timeout: How long a call may take.
        headers: Header fields that every request is sent with.
    """

    send: Send
    base: str
    timeout: Timeout
    headers: Mapping[str, str] = attrs.field(repr=False)

    async def run(self, call: Call[T]) -> T:
        """The call's result.

        Raises:
            ValueError, TypeError: the server would misunderstand an argument; nothing is sent.
            PaymentsError: the call failed.
        """
        deadline = asyncio.get_running_loop().time() + self.timeout.total
        request = encode(call, base=self.base, headers=self.headers, deadline=deadline)
        result = call.read(await self.send(request))
        if request.reference is not None and _has_other_reference(request, result):
            del result  # so that this frame does not show it
            sent = _kept(request)
            raise OutcomeUnknownError(
                f"the write may have happened (reference {sent!r}): the response belongs to another request; "
                "look whether it did before you call again",
                operation=request.operation,
                reference=sent,
            )
        return result


def _has_other_reference(request: Request, result: object) -> bool:
    """Whether this is the response to another request, which a server may have left on the connection."""
    return getattr(result, "reference", request.reference) not in (request.reference, _kept(request))


def _kept(request: Request) -> str | None:
    """The request's reference as the server stores it: without NUL characters."""
    return request.reference and request.reference.replace("\0", "")
