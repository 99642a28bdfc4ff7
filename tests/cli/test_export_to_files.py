"""`payments-async export` with the real drain: files of each format, ends by Ctrl-C, and going on."""

import asyncio
import signal
from pathlib import Path

import pytest

from payments_async.sandbox import Sandbox
from tests.cli.running import Command, Spawn, finished
from tests.drain.sinks.targets import references


@pytest.mark.parametrize("name", ["all.jsonl", "all.csv", "all.db", "all.parquet"])
async def test_an_export_has_each_payment_once(named: Sandbox, command: Command, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    ran = await command("export", "payments", "--to", str(target))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"250 payments in {target}: ")
    exported = references(target)
    assert len(exported) == 250
    assert set(exported) == named.references()


async def test_an_export_for_a_spreadsheet_has_amounts_in_the_main_unit(
    named: Sandbox, command: Command, tmp_path: Path
) -> None:
    target = tmp_path / "all.csv"
    assert (await command("export", "payments", "--to", str(target), "--spreadsheet")).code == 0
    asked = named.requests.total()
    assert "amount_main_unit" in target.read_text(encoding="utf-8-sig").partition("\r\n")[0]
    ran = await command("export", "payments", "--to", str(tmp_path / "all.db"), "--spreadsheet")
    assert ran.code == 2
    assert named.requests.total() == asked
    assert "only CSV is written for spreadsheets, not sqlite" in ran.err


async def test_a_file_that_is_there_is_left_alone_unless_told(named: Sandbox, command: Command, tmp_path: Path) -> None:
    (target := tmp_path / "mine.csv").write_text("mine\n")
    for asked in ([], ["--resume"]):
        ran = await command("export", "payments", "--to", str(target), *asked)
        assert (ran.code, ran.out) == (1, "")
        assert str(target) in ran.err
        assert target.read_text() == "mine\n"
    assert named.requests.total() == 0
    ran = await command("export", "payments", "--to", str(target), "--force")
    assert ran.code == 0
    assert len(references(target)) == 250


async def test_a_finished_export_is_resumed_without_a_request(named: Sandbox, command: Command, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    assert (await command("export", "payments", "--to", str(target), "--resume")).code == 0
    asked = named.requests.total()
    ran = await command("export", "payments", "--to", str(target), "--resume")
    assert ran.code == 0
    assert ran.out == (
        f"250 payments in {target}: complete already; --update adds what is new since, --force exports the list again\n"
    )
    assert named.requests.total() == asked


async def test_an_update_starts_an_export_and_later_ones_add_what_is_new(
    named: Sandbox, command: Command, tmp_path: Path
) -> None:
    target = tmp_path / "all.jsonl"
    for count in (250, 250, 257):
        named.add_payments(count - len(named.references()), newest=True)
        ran = await command("export", "payments", "--to", str(target), "--update")
        assert (ran.code, ran.out.split(":")[0]) == (0, f"{count} payments in {target}")
    assert len(references(target)) == 257
    ran = await command("export", "payments", "--to", str(target), "--update", "--force")
    assert (ran.code, "--update adds to a file" in ran.err) == (2, True)


async def test_another_filter_is_another_export(named: Sandbox, command: Command, tmp_path: Path) -> None:
    target = str(tmp_path / "failed.csv")
    assert (await command("export", "payments", "--to", target, "--where", "status=FAILED")).code == 0
    ran = await command("export", "payments", "--to", target, "--where", "status=PENDING", "--resume")
    assert ran.code == 1
    assert "the checkpoint of another drain: its query" in ran.err
    assert named.requests.total() > 0


async def test_ctrl_c_keeps_what_is_exported_and_tells_how_to_go_on(spawn: Spawn, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    export = ("export", "payments", "--to", str(target), "--partitions", "1")
    async with Sandbox(payments=10_000) as sandbox:
        process = await spawn(*export, "--rate", "8", env=environment(sandbox))
        # Something is committed by then, and much is left.
        for _ in range(1_000):
            if target.exists() and target.stat().st_size:
                break
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGINT)
        ran = await finished(process)
        assert ran.code == 130
        assert ran.out == ""
        assert ran.err.count("\n") == 1
        assert (
            f"continue with: payments-async export payments --to {target} --partitions 1 --rate 8 --resume" in ran.err
        )

        assert 0 < len(references(target)) < 10_000
        ran = await finished(await spawn(*export, "--resume", env=environment(sandbox)))
        assert (ran.code, ran.err) == (0, "")
        exported = references(target)
        assert len(exported) == 10_000
        assert set(exported) == sandbox.references()


async def test_the_fall_back_to_the_cursor_is_told(tmp_path: Path, spawn: Spawn) -> None:
    target = tmp_path / "all.jsonl"
    async with Sandbox(payments=120, keyset=False) as sandbox:
        ran = await finished(await spawn("export", "payments", "--to", str(target), env=environment(sandbox)))
    assert ran.code == 0
    assert ran.err.startswith("payments-async: the server does not list payments by reference")
    assert ran.err.count("\n") == 1
    assert len(set(references(target))) == 120


def environment(sandbox: Sandbox) -> dict[str, str]:
    return {
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
