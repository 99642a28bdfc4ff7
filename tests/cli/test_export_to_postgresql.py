"""`payments-async export` into a PostgreSQL database: the password comes from the environment, and is not shown."""

from __future__ import annotations

import pytest

from payments_async.sandbox import Sandbox
from tests.cli.running import Command
from tests.postgresql import Server, connected


@pytest.mark.postgres
async def test_an_export_has_each_payment_once(
    named: Sandbox, command: Command, dsn: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", server.password)
    target = dsn.replace(f":{server.password}", "")
    ran = await command("export", "payments", "--to", target)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"250 payments in {target}: ")
    async with connected(dsn) as database:
        references = [row[0] for row in await database.fetch("SELECT reference FROM payments")]
    assert len(references) == 250
    assert set(references) == named.references()
    ran = await command("export", "payments", "--to", target)
    assert ran.code == 1
    assert "exists already: resume it, replace it, or give another table\n" in ran.err
    ran = await command("export", "payments", "--to", target, "--resume")
    told = "complete already; --update adds what is new since, --force exports the list again"
    assert ran.out == f"250 payments in {target}: {told}\n"


@pytest.mark.parametrize(
    "target",
    [
        "postgresql://me:canary@db.example/treasury",
        "postgres://db.example/treasury?user=me&password=canary",
        "postgresql://me:can@ary@db.example/treasury",
        "postgresql://me:can/ary@db.example/treasury",
    ],
)
async def test_a_password_in_the_command_is_refused_and_not_shown(
    named: Sandbox, command: Command, target: str
) -> None:
    ran = await command("export", "payments", "--to", target)
    assert (ran.code, ran.out) == (2, "")
    assert "password" in ran.err
    assert "ary" not in ran.err
    assert named.requests.total() == 0


async def test_a_database_has_no_format(named: Sandbox, command: Command) -> None:
    for option in (["--format", "csv"], ["--spreadsheet"]):
        ran = await command("export", "payments", "--to", "postgresql://me@db.example/treasury", *option)
        assert (ran.code, ran.out) == (2, "")
        assert "give no format, and no spreadsheet" in ran.err
    assert named.requests.total() == 0
