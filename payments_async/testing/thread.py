"""A server in a thread of its own, which serves while a test blocks its own thread."""

from __future__ import annotations

import asyncio
import inspect
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from threading import Thread
from typing import Any, TypeVar

from payments_async.sandbox import Sandbox

T = TypeVar("T")


class ServerThread:
    """A thread that serves one sandbox after the other, at one URL and with the same credentials."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._options: dict[str, Any] = {"client_id": secrets.token_hex(8), "client_secret": secrets.token_urlsafe(24)}
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="payments_sandbox", daemon=True)
        self._thread.start()

    def start(self, options: Mapping[str, Any]) -> Sandbox:
        """Start a sandbox, whose methods can be called from any thread.

        Args:
            options: The arguments of `Sandbox`.
        """
        sandbox = Sandbox(**{**self._options, **options})
        elsewhere = "host" in options or "port" in options
        self._run(partial(sandbox.start, None if elsewhere else self._listening.dup()))
        for name, method in inspect.getmembers(sandbox, inspect.ismethod):
            if not name.startswith("_") and not inspect.iscoroutinefunction(method):
                setattr(sandbox, name, self._in_thread(method))
        return sandbox

    def stop(self, sandbox: Sandbox) -> None:
        """Stop a sandbox."""
        self._run(sandbox.stop)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._listening.close()

    def _run(self, start: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            return await start()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def _in_thread(self, method: Callable[..., T]) -> Callable[..., T]:
        @wraps(method)
        def call(*arguments: Any, **options: Any) -> T:
            async def called() -> T:
                return method(*arguments, **options)

            return self._run(called)

        return call
