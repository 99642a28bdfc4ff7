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
        if request.reference is not None:
            _check_reference(request, result)
        return result


def _check_reference(request: Request, result: object) -> None:
    """Refuses the response to another request, which a server may have left on the connection.

    Raises:
        OutcomeUnknownError: the result has another reference than the request.
    """
    sent = request.reference and request.reference.replace("\0", "")  # the server drops these
    if getattr(result, "reference", sent) != sent:
        raise OutcomeUnknownError(
            f"the write may have happened (reference {sent!r}): the response belongs to another request; "
            "look whether it did before you call again",
            operation=request.operation,
            reference=sent,
        )
