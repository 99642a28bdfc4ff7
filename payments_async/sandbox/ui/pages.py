"""What the pages look like."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from payments_async.sandbox.faults import Fault, FaultKind
from payments_async.sandbox.ui import hiding
from payments_async.sandbox.ui.markup import Markup, element
from payments_async.sandbox.ui.record import SECONDS, Body, Received
from payments_async.sandbox.ui.rows import Rows, Table

ROOT = "/_ui"
_HEIGHT = 100
_BAR = 10
_CLASSES = {2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx", 0: "cut"}
"""Kinds of statuses, by their first digit; 0 is a connection that was cut."""


def page(title: str, version: str, tables: Mapping[str, Table], *content: Any, here: str = "") -> str:
    """A whole page.

    Args:
        title: what it shows.
        version: that of the server for which the sandbox stands in.
        tables: what there are pages of.
        content: its elements.
        here: the last segment of its path, if it is one of those that every page links to.
    """
    links = {"": "Requests", **{name: table.title for name, table in tables.items()}}
    navigation = element(
        "nav",
        (
            element("a", text, href=f"{ROOT}/{name}".rstrip("/"), aria_current="page" if name == here else None)
            for name, text in links.items()
        ),
        aria_label="Pages",
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · Sandbox {version}"),
        element("link", rel="icon", href=f"{ROOT}/icon.svg"),
        element("link", rel="stylesheet", href=f"{ROOT}/ui.css"),
        element("script", src=f"{ROOT}/ui.js", defer=True),
    )
    top = element("header", element("strong", f"Sandbox {version}"), navigation)
    body = element("body", top, element("main", element("h1", title), content))
    return f"<!doctype html>{element('html', head, body, lang='en')}"


def live(received: Iterable[Received], seconds: Sequence[Counter[int]]) -> Markup:
    """The chart and the latest requests: what a page renews by itself."""
    lines = [
        element(
            "tr",
            element("td", element("time", f"{each.at:%H:%M:%S.%f}"[:-3], datetime=each.at.isoformat())),
            element("td", each.method),
            element("td", element("a", each.route, href=f"{ROOT}/requests/{each.number}")),
            element("td", _status(each.status)),
            element("td", each.attempt, class_="number"),
            element("td", f"{each.seconds * 1000:,.1f} ms", class_="number"),
        )
        for each in received
    ]
    heads = ("Time", "Method", "Route", "Status", "Attempt", "Took")
    requests = _table("Requests, the latest first", heads, lines, numbers={"Attempt", "Took"})
    return Markup(_chart(seconds) + (requests if lines else element("p", "Nothing has come in yet.")))


def overview(
    shown: Markup, faults: Sequence[Fault], routes: Iterable[str], waiting: Sequence[str] | None, problem: str = ""
) -> list[Markup]:
    """What the first page shows.

    Args:
        shown: the chart and the latest requests.
        faults: the active faults.
        routes: the templates of all routes, which the form proposes.
        waiting: ids of the tasks that wait for the worker, None where there is no worker.
        problem: why the fault that was sent is none.
    """
    parts = [
        element("button", "Pause", id="pause", type="button", hidden=True),
        element("div", shown, id="live"),
        element("section", element("h2", "Faults"), _active(faults), _new_fault(routes, problem)),
    ]
    if waiting is not None:
        told = f"{len(waiting)} {'task waits' if len(waiting) == 1 else 'tasks wait'} for the worker."
        steps = element(
            "form",
            element("button", "Work off one", name="count", value="1", disabled=not waiting),
            element("button", "Work off all", name="count", value="", disabled=not waiting),
            method="post",
            action=f"{ROOT}/work",
        )
        parts.append(element("section", element("h2", "Worker"), element("p", told), steps))
    return parts


def request(received: Received) -> list[Markup]:
    """What the page of a request shows: all of it but secrets."""
    facts = {
        "Time": received.at.isoformat(timespec="milliseconds"),
        "Address": f"{received.method} {hiding.address(received.target)}",
        "Status": _status(received.status),
        "Attempt": received.attempt,
        "Took": f"{received.seconds * 1000:,.1f} ms",
    }
    parts = (
        element("h2", "Request body"),
        _body(received.route, received.sent),
        element("h2", "Answer"),
        _body(received.route, received.answered),
    )
    return [element("dl", ((element("dt", name), element("dd", fact)) for name, fact in facts.items())), *parts]


def rows(name: str, table: Table, shown: Rows, having: str) -> list[Markup]:
    """A page of what there is."""
    search = element(
        "form",
        element("label", "Contains ", element("input", name="having", type="search", value=having)),
        element("button", "Search"),
        action=f"{ROOT}/{name}",
        role="search",
    )
    told = f"{shown.total:,} in all, page {shown.page:,} of {shown.pages:,}"
    lines = [
        element(
            "tr",
            (
                element("td", text, class_="number" if column.number else None)
                for column, text in zip(table.columns, texts, strict=True)
            ),
        )
        for texts in shown.texts
    ]
    numbers = {column.title for column in table.columns if column.number}
    listed = _table(table.title, [column.title for column in table.columns], lines, numbers=numbers)
    others = {"Previous": shown.page - 1, "Next": shown.page + 1}
    links = element(
        "nav",
        (
            element("a", text, href=f"{ROOT}/{name}?{urlencode({'having': having, 'page': number})}")
            for text, number in others.items()
            if 1 <= number <= shown.pages
        ),
        aria_label="Pages of the list",
    )
    return [search, element("p", told), listed, links]


def _chart(seconds: Sequence[Counter[int]]) -> Markup:
    most = max(1, *(count.total() for count in seconds))
    bars: list[Markup] = []
    for second, counts in enumerate(seconds):
        top = float(_HEIGHT)
        for digit in _CLASSES:
            height = sum(count for status, count in counts.items() if status // 100 == digit) * _HEIGHT / most
            top -= height
            if height:
                width, left = _BAR - 2, second * _BAR
                place = {"x": str(left), "y": f"{top:.2f}", "width": str(width), "height": f"{height:.2f}"}
                bars.append(element("rect", class_=f"s{digit}", **place))
    total = sum((count for count in seconds), Counter[int]())
    kinds = Counter[int]()
    for status, count in total.items():
        kinds[status // 100] += count
    told = ", ".join(f"{kinds[digit]:,} {name}" for digit, name in _CLASSES.items() if kinds[digit]) or "none"
    described = f"Requests of the last {SECONDS} seconds: {told}; at most {most if total else 0:,} a second"
    view = f"0 0 {SECONDS * _BAR} {_HEIGHT}"
    drawn = element("svg", bars, role="img", aria_label=described, viewBox=view, preserveAspectRatio="none")
    return element("figure", drawn, element("figcaption", described))


def _active(faults: Sequence[Fault]) -> Markup:
    if not faults:
        return element("p", "None is active.")
    lines = [
        element(
            "li",
            element(
                "form",
                f"{fault.kind} on {fault.method or 'any method'}, {fault.route or 'any route'}, ",
                "always" if fault.times is None else f"{fault.times} more",
                f", for {fault.share:.0%} of them " if fault.share < 1 else " ",
                element("button", "Remove", name="index", value=index),
                method="post",
                action=f"{ROOT}/faults/remove",
            ),
        )
        for index, fault in enumerate(faults)
    ]
    return element("ul", lines)


def _new_fault(routes: Iterable[str], problem: str) -> Markup:
    methods = [element("option", "any method", value="")] + [
        element("option", method) for method in ("GET", "POST", "PATCH", "DELETE")
    ]
    fields = (
        element("label", "Kind ", element("select", (element("option", kind) for kind in FaultKind), name="kind")),
        element("label", "Method ", element("select", methods, name="method")),
        element("label", "Route ", element("input", name="route", list="routes", placeholder="any route")),
        element("label", "Times ", element("input", name="times", inputmode="numeric", placeholder="always")),
        element("label", "Status ", element("input", name="status", inputmode="numeric", placeholder="503")),
        element("label", "Seconds ", element("input", name="seconds", inputmode="decimal", placeholder="0.05")),
        element("datalist", (element("option", value=route) for route in routes), id="routes"),
        element("button", "Add the fault"),
    )
    told = element("p", problem, role="alert") if problem else ""
    return element("form", told, fields, method="post", action=f"{ROOT}/faults", class_="fields")


def _body(route: str, body: Body) -> Markup:
    if body.content is None:
        text = "was not read, or not sent in one piece" if body.length is None else f"{body.length:,} bytes"
    else:
        text = hiding.shown(route, body.content)
    return element("pre", text, tabindex=0)


def _status(status: int) -> Markup:
    return element("span", status or "cut", class_=f"status s{status // 100}")


def _table(name: str, heads: Iterable[str], lines: Sequence[Markup], *, numbers: set[str]) -> Markup:
    """A table that scrolls inside itself where it is wider than the page."""
    titles = element(
        "tr", (element("th", head, scope="col", class_="number" if head in numbers else None) for head in heads)
    )
    table = element("table", element("thead", titles), element("tbody", lines))
    return element("div", table, class_="wide", role="region", aria_label=name, tabindex=0)
