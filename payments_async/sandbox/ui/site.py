"""The routes of the page: they answer browsers of this machine only, and run no code of others."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from aiohttp import web

from payments_async.sandbox.faults import Fault, Handler
from payments_async.sandbox.store import Store
from payments_async.sandbox.striking import Faults
from payments_async.sandbox.ui import pages
from payments_async.sandbox.ui.markup import Markup
from payments_async.sandbox.ui.pages import ROOT
from payments_async.sandbox.ui.record import Record
from payments_async.sandbox.ui.rows import CURRENT_TABLES, TABLES, read
from payments_async.sandbox.v3.worker import Worker

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ASSETS = {"ui.css": "text/css", "ui.js": "text/javascript", "icon.svg": "image/svg+xml"}

_PAGE = f"{ROOT}/{{table}}"
_REQUEST = f"{ROOT}/requests/{{number}}"
_FAULTS, _REMOVE, _WORK = f"{ROOT}/faults", f"{ROOT}/faults/remove", f"{ROOT}/work"
PATHS = (ROOT, _PAGE, _REQUEST, _FAULTS, _REMOVE, _WORK)


class Site:
    """The handlers.

    Args:
        version: that of the server for which the sandbox stands in.
        store: the rows.
        record: the latest requests.
        faults: the active faults.
        worker: works off tasks; None where none does.
        routes: the templates of the API's routes.
    """

    def __init__(
        self,
        version: str,
        store: Store,
        *,
        record: Record,
        faults: Faults,
        worker: Worker | None,
        routes: Iterable[str],
    ) -> None:
        self._version = version
        self._store = store
        self._record = record
        self._faults = faults
        self._worker = worker
        self._routes = sorted({*routes})
        self._tables = TABLES if worker is None else CURRENT_TABLES

    @property
    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each route."""
        handlers = (
            ("GET", ROOT, self._first),
            ("GET", _REQUEST, self._request),
            ("POST", _FAULTS, self._add_fault),
            ("POST", _REMOVE, self._remove_fault),
            ("POST", _WORK, self._work),
            ("GET", _PAGE, self._other),
        )
        return [(method, path, _local(handler)) for method, path, handler in handlers]

    async def _first(self, _request: web.Request) -> web.Response:
        return self._overview()

    def _overview(self, problem: str = "") -> web.Response:
        waiting = None if self._worker is None else self._worker.waiting
        shown = pages.overview(self._live(), self._faults.in_force, self._routes, waiting, problem)
        return self._answer("Requests", *shown, status=400 if problem else 200)

    def _live(self) -> Markup:
        return pages.live(self._record, self._record.seconds())

    async def _request(self, request: web.Request) -> web.Response:
        received = self._record.find(_number(request.match_info["number"]) or 0)
        if received is None:
            return self._answer("This request is not kept", status=404, here=None)
        return self._answer(f"{received.method} {received.route}", *pages.request(received), here=None)

    async def _other(self, request: web.Request) -> web.Response:
        name = request.match_info["table"]
        if name in _ASSETS:
            content = Path(__file__).with_name(name).read_text(encoding="utf-8")
            return _web_answer(content, content_type=_ASSETS[name])
        if name == "live":
            return _web_answer(self._live())
        if name not in self._tables:
            return self._answer("There is no such page", status=404, here=None)
        table, having, page = self._tables[name], request.query.get("having", ""), request.query.get("page", "")
        shown = read(self._store, table, having=having, page=_number(page) or 1)
        return self._answer(table.title, *pages.rows(name, table, shown, having), here=name)

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.in_force.append(_fault({name: str(value) for name, value in (await request.post()).items()}))
        except ValueError as error:
            return self._overview(f"This is no fault: {error}")
        return _back()

    async def _remove_fault(self, request: web.Request) -> web.Response:
        index = _number(str((await request.post()).get("index", "")))
        if index is not None and index < len(self._faults.in_force):
            del self._faults.in_force[index]
        return _back()

    async def _work(self, request: web.Request) -> web.Response:
        count = str((await request.post()).get("count", ""))
        if self._worker is not None:
            self._worker.work(_number(count))
        return _back()

    def _answer(self, title: str, *content: Markup, status: int = 200, here: str | None = "") -> web.Response:
        shown = pages.page(title, self._version, self._tables, *content, here="-" if here is None else here)
        return _web_answer(shown, status=status)


def _web_answer(text: str, *, content_type: str = "text/html", status: int = 200) -> web.Response:
    return web.Response(text=text, content_type=content_type, charset="utf-8", status=status, headers=_HEADERS)


def _back() -> web.Response:
    return web.Response(status=303, headers={**_HEADERS, "Location": ROOT})


def _local(handler: Handler) -> Handler:
    """Refuse whoever is on another machine."""

    async def local(request: web.Request) -> web.StreamResponse:
        if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104  # an address that is refused
            return web.Response(status=403, text="this page is for the machine that the sandbox runs on\n")
        return await handler(request)

    return local


# Python converts no integer of thousands of digits.
_WHOLE = re.compile("[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def _number(text: str) -> int | None:
    """The number in an address or a form, None where there is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def _fault(given: Mapping[str, str]) -> Fault:
    """The fault that a form describes, where what is empty is left out.

    Raises:
        ValueError: it describes none.
    """
    members = {name: _member(name, value.strip()) for name, value in given.items() if value.strip()}
    return Fault.from_json(members)


def _member(name: str, text: str) -> str | float:
    match name:
        case "times" | "status" if _WHOLE.fullmatch(text):
            return int(text)
        case "times" | "status":
            raise ValueError(f"{name} is {text!r}: give a whole number")
        case "seconds" if _DECIMAL.fullmatch(text):
            return float(text)
        case "seconds":
            raise ValueError(f"{name} is {text!r}: give a number such as 0.5")
        case _:
            return text
