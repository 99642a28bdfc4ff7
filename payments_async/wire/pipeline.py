"""Stacks the layers of a call, and runs calls through them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from payments_async.wire.call import Call, Layer, Send, Timeout
from payments_async.wire.codec import encode

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
        return call.read(await self.send(encode(call, base=self.base, headers=self.headers, deadline=deadline)))
