"""Chromium without a window, driven by its DevTools protocol."""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.waiting import PATIENCE


def program() -> str | None:
    """The browser, None where none is installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class PageLeftError(Exception):
    """The page was left while it computed a value, as after a click on a link."""


class Tab:
    """One page of the browser.

    Args:
        socket: speaks the protocol with this page.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.complaints: list[str] = []
        """What the page's console and the browser have complained of."""

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        return await self._until(lambda told: told.get("id") == self._number)

    async def open(self, url: str) -> None:
        """Load a page, to its end."""
        await self.do("Page.navigate", url=url)
        await self._until(lambda told: told.get("method") == "Page.loadEventFired")

    async def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript, or what its promise gives."""
        done = await self.do("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass for the page at once; after that, its clock stands still."""
        await self.do("Emulation.setVirtualTimePolicy", policy="pauseIfNetworkFetchesPending", budget=seconds * 1000)
        await self._until(lambda told: told.get("method") == "Emulation.virtualTimeBudgetExpired")

    async def show(self, *, scheme: str = "light", width: int = 1200) -> None:
        """Prefer light or dark pages, and have so many pixels."""
        await self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.do("Emulation.setDeviceMetricsOverride", **size)

    async def _until(self, ends: Any) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                told = await self._socket.receive_json()
                error = told.get("error", {})
                if error.get("message") == "Inspected target navigated or closed":
                    raise PageLeftError
                assert not error, told
                if told.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded", "Audits.issueAdded"):
                    self.complaints.append(json.dumps(told["params"]))
                if ends(told):
                    result: dict[str, Any] = told.get("result", {})
                    return result


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Tab]:
    """A browser with one empty page; its files are below the folder."""
    executable = program()
    assert executable is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    process = await asyncio.create_subprocess_exec(
        *(executable, *options, "about:blank"),
        env={**os.environ, "HOME": str(folder)},
        stdout=DEVNULL,
        stderr=PIPE,
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while not (line := (await process.stderr.readline()).decode()).startswith("DevTools listening on "):
                assert line, "the browser has ended"
        authority = line.split("//")[1].split("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{authority}/json/list") as answer:
                pages = [each for each in await answer.json(content_type=None) if each["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Runtime", "Log", "Audits"):
                    await tab.do(f"{domain}.enable")
                yield tab
    finally:
        process.terminate()
        await process.communicate()
