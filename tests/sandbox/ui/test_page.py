"""The page as a browser gets it, without one."""

import json
import re
from html import unescape
from importlib import import_module

import aiohttp
import pytest
from aiohttp import web

from payments_async import models
from payments_async.sandbox import Fault, FaultKind
from payments_async.sandbox.ui.hiding import HIDDEN, address, shown
from payments_async.sandbox.ui.markup import Markup, element
from payments_async.sandbox.ui.record import KEPT, LARGEST, SECONDS
from payments_async.testing import example
from payments_async.v3 import models as v3_models
from tests.sandbox.conftest import Api, Start


async def page(api: Api, path: str = "", *, answered: int = 200, **fields: str) -> str:
    """A page below `/_ui`; with fields, the one that follows a form."""
    method, url = "POST" if fields else "GET", f"{api.sandbox.url}/_ui{path}"
    async with api.session.request(method, url, data=fields or None) as answer:
        text = await answer.text()
        assert answer.status == answered, text
        return text


def cells(text: str) -> list[list[str]]:
    """The texts of a table's cells, line by line."""
    lines = re.findall(r"<tr>(<td.*?)</tr>", text)
    return [[unescape(re.sub("<.*?>", "", cell)) for cell in re.findall(r"<td.*?</td>", line)] for line in lines]


async def test_what_came_in_is_shown_the_latest_first_with_route_status_and_attempt(start: Start) -> None:
    api = await start(payments=3)
    api.sandbox.faults.append(Fault(kind=FaultKind.STATUS, times=2))
    for _ in range(3):
        await api.get("/payments", pageSize="1")
    await api.get("/payments/nonsense")
    shown = [line[1:5] for line in cells(await page(api))]
    assert shown[:4] == [
        ["GET", "/payments/{paymentId}", "400", "1"],
        ["GET", "/payments", "200", "3"],
        ["GET", "/payments", "503", "2"],
        ["GET", "/payments", "503", "1"],
    ]


async def test_a_request_that_succeeded_is_no_attempt_of_the_next_one(api: Api) -> None:
    for _ in range(2):
        await api.get("/payments")
    assert [line[4] for line in cells(await page(api))][:2] == ["1", "1"]


async def test_connections_that_were_cut_are_shown_as_such(api: Api) -> None:
    api.sandbox.faults.append(Fault(kind=FaultKind.RESET, times=1, route="/pools"))
    with pytest.raises(aiohttp.ClientError):
        await api.post("/pools", {})
    assert cells(await page(api))[0][3] == "cut"
    assert "1 cut" in await page(api)


async def test_a_request_is_shown_with_its_bodies(api: Api) -> None:
    payment = await api.payment(reference="northwind <1>")
    text = unescape(await page(api, re.findall(r"/_ui(/requests/\d+)", await page(api))[0]))
    assert text.count('"reference": "northwind <1>"') > 1
    assert payment["id"] in text
    assert "POST /api/payments/payments" in text


async def test_a_body_that_was_never_read_does_not_keep_the_page_waiting(api: Api) -> None:
    api.sandbox.faults.append(Fault(kind=FaultKind.STATUS, times=1))
    await api.post("/pools", b"x" * (LARGEST + 1))
    assert re.search("was not read|65,537 bytes", await page(api, "/requests/1"))


async def test_of_many_requests_the_latest_are_kept(start: Start) -> None:
    api = await start(auth=False)
    for _ in range(KEPT + 5):
        await api.get("/pools")
    assert len(cells(await page(api))) == KEPT
    assert "is not kept" in await page(api, "/requests/1", answered=404)
    assert "is not kept" in await page(api, "/requests/nonsense", answered=404)
    assert "<h1>GET /pools</h1>" in await page(api, f"/requests/{KEPT + 5}")


async def test_requests_are_counted_by_the_second_for_a_minute(api: Api) -> None:
    for status in (200, 400):
        await api.get("/payments" if status == 200 else "/payments/nonsense")
        api.clock.advance(1)
    assert "Requests of the last 60 seconds: 1 2xx, 1 4xx; at most 1 a second" in await page(api)
    assert (await page(api, "/live")).count("<rect") == 2
    api.clock.advance(SECONDS)
    assert "last 60 seconds: none; at most 0 a second" in await page(api)


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("2.0.9", ["payments", "accounts", "transfers", "tasks", "connectors"]),
        ("3.4", ["payments", "accounts", "initiations", "tasks", "connectors"]),
    ],
)
async def test_what_there_is_is_listed_for_both_versions(start: Start, version: str, names: list[str]) -> None:
    api = await start(version=version, payments=60)
    first = await page(api)
    assert re.findall(r'href="/_ui/(\w+)"', first.split("</header>")[0]) == names
    for name in names:
        text = await page(api, f"/{name}")
        assert "in all, page 1 of " in text
        assert cells(text) or "0 in all" in text
    await page(api, "/initiations" if version == "2.0.9" else "/transfers", answered=404)


async def test_rows_are_paged_and_found_by_what_they_contain(start: Start) -> None:
    api = await start(payments=120)
    pages = [cells(await page(api, f"/payments?page={number}")) for number in (1, 2, 3, 4)]
    assert [len(each) for each in pages] == [50, 50, 20, 20]
    assert len({line[-1] for each in pages for line in each}) == 120
    created = [line[0] for each in pages[:3] for line in each]
    assert created == sorted(created, reverse=True)
    reference = pages[2][7][1]
    assert [line[1] for line in cells(await page(api, f"/payments?having={reference.upper()}"))] == [reference]
    assert "0 in all, page 1 of 1" in await page(api, "/payments?having=%27%20OR%201=1")
    assert "page 1 of 3" in await page(api, "/payments?page=nonsense")


async def test_looking_costs_no_rows_read_and_is_no_request(start: Start) -> None:
    api = await start(payments=10)
    await page(api)
    await page(api, "/payments")
    assert not api.sandbox.requests
    assert api.sandbox.rows_read == 0
    assert cells(await page(api)) == []
    assert "Nothing has come in yet." in await page(api)


async def test_faults_are_added_and_removed(api: Api) -> None:
    text = await page(api, "/faults", kind="status", method="", route="/pools", times="2", status="418", seconds="")
    assert api.sandbox.faults == [Fault(kind=FaultKind.STATUS, route="/pools", times=2, status=418)]
    assert "status on any method, /pools, 2 more" in text
    assert (await api.get("/pools")).status == 418
    await page(api, "/faults/remove", index="5")
    assert api.sandbox.faults
    await page(api, "/faults/remove", index="0")
    assert not api.sandbox.faults


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "nonsense"}, "there is no kind of fault 'nonsense'"),
        ({"kind": "status", "times": "many"}, "times is 'many': give a whole number"),
        ({"kind": "delay", "seconds": "inf"}, "seconds is 'inf': give a number such as 0.5"),
        ({"times": "1"}, "kind is missing"),
    ],
)
async def test_a_fault_that_is_none_is_refused_with_the_reason(api: Api, fields: dict[str, str], reason: str) -> None:
    text = unescape(await page(api, "/faults", answered=400, **fields))
    assert f'<p role="alert">This is no fault: {reason}</p>' in text
    assert not api.sandbox.faults


async def test_numbers_that_no_page_has_are_none(start: Start) -> None:
    api, large = await start(version="3.4"), "9" * 5000
    await page(api, f"/requests/{large}", answered=404)
    await page(api, f"/payments?page={large}")
    await page(api, "/faults/remove", index=large)
    await page(api, "/work", count=large)


async def test_the_worker_goes_on_step_by_step(start: Start) -> None:
    api = await start(version="3.4", connectors=3, task_delay=None)
    listed = (await api.get("/v3/connectors")).page["data"]
    for connector in listed[:3]:
        await api.post(f"/v3/connectors/{connector['id']}/reset")
    assert "3 tasks wait for the worker." in await page(api)
    assert "2 tasks wait for the worker." in await page(api, "/work", count="1")
    assert "0 tasks wait for the worker." in await page(api, "/work", count="")


async def test_without_a_worker_there_are_no_steps(api: Api) -> None:
    assert "<h2>Worker</h2>" not in await page(api)
    await page(api, "/work", count="1")


@pytest.mark.parametrize(
    "path", ["", "/payments", "/requests/1", "/ui.css", "/ui.js", "/icon.svg", "/live", "/nonsense"]
)
async def test_pages_run_no_code_of_others_and_are_kept_nowhere(api: Api, path: str) -> None:
    async with api.session.get(f"{api.sandbox.url}/_ui{path}") as answer:
        policy, text = answer.headers["Content-Security-Policy"], await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r"""(src|href|action)=["'](?!/_ui)|<style|style=|\son\w+=""", text)


async def test_pages_are_for_the_machine_itself(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{api.sandbox.url}/_ui"
    async with api.session.post(f"{url}/work", headers={"Origin": "https://elsewhere.example.com"}) as answer:
        assert answer.status == 403
    async with api.session.get(url, headers={"Host": "elsewhere.example.com"}) as answer:
        assert answer.status == 403
    monkeypatch.setattr(web.BaseRequest, "remote", "192.0.2.7")
    async with api.session.get(url) as answer:
        assert (answer.status, await answer.text()) == (
            403,
            "this page is for the machine that the sandbox runs on\n",
        )


def test_texts_and_attributes_are_escaped() -> None:
    written = element("a", "<b>", ["&", element("i", 1)], href='"x"', aria_label="y", hidden=True, title=None)
    assert written == '<a href="&quot;x&quot;" aria-label="y" hidden>&lt;b&gt;&amp;<i>1</i></a>'
    assert element("p", Markup("<i>")) == "<p><i></p>"


async def test_secrets_are_blacked_out(start: Start) -> None:
    api = await start(version="3.4", connectors=1)
    secrets = [api.sandbox.client_secret, "sk_test_northwind", "GB82WEST12345698765432", "12345698"]
    form = {"grant_type": "client_credentials", "client_id": api.sandbox.client_id, "client_secret": secrets[0]}
    async with api.session.post(f"{api.sandbox.url}/api/auth/oauth/token", data=form) as answer:
        secrets.append((await answer.json())["access_token"])
    await api.post("/v3/connectors/install/stripe", {"name": "northwind", "apiKey": secrets[1]})
    listed = await api.get("/v3/connectors")
    for connector in listed.page["data"]:
        await api.get(f"/v3/connectors/{connector['id']}/config")
    account = {"name": "northwind", "country": "GB", "iban": secrets[2], "accountNumber": secrets[3]}
    await api.post("/v3/bank-accounts", account)
    text = await page(api)
    everything = text + "".join([await page(api, path) for path in re.findall(r"/_ui(/requests/\d+)", text)])
    assert everything.count("northwind") >= 3
    assert "&quot;apiKey&quot;: &quot;•••&quot;" in everything
    for secret in secrets:
        assert secret not in everything


@pytest.mark.parametrize(
    ("route", "body", "text"),
    [
        ("/pools", b"", "no body"),
        ("/pools", b"client_secret=s", "15 bytes that are no JSON, or are nested too deeply"),
        ("/pools", b"[" * 20_000 + b"]" * 20_000, "40,000 bytes that are no JSON, or are nested too deeply"),
        ("/pools", b'{"a": [{"access_token": "s", "b": 1}]}', '{"a": [{"access_token": "•••", "b": 1}]}'),
        ("/pools", b'{"iban": "", "account_number": null}', '{"iban": "", "account_number": null}'),
        ("/pools", b'{"credentials": {"a": "s"}}', '{"credentials": "•••"}'),
        ("/connectors/stripe", b'{"name": "n", "other": "s"}', '{"name": "n", "other": "•••"}'),
        ("/v3/connectors", b'{"config": {"other": "s", "pageSize": 2}}', '{"config": {"other": "•••", "pageSize": 2}}'),
    ],
)
def test_bodies_are_shown_without_secrets(route: str, body: bytes, text: str) -> None:
    assert (
        re.sub(r"\s*\n\s*", " ", shown(route, body))
        .replace("{ ", "{")
        .replace(" }", "}")
        .replace("[ ", "[")
        .replace(" ]", "]")
        == text
    )


def test_members_that_reprs_hide_are_shown_of_no_body() -> None:
    names: set[str] = set()
    for package in (models, v3_models):
        for name in import_module(f"{package.__name__}.generated.examples").EXAMPLES:
            made = example(getattr(package, name))
            if not name.startswith("Other"):  # their members have any names
                names |= made.to_dict(hidden=True).keys() - made.to_dict().keys()
    names.remove("config")  # shown in part
    assert {"iban", "raw", "email", "hmacKey"} <= names
    for name in names:
        assert json.loads(shown("/pools", json.dumps({name: "s"}).encode())) == {name: HIDDEN}


def test_addresses_are_shown_without_secrets() -> None:
    assert address("/payments?pageSize=1&cursor=x") == "/payments?pageSize=1&cursor=x"
    assert address("/back?state=s&pageSize=1") == "/back?state=•••&pageSize=1"
