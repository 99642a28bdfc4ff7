"""Connections to PostgreSQL that are refused, lost in the midst of a commit or never made; passwords stay hidden."""

from __future__ import annotations

import asyncio
import logging
import pickle
import random
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import DrainError, PostgreSQL, Step
from payments_async.drain.sinks import postgresql, postgresql_driver
from tests.drain.sinks.proxy import Proxy
from tests.drain.sinks.targets import BEGIN, at, commit, expected, moved, opening, payment, payments
from tests.drain.sinks.test_postgresql import begun, execute, refused, stored, values
from tests.postgresql import Server
from tests.sealed import assert_sealed
from tests.waiting import PATIENCE

pytestmark = pytest.mark.postgres


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[Proxy]:
    async with Proxy(server.port).serving() as running:
        yield running


def through(proxy: Proxy, dsn: str) -> str:
    """The same database, reached through the proxy."""
    return re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{proxy.port}", dsn)


# Lost connections


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_connection_lost_at_any_message_of_a_commit_loses_and_doubles_nothing(
    dsn: str, proxy: Proxy, moment: Any
) -> None:
    sink, kept, proxy.moment = await begun(through(proxy, dsn), 0), 0, moment
    message = 0
    for message in range(100):
        proxy.cut = message
        await commit(sink, [moved(kept, payments(2, first=kept))])
        kept += 2
        if proxy.connections == 1 + message:  # it was not cut
            break
    proxy.cut = None
    assert message > 5, "a commit has as many messages"
    await sink.aclose()
    assert [*await sink.open(opening(sink, resume=True))] == [at(kept)]
    await sink.aclose()
    assert await stored(dsn) == expected(payments(kept))
    # A commit is not done again: each row was written by one transaction, and none was replaced.
    assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax <> 0") == [0]


@pytest.mark.parametrize(("moment", "replace"), [("before", False), ("after", True)])
async def test_a_connection_lost_at_any_message_of_the_first_commit_is_made_good(
    dsn: str, proxy: Proxy, moment: Any, *, replace: bool
) -> None:
    proxy.moment, message = moment, 0
    for message in range(100):
        if replace:
            await execute(dsn, "DROP TABLE IF EXISTS payments")
            await (await begun(dsn, 1)).aclose()
        sink = PostgreSQL(through(proxy, dsn), schema="public" if replace else f"s{message}")
        await sink.open(opening(sink, replace=replace))
        proxy.cut = message
        await commit(sink, [BEGIN])
        cut, proxy.cut = proxy.cut is None, None
        await commit(sink, [moved(0, payments(2))])
        await sink.aclose()
        assert await stored(dsn, f"{sink.schema}.payments") == expected(payments(2))
        if not cut:
            break
    assert message > 10, "it has as many messages"


async def test_a_server_that_ends_the_connection_between_two_commits_is_asked_again(dsn: str) -> None:
    sink = await begun(dsn)
    ended = "pid <> pg_backend_pid() AND datname = current_database()"
    await execute(dsn, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ended}")
    await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(4))


async def test_a_server_that_stays_away_ends_the_drain(dsn: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "_PAUSES", (0, 0))
    async with Proxy(proxy._server).serving() as other:
        sink = await begun(through(other, dsn))
    with pytest.raises(DrainError, match=r"Connect call failed .*; what was committed is kept") as caught:
        await commit(sink, [moved(2, [payment(2, asset="canary")])])
    assert_sealed(caught.value, "canary", password_of(dsn))
    await sink.aclose()
    assert await stored(dsn) == expected(payments(2))


async def test_a_server_that_falls_silent_ends_the_drain(
    dsn: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_PAUSES", ())
    monkeypatch.setattr(postgresql_driver, "PATIENCE", 0.5)
    sink = await begun(through(proxy, dsn))
    proxy.cut, proxy.moment = 0, "silent"
    with pytest.raises(DrainError, match=r"no answer within 0\.5 s; what was committed is kept"):
        await commit(sink, [moved(2, payments(1, first=2))])
    await commit(sink, [moved(2, payments(1, first=2))])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(3))


async def test_a_worker_that_hangs_in_a_commit_does_not_keep_others_from_other_partitions(dsn: str) -> None:
    hung, other = await begun(dsn), PostgreSQL(dsn)
    await commit(hung, [Step(before=None, after=(at(0, number=2),))])
    assert len([*await other.open(opening(other, resume=True))]) == 2
    async with hung._transaction() as database:
        table = hung._in_schema("payments")
        await database.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", table)
        await hung._locked(database, [moved(2, payments(1, first=2))])
        rows = payments(1, first=7)
        async with asyncio.timeout(PATIENCE):
            await commit(other, [Step(before=at(0, number=2), after=(at(1, number=2),), rows=rows)])
    await hung.aclose()
    await other.aclose()
    assert await stored(dsn) == expected([*payments(2), *rows])


async def test_a_worker_that_hangs_in_a_commit_does_not_stop_others_for_ever(dsn: str) -> None:
    sink = await begun(dsn)
    limits = await sink._connection.fetchval("SHOW idle_in_transaction_session_timeout")
    assert limits == "10s"
    await sink.aclose()


async def test_plans_are_not_kept_from_when_the_tables_were_empty(dsn: str) -> None:
    sink = await begun(dsn)
    for count in range(2, 12):
        await commit(sink, [moved(count, payments(1, first=count))])
    kept = "SELECT sum(generic_plans)::int FROM pg_prepared_statements WHERE parameter_types <> '{}'"
    assert await sink._connection.fetchval(kept) == 0
    await sink.aclose()


# A full disk


async def test_a_full_disk_is_said_to_be_and_nothing_is_lost(dsn: str, server: Server) -> None:
    sink, chance = await begun(dsn), random.Random(1)
    large = [payment(number, raw={"canary": chance.randbytes(2_000).hex()}) for number in range(2, 1_500)]
    process = sink._connection.get_server_pid()
    # Its log, in files of 1 MiB, has room; the table has not.
    server.limit_files(process, 2 << 20)
    with pytest.raises(DrainError, match=r"could not (extend|write).*; what was committed is kept") as caught:
        await commit(sink, [moved(2, large)])
    assert_sealed(caught.value, "canary")
    assert await stored(dsn) == expected(payments(2))
    server.limit_files(process, "unlimited")
    await commit(sink, [moved(2, large, done=True)])
    await sink.aclose()
    assert await stored(dsn) == expected([*payments(2), *large])


# Who may connect


def password_of(dsn: str) -> str:
    return dsn.split(":")[2].partition("@")[0]


async def role(dsn: str, *rights: str) -> str:
    """The DSN of a role that has these rights only."""
    name, password = f"r{secrets.token_hex(4)}", secrets.token_hex(8)
    await execute(
        dsn, f"CREATE ROLE {name} LOGIN PASSWORD '{password}'", *(f"GRANT {each} TO {name}" for each in rights)
    )
    return dsn.replace(f"postgres:{password_of(dsn)}", f"{name}:{password}")


async def test_a_role_without_rights_is_told_so_and_leaves_nothing(dsn: str) -> None:
    for rights in ([], ["USAGE ON SCHEMA public"]):
        sink = PostgreSQL(await role(dsn, *rights))
        await sink.open(opening(sink))
        with pytest.raises(DrainError, match="permission denied for schema public") as caught:
            await commit(sink, [BEGIN])
        assert_sealed(caught.value, password_of(sink._dsn))
        await sink.aclose()
    sink = PostgreSQL(await role(dsn), schema="mine")
    await sink.open(opening(sink))
    with pytest.raises(DrainError, match="permission denied for database"):
        await commit(sink, [BEGIN])
    await sink.aclose()
    assert await values(dsn, "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'mine')") == [0]
    await (await begun(await role(dsn, "CREATE ON SCHEMA public"))).aclose()
    assert await stored(dsn) == expected(payments(2))
    assert "permission denied for table payments" in await refused(PostgreSQL(await role(dsn)), resume=True)


async def test_a_wrong_password_or_database_is_told_without_showing_the_password(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "canary"
    for given, why in (
        (server.dsn(password=canary), 'password authentication failed for user "postgres"'),
        (server.dsn(user="nobody", password=canary), 'password authentication failed for user "nobody"'),
        (f"{server.dsn(password=canary)}&sslmode=require", "rejected SSL upgrade"),
        (server.dsn("none"), 'database "none" does not exist'),
        (f"{server.dsn(password=canary)}&sslrootcert=/none&sslmode=verify-full", "No such file or directory"),
    ):
        sink = PostgreSQL(given)
        assert canary not in repr(sink)
        with pytest.raises(DrainError, match=why) as caught:
            await sink.open(opening(sink))
        await sink.aclose()
        assert str(caught.value).startswith(sink.database)
        assert_sealed(caught.value, canary, server.password)
        said = f"{caught.value!r} {pickle.dumps(caught.value)!r} {caplog.text}"
        assert canary not in said
        assert server.password not in said


@pytest.mark.parametrize("by", ["PGPASSWORD", "PGPASSFILE"])
async def test_a_password_may_come_from_the_environment(
    dsn: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    (file := tmp_path / "passwords").write_text(f"127.0.0.1:{server.port}:*:postgres:{server.password}\n")
    file.chmod(0o600)
    monkeypatch.setenv(by, server.password if by == "PGPASSWORD" else str(file))
    sink = await begun(dsn.replace(f":{server.password}", ""))
    await sink.aclose()
    assert await stored(dsn) == expected(payments(2))
