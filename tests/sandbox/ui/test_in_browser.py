"""The page in Chromium: it can be read and used by everybody, on any screen, and renews itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.judges import cannot_run, judge
from tests.sandbox.conftest import Api, Start
from tests.waiting import PATIENCE

from .browser import PageLeftError, Tab, browsing, program

pytestmark = pytest.mark.browser

RULES = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})"""


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    if program() is None:
        cannot_run("Chromium is not installed")
    async with browsing(tmp_path) as opened:
        yield opened


@pytest.fixture
async def api(start: Start) -> Api:
    """A sandbox that has answered well and badly, and whose worker has something to do."""
    api = await start(version="3.4", payments=120, task_delay=None)
    faults = Fault(kind=FaultKind.STATUS, times=2), Fault(kind=FaultKind.STATUS, status=418, share=0.5)
    api.sandbox.faults.extend(faults)
    for _ in range(9):
        await api.get("/v3/payments")
    await api.get("/v3/payments/nonsense")
    api.sandbox.faults.pop()
    connector = (await api.get("/v3/connectors")).page["data"][0]["id"]
    await api.post(f"/v3/connectors/{connector}/reset")
    api.sandbox.faults.append(Fault(kind=FaultKind.DELAY, route="/v3/pools"))
    return api


async def shown_soon(tab: Tab, expression: str) -> None:
    """Wait until an expression of JavaScript is true, on this page or on the one that a click leads to."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(PageLeftError):
                if await tab.value(expression):
                    return
            await asyncio.sleep(0.05)


async def test_everybody_can_read_it_in_light_and_dark_and_on_a_phone(api: Api, tab: Tab) -> None:
    axe = (judge("axe") / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    paths = ["", "/payments", "/accounts?having=nothing", "/initiations", "/tasks", "/connectors", "/requests/1"]
    for path in paths:
        await tab.open(f"{api.sandbox.url}/_ui{path}")
        await tab.value(axe)
        for scheme, width in (("light", 1200), ("dark", 1200), ("light", 390), ("dark", 390)):
            await tab.show(scheme=scheme, width=width)
            found = await tab.value(f"{RULES}.then(each => JSON.stringify(each.violations))")
            assert json.loads(found) == [], (path, scheme, width)
            assert await tab.value("document.documentElement.scrollWidth <= innerWidth"), (path, scheme, width)
    assert tab.complaints == []


async def test_what_comes_in_appears_by_itself_unless_it_is_paused(api: Api, tab: Tab) -> None:
    await tab.open(f"{api.sandbox.url}/_ui")
    await api.get("/v3/orders")
    await shown_soon(tab, "document.getElementById('live').textContent.includes('/v3/orders')")
    await tab.value("document.getElementById('pause').click()")
    await api.get("/v3/conversions")
    await tab.pass_time(5)
    assert not await tab.value("document.getElementById('live').textContent.includes('/v3/conversions')")
    await tab.value("document.getElementById('pause').click()")
    await tab.pass_time(5)
    assert await tab.value("document.getElementById('live').textContent.includes('/v3/conversions')")


async def test_faults_and_the_worker_are_switched_by_clicks(api: Api, tab: Tab) -> None:
    sandbox: Sandbox = api.sandbox
    await tab.open(f"{sandbox.url}/_ui")
    await tab.value("document.querySelector('[name=kind]').value = 'reset'")
    await tab.value("document.querySelector('.fields button').click()")
    await shown_soon(tab, "document.body?.textContent.includes('reset on any method')")
    assert sandbox.faults[-1] == Fault(kind=FaultKind.RESET)
    sandbox.faults.clear()
    await tab.value("[...document.querySelectorAll('button')].find(each => each.name == 'count').click()")
    await shown_soon(tab, "document.body?.textContent.includes('0 tasks wait')")


async def test_a_click_on_a_request_shows_its_bodies(api: Api, tab: Tab) -> None:
    await tab.open(f"{api.sandbox.url}/_ui")
    await tab.value("document.querySelector('#live a').click()")
    await shown_soon(tab, "document.querySelectorAll('pre').length == 2")
