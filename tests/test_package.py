import itertools
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import payments_async

ROOT = Path(__file__).parents[1]
OPTIONAL = {
    *("aioresponses", "dask", "fastapi", "opentelemetry", "pandas", "pyarrow", "pydantic", "pytest", "rich", "typer"),
    "uvicorn",
}


def run(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_public_names_are_one_sorted_list() -> None:
    assert list(payments_async.__all__) == sorted(set(payments_async.__all__))


def test_what_the_package_shows_is_what_it_lists() -> None:
    assert payments_async.PaymentsClient.__name__  # the first name that is asked for loads them all
    shown = {
        name
        for name, value in vars(payments_async).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert shown == {name for name in payments_async.__all__ if not name.startswith("_")}


def test_the_package_shows_its_names_before_it_loads_them() -> None:
    shown, loaded = run(
        "-c", "import sys, payments_async; print(*dir(payments_async)); print(*sys.modules)"
    ).splitlines()
    assert set(payments_async.__all__) <= set(shown.split())
    assert {"aiohttp", "attrs", "msgspec", "payments_async.client"}.isdisjoint(loaded.split())


def test_a_name_that_the_package_does_not_have_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'PaymentClient'"):
        getattr(payments_async, "PaymentClient")  # noqa: B009  # a type checker says so too


@pytest.mark.parametrize("module", ["payments_async", "payments_async.models", "payments_async.sandbox"])
def test_import_loads_nothing_optional(module: str) -> None:
    loaded = run("-c", f"import sys; from {module} import *; print(*sys.modules)").split()
    assert OPTIONAL.isdisjoint(loaded)


def test_import_of_the_client_loads_no_sandbox() -> None:
    loaded = run("-c", "import sys; from payments_async import *; print(*sys.modules)").split()
    assert {"payments_async.sandbox", "payments_async.cli", "aiohttp.web"}.isdisjoint(loaded)


@pytest.mark.parametrize(
    "name", ["drain.Drain", "filters.asc", "models.Payment", "money.Asset", "sandbox.Sandbox", "v3.V3"]
)
def test_a_part_of_the_package_is_found_in_it(name: str) -> None:
    assert run("-c", f"import payments_async; print(payments_async.{name})")


def test_each_name_is_listed_once_before_and_after_it_is_loaded() -> None:
    for load in ("", "payments_async.PaymentsClient, payments_async.models;"):
        names = run("-c", f"import payments_async; {load} print(*dir(payments_async))").split()
        assert len(names) == len(set(names))
        assert set(payments_async.__all__) <= set(names)


MADE = "from payments_async import *; PaymentsClient('https://a.example', auth=ClientCredentials('id', 'secret'))"


def test_a_client_is_made_without_what_only_calls_need() -> None:
    loaded = run("-c", f"import sys; {MADE}; print(*sys.modules)").split()
    assert {"authlib", "cattrs", "payments_async.models", "payments_async.operations.payments"}.isdisjoint(loaded)


LEFT_TO_THEIR_FIRST_USE = {
    "cattrs",
    "payments_async.models.generated.connectors",
    "payments_async.operations.connectors",
    "payments_async.wire.plain",
}

ENTERED = """
import asyncio, sys
from payments_async import *
from payments_async.sandbox import Sandbox

async def main():
    async with Sandbox(payments=1) as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            loaded = set(sys.modules)
            print(*loaded)
            async for payment in client.payments.list_payments():
                await client.payments.get_payment(payment.id)
                await client.payments.update_metadata(payment.id, {"order": "A-1"})
            async for account in client.accounts.list_accounts():
                await client.accounts.get_account_balances(account.id).first()
                pool = await client.pools.create_pool("all", [account.id])
                await client.pools.delete_pool(pool.id)
                break
            await client.bank_accounts.list_bank_accounts().first()
            await client.transfer_initiations.list_transfer_initiations().first()
            await client.server.get_server_info()
            try:
                await client.payments.get_payment("unknown")
            except APIError:
                pass
            print(*set(sys.modules) - loaded)
            await client.connectors.list_all_connectors()
            print(*sys.modules)

asyncio.run(main())
"""


def test_entering_a_client_loads_what_calls_commonly_need_and_no_more() -> None:
    entered, late, last = (set(line.split()) for line in run("-c", ENTERED).splitlines())
    assert LEFT_TO_THEIR_FIRST_USE.isdisjoint(entered)
    assert not [name for name in late if name.partition(".")[0] in {"authlib", "cattrs", "payments_async"}]
    assert last >= {"payments_async.models.generated.connectors", "payments_async.operations.connectors"}
    assert last.isdisjoint({"cattrs", "payments_async.wire.plain"})


ENTERED_WITH_V3 = """
import asyncio, sys
from payments_async import *
{before}

async def answered(request):
    body = b'{{"cursor":{{"hasMore":false,"data":[]}}}}' if request.method == "GET" else b'{{"data":"id"}}'
    return Response(request=request, status=200, headers={{"Content-Type": "application/json"}}, body=body)

def of_v3():
    return sorted(name for name in sys.modules if name.startswith("payments_async.v3"))

async def main():
    print(*of_v3())
    async with PaymentsClient("https://a.example", layers=[lambda send: answered]) as client:
        print(*of_v3())
        await client.payments.list_payments().first()
        print(*of_v3())
        await client.v3.payments.list_payments().first()
        await client.v3.accounts.list_accounts().first()
        print(*of_v3())
        await client.v3.connectors.list_connectors().first()
        print(*of_v3())

asyncio.run(main())
"""
OF_CONNECTORS = {
    "payments_async.v3.models.generated.connectors",
    "payments_async.v3.operations.connector_configs",
    "payments_async.v3.operations.connectors",
}


def test_nothing_of_v3_is_loaded_before_it_is_used() -> None:
    made, entered, called, used, connectors = run("-c", ENTERED_WITH_V3.format(before="")).split("\n")[:5]
    assert (made, entered, called) == ("", "", "")
    assert {"payments_async.v3.models.generated.models", "payments_async.v3.operations.payments"} <= set(used.split())
    assert "payments_async.v3.filters" not in used
    assert OF_CONNECTORS.isdisjoint(used.split())
    assert set(connectors.split()) - set(used.split()) == OF_CONNECTORS


@pytest.mark.parametrize(
    "before", ["from payments_async.v3 import filters", "from payments_async.v3.models import Payment"]
)
def test_where_v3_is_imported_no_call_waits_for_imports(before: str) -> None:
    made, entered, called, used, connectors = run("-c", ENTERED_WITH_V3.format(before=before)).split("\n")[:5]
    assert made == entered == called == used
    assert "payments_async.v3.operations.tasks" in entered.split()
    assert set(connectors.split()) - set(used.split()) == OF_CONNECTORS


def test_wheel_holds_the_typed_package_alone(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"payments_async", f"{wheel.name.split('-py3')[0]}.dist-info"}
    assert "payments_async/py.typed" in names
    assert "payments_async/models/generated/connectors.py" in names
    assert "payments_async/v3/models/generated/connectors.py" in names


def test_dependencies_have_a_lower_bound_and_no_upper_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in itertools.chain(project["dependencies"], *project["optional-dependencies"].values()):
        assert ">=" in requirement
        assert not set(requirement) & set("<,!~")
