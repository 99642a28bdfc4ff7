"""`payments-async export --dask`: on workers of this machine, and on clusters that cannot be used."""

from __future__ import annotations

import asyncio
import os
import signal
from importlib import import_module
from pathlib import Path

import pytest

from payments_async.cli import cluster
from payments_async.sandbox import Sandbox
from tests.cli.running import Command, Spawn, finished
from tests.drain.sinks.test_postgresql import values
from tests.postgresql import Server
from tests.waiting import PATIENCE

pytestmark = pytest.mark.dask


@pytest.fixture
def target(dsn: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The DSN without the password, which is in the environment."""
    monkeypatch.setenv("PGPASSWORD", server.password)
    return dsn.replace(f":{server.password}", "")


async def test_workers_of_this_machine_have_the_credentials_of_the_command_line(
    dsn: str, target: str, spawn: Spawn, tmp_path: Path
) -> None:
    async with Sandbox(payments=3_000, version="3.4", rate_limit=200) as sandbox:
        (secret := tmp_path / "secret").write_text(sandbox.client_secret)
        credentials = (
            "--allow-http",
            "--url",
            sandbox.url,
            "--client-id",
            sandbox.client_id,
            "--client-secret-file",
            str(secret),
        )
        export = ("--api", "v3", "export", "payments", "--to", target, "--rate", "150", "--dask")
        ran = await finished(await spawn(*credentials, *export, "local:2", "--where", "amount>0"))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"3,000 payments in {target}: ")
        assert sandbox.client_secret not in ran.out
        assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax = 0") == [3_000]

        secret.write_text("canary")
        ran = await finished(await spawn(*credentials, *export, "local:1", "--force"))
        assert (ran.code, ran.out) == (1, "")
        assert "the token endpoint refused the credentials" in ran.err
        assert "payments-async: on the worker tls://127.0.0.1:" in ran.err
        assert "canary" not in ran.err


async def test_ctrl_c_ends_the_workers_and_one_process_can_continue(
    dsn: str, target: str, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Sandbox(payments=10_000) as sandbox:
        monkeypatch.setenv("FORMANCE_URL", sandbox.url)
        monkeypatch.setenv("FORMANCE_CLIENT_ID", sandbox.client_id)
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", sandbox.client_secret)
        export = ("export", "payments", "--to", target)
        process = await spawn(*export, "--dask", "local:2", "--rate", "20", start_new_session=True)
        async with asyncio.timeout(PATIENCE):
            while not await stored(dsn):  # noqa: ASYNC110  # the database has no event for it
                await asyncio.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        ran = await finished(process)
        assert (ran.code, ran.out) == (130, "")
        (line,) = ran.err.splitlines()
        assert line.startswith("payments-async: what was exported is kept; continue with: payments-async export ")
        assert line.endswith(" --resume")
        assert living(process.pid) == []
        assert 0 < await stored(dsn) < 10_000

        ran = await finished(await spawn(*export, "--resume"))
        assert (ran.code, ran.err) == (0, "")
        assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax = 0") == [10_000]


async def stored(dsn: str) -> int:
    """How many payments there are, none if there is no table of them."""
    if await values(dsn, "SELECT to_regclass('payments')") == [None]:
        return 0
    (rows,) = await values(dsn, "SELECT count(*) FROM payments")
    return int(rows)


def living(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of, *_ = each.read_text().rpartition(")")[2].split()
        except OSError:  # it ends just now
            continue
        if int(of) == group and state != "Z":
            found.append(each.parent.name)
    return found


async def test_a_cluster_that_cannot_be_used_is_told_in_a_line(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    export = ("export", "payments", "--to", "postgresql://loader@db.example/exports", "--dask")
    ran = await command(*export, "tcp://127.0.0.1:1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: no connection to a scheduler of Dask at tcp://127.0.0.1:1: Timed out")
    assert len(ran.err.splitlines()) == 1
    ran = await command(*export, "tls://127.0.0.1:1")
    assert (ran.code, ran.out) == (2, "")
    assert "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, " in ran.err
    dask = import_module("dask")
    with dask.config.set({"distributed.comm.tls.ca-file": "missing.pem", "distributed.comm.tls.client.cert": "a.pem"}):
        ran = await command(*export, "tls://127.0.0.1:1")
    assert (ran.code, ran.out) == (2, "")
    assert "the files of TLS in the configuration of Dask cannot be read: " in ran.err
