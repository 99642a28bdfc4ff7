"""Made-up rows, and the database that keeps them."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest

from payments_async.sandbox import Sandbox
from payments_async.sandbox.providers import PROVIDERS

from .conftest import Api, Start

LISTS = ("payments", "accounts", "pools", "bank-accounts", "transfer-initiations")


async def everything(api: Api) -> dict[str, str]:
    """All that the API shows, by path."""
    paths = [f"/{name}?cursor=e30" for name in LISTS]
    paths += [f"/connectors/{provider}/tasks?cursor=e30" for provider in PROVIDERS]
    return {path: (await api.get(path)).text for path in ["/connectors", *paths]}


async def rows(api: Api, name: str) -> list[Any]:
    return list((await api.get(f"/{name}?cursor=e30")).page["data"])


async def test_rows_depend_on_counts_and_seed_alone(start: Start) -> None:
    first = await everything(await start(payments=200, seed=3))
    assert await everything(await start(payments=200, seed=3)) == first
    other = await everything(await start(payments=200, seed=4))
    assert all(other[path] != first[path] for path in first)


@pytest.mark.parametrize(
    ("seed", "awkward", "digest"),
    [
        (7, False, "404edd3a8c33abc1"),
        (7, True, "eb750973ff6e9646"),
        (8, False, "3b89783db9845ad8"),
        (8, True, "42901e3079fcc457"),
    ],
)
async def test_rows_of_a_seed_are_the_same_in_every_version(
    start: Start, seed: int, awkward: bool, digest: str
) -> None:
    """Byte by byte: who has noted an id or a total of a seed finds it again."""
    api = await start(payments=300, seed=seed, awkward=awkward)
    texts = list((await everything(api)).values())
    for name in ("bank-accounts", "transfer-initiations"):
        texts += [(await api.get(f"/{name}/{each['id']}")).text for each in await rows(api, name)]
    for each in await rows(api, "accounts"):
        texts.append((await api.get(f"/accounts/{each['id']}/balances", limit="100")).text)
    assert hashlib.sha256("".join(texts).encode()).hexdigest()[:16] == digest


async def test_there_are_as_many_as_asked_for(start: Start) -> None:
    api = await start(
        payments=40, accounts=12, balances=30, pools=3, bank_accounts=4, transfers=6, connectors=13, tasks=27
    )
    assert [len(await rows(api, name)) for name in LISTS] == [40, 12, 3, 4, 6]
    connectors = (await api.get("/connectors")).data
    assert len({each["name"] for each in connectors}) == 13
    tasks = [
        (await api.get(f"/connectors/{each['provider']}/{each['connectorID']}/tasks?cursor=e30")).page["data"]
        for each in connectors
    ]
    assert sum(map(len, tasks)) == 27
    balances = [
        (await api.get(f"/accounts/{account['id']}/balances?limit=100")).page["data"]
        for account in await rows(api, "accounts")
    ]
    assert sum(map(len, balances)) == 30


async def test_nothing_asked_for_is_nothing_there(start: Start) -> None:
    api = await start()
    assert [len(await rows(api, name)) for name in LISTS] == [0, 0, 0, 0, 0]
    assert (await api.get("/connectors")).data == []


@pytest.mark.parametrize(
    "counts",
    [
        {"payments": -1},
        {"payments": 1, "connectors": 0},
        {"tasks": 1, "connectors": 0},
        {"balances": 1, "accounts": 0},
        {"transfers": 1, "accounts": 0},
        {"pools": 1, "accounts": 0},
    ],
)
def test_impossible_counts_are_refused(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"count|ask for"):
        Sandbox(**counts)


async def test_few_rows_suffice_for_all_kinds_of_rows(start: Start) -> None:
    api = await start(transfers=20, bank_accounts=3)
    transfers = await rows(api, "transfer-initiations")
    assert {each["status"] for each in transfers} >= {"FAILED", "PROCESSED", "REJECTED", "PARTIALLY_REVERSED"}
    assert {each["type"] for each in transfers} == {"TRANSFER", "PAYOUT"}
    for each in transfers:
        assert (await api.get(f"/transfer-initiations/{each['id']}")).data["relatedAdjustments"]
    for each in await rows(api, "bank-accounts"):
        assert (await api.get(f"/bank-accounts/{each['id']}")).status == 200


async def test_one_account_is_enough(start: Start) -> None:
    api = await start(accounts=1, transfers=3, balances=2, pools=2)
    assert {each["type"] for each in await rows(api, "transfer-initiations")} == {"TRANSFER"}


async def test_the_awkward_ones_are_among_them(full: Api) -> None:
    payments = await rows(full, "payments")
    assert any(each["amount"] >= 10**30 for each in payments)
    assert any(each["amount"] < 0 for each in payments)
    assert {"JPY", "DUMMYCOIN", "EUR/2", "KWD/3"} <= {each["asset"] for each in payments}
    assert {"carte_bancaire", "VISA", ""} <= {each["scheme"] for each in payments}
    assert {type(each["metadata"]) for each in payments} == {dict, type(None)}
    assert any(each["raw"] is None for each in payments)
    assert any(each["sourceAccountID"] == "" == each["destinationAccountID"] for each in payments)
    times = [each["createdAt"] for each in payments]
    assert len(set(times)) < len(times)
    adjusted = [each for each in payments if each["adjustments"]]
    assert {type(one["raw"]) for each in adjusted for one in each["adjustments"]} == {dict, type(None)}
    assert any(each["initialAmount"] != each["amount"] for each in adjusted)
    assert {each["provider"] for each in payments} == PROVIDERS.keys()

    accounts = await rows(full, "accounts")
    assert {type(each["metadata"]) for each in accounts} == {dict, type(None)}
    assert {} in [each["metadata"] for each in accounts]
    assert {"", "JPY"} & {each["defaultAsset"] for each in accounts}
    assert {each["type"] for each in accounts} >= {"INTERNAL", "EXTERNAL"}


async def test_amounts_look_like_money_unless_others_are_asked_for(start: Start, full: Api) -> None:
    plain = await start(payments=300, pools=5)
    payments = await rows(plain, "payments")
    assert all(0 < each["amount"] < 10**8 for each in payments)
    assert {each["asset"].partition("/")[0] for each in payments} == {"EUR", "USD", "GBP", "SEK", "CHF", "KWD", "JPY"}
    balances = [
        balance["balance"]
        for account in await rows(plain, "accounts")
        for balance in (await plain.get(f"/accounts/{account['id']}/balances", limit="100")).page["data"]
    ]
    assert balances
    assert max(balances) < 10**8
    # The rows are the same but for that.
    assert [each["id"] for each in payments] == [each["id"] for each in await rows(full, "payments")]


async def test_ids_lead_back_to_their_rows(full: Api) -> None:
    for name in LISTS:
        for each in (await rows(full, name))[:20]:
            assert (await full.get(f"/{name}/{each['id']}")).data["id"] == each["id"]
    accounts = {each["id"] for each in await rows(full, "accounts")}
    named = {each[end] for each in await rows(full, "payments") for end in ("sourceAccountID", "destinationAccountID")}
    assert named - {""} <= accounts


async def test_seeded_tasks_have_all_states(start: Start) -> None:
    api = await start(connectors=1, tasks=40)
    tasks = await rows(api, "connectors/stripe/tasks")
    assert {each["status"] for each in tasks} == {"ACTIVE", "TERMINATED", "STOPPED", "FAILED"}
    assert {type(each["state"]) for each in tasks} == {dict, type(None)}
    assert all((each["error"] != "") is (each["status"] == "FAILED") for each in tasks)
    assert all(each["createdAt"] == each["updatedAt"] for each in tasks)


async def test_a_file_survives_a_restart(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    credentials = {"client_id": "me", "client_secret": "secret"}
    api = await start(payments=50, database=file, **credentials)
    created = await api.payment(reference="kept", amount=10**40)
    before = await everything(api)
    await api.sandbox.stop()
    again = await start(payments=50, database=file, **credentials)
    assert (again.sandbox.client_id, again.sandbox.client_secret) == ("me", "secret")
    assert await everything(again) == before
    assert (await again.get(f"/payments/{created['id']}")).data["amount"] == 10**40


async def test_a_file_whose_seeding_failed_is_seeded_again(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sandbox.db"
    with monkeypatch.context() as broken:
        broken.setattr("payments_async.sandbox.seed._seed_transfers", None)
        with pytest.raises(TypeError):
            await start(payments=5, database=file)
    api = await start(payments=5, database=file)
    assert len(await rows(api, "payments")) == 5


async def test_seeding_leaves_others_their_turns_and_can_be_cancelled(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    sandbox = Sandbox(payments=20_000, database=file)
    starting = asyncio.create_task(sandbox.start())
    for _ in range(4):
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="already started"):
        await sandbox.start()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    api = await start(payments=5, database=file)
    assert len(await rows(api, "payments")) == 5


async def test_a_stopped_sandbox_starts_again_empty_or_seeded(start: Start) -> None:
    api = await start(payments=20)
    await api.payment(reference="lost")
    await api.sandbox.stop()
    await api.sandbox.start()
    assert len(await rows(api, "payments")) == 20
