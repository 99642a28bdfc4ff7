import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payments_async import ClientCredentials, PaymentsClient, RateLimitedError, RetryPolicy, ValidationError
from payments_async.cli.app import app
from tests.cli.running import Command, Spawn, finished
from tests.waiting import PATIENCE

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
SMALL = ("sandbox", "--port", "0", "--payments", "30")
VARIABLES = ("FORMANCE_URL", "FORMANCE_CLIENT_ID", "FORMANCE_CLIENT_SECRET")

SHOWN_AT = "What comes in is shown at "


async def announced(process: Process) -> dict[str, str]:
    """The variables that a sandbox prints once it serves."""
    assert process.stdout is not None
    printed, page = dict[str, str](), ""
    async with asyncio.timeout(PATIENCE):
        while len(printed) < len(VARIABLES):
            line = (await process.stdout.readline()).decode()
            assert line, "the sandbox ended before it said where it is"
            page = line.removeprefix(SHOWN_AT).strip() if line.startswith(SHOWN_AT) else page
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                printed[name] = value
    assert page == f"{printed['FORMANCE_URL']}/_ui"
    return printed


def client_of(variables: dict[str, str]) -> PaymentsClient:
    url, *credentials = (variables[name] for name in VARIABLES)
    return PaymentsClient(url, auth=ClientCredentials(*credentials), retry=RetryPolicy(attempts=1))


@on_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_prints_what_a_client_needs_and_ends_with_ctrl_c(spawn: Spawn, number: signal.Signals) -> None:
    process = await spawn(*SMALL, "--no-keyset")
    async with client_of(await announced(process)) as client:
        assert len([payment async for payment in client.payments.list_payments()]) == 30
        with pytest.raises(ValidationError):
            await client.payments.list_payments(query={"$gt": {"reference": "a"}}).first()
    process.send_signal(number)
    ran = await finished(process)
    assert (ran.code, ran.err) == (0, "")


async def test_it_stands_in_for_version_34_if_asked_to(spawn: Spawn) -> None:
    process = await spawn(*SMALL, "--server-version", "3.4", "--users", "3", "--orders", "2", "--task-delay", "0")
    async with client_of(await announced(process)) as client:
        assert len([user async for user in client.v3.payment_service_users.list_payment_service_users()]) == 3
        assert len([order async for order in client.v3.orders.list_orders()]) == 2
        assert (await client.server.get_server_info()).version == "v3.4.0"
    process.kill()
    await process.wait()


async def test_its_options_reach_it(spawn: Spawn) -> None:
    options = (
        "--awkward",
        "--collation",
        "linguistic",
        "--rate-limit",
        "4",
        "--client-id",
        "me",
        "--client-secret",
        "s",
    )
    process = await spawn(*SMALL, *options)
    variables = await announced(process)
    assert (variables["FORMANCE_CLIENT_ID"], variables["FORMANCE_CLIENT_SECRET"]) == ("me", "s")
    async with client_of(variables) as client:
        payments = [each async for each in client.payments.list_payments(page_size=100, sort="reference:asc")]
        assert max(payment.amount for payment in payments) > 2**64
        references = [payment.reference for payment in payments]
        assert references == sorted(references, key=str.casefold) != sorted(references)
        with pytest.raises(RateLimitedError):
            await asyncio.gather(*(client.server.get_server_info() for _ in range(5)))


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["sandbox", "--port", str(port), "--payments", "1"])
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert "Traceback" not in result.output


PROGRAM = """
import asyncio, sys
from payments_async import PaymentsClient

async def main():
    async with PaymentsClient.from_env() as client:
        print(len([each async for each in client.payments.list_payments()]))

asyncio.run(main())
sys.exit(7)
"""


async def test_a_command_runs_with_a_client_pointed_at_it_and_its_code_is_that_of_both(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What names another server must not reach the command in part.
    monkeypatch.setenv("FORMANCE_API_PATH", "/elsewhere")
    monkeypatch.setenv("FORMANCE_TOKEN_URL", "https://elsewhere.example.com/token")
    ran = await finished(await spawn("sandbox", "--payments", "30", "--", sys.executable, "-c", PROGRAM))
    assert ran == (7, "30\n", "")


async def test_the_options_of_a_command_are_its_own(spawn: Spawn) -> None:
    said = (sys.executable, "-c", "import sys; print(sys.argv[1:])", "--payments", "--help")
    assert await finished(await spawn("sandbox", "--payments", "1", *said)) == (0, "['--payments', '--help']\n", "")


async def test_a_command_that_cannot_be_run_is_one_line(spawn: Spawn) -> None:
    ran = await finished(await spawn("sandbox", "--payments", "1", "--", "no-such-command"))
    assert ran == (1, "", "payments-async: no-such-command cannot be run: No such file or directory\n")


LISTENING = """
import os, signal, sys

def end(number, frame):
    print(signal.Signals(number).name, flush=True)
    sys.exit(5)

signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
print(os.getpid(), flush=True)
signal.pause()
"""


@on_posix
async def test_a_signal_that_ends_the_command_is_told_as_shells_tell_it(spawn: Spawn) -> None:
    process = await spawn("sandbox", "--payments", "1", "--", sys.executable, "-c", LISTENING)
    assert process.stdout is not None
    os.kill(int(await process.stdout.readline()), signal.SIGKILL)
    assert (await finished(process)).code == 128 + signal.SIGKILL


@on_posix
async def test_what_asks_it_to_end_asks_the_command(spawn: Spawn) -> None:
    process = await spawn("sandbox", "--payments", "1", "--", sys.executable, "-c", LISTENING)
    assert process.stdout is not None
    await process.stdout.readline()
    # Ctrl-C reaches the command by the terminal, and is not passed on a second time.
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert await finished(process) == (5, "SIGTERM\n", "")


def written(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@on_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_file_holds_what_a_client_needs_while_it_serves(
    spawn: Spawn, tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "sandbox.env"
    process = await spawn(*SMALL, "--env-file", str(file))
    printed = await announced(process)
    assert written(file) == printed
    assert file.stat().st_mode & 0o777 == 0o600
    async with client_of(written(file)) as client:
        assert (await client.server.get_server_info()).version
    process.send_signal(number)
    assert (await finished(process)).code == 0
    assert left_in(tmp_path) == []


async def test_the_file_is_there_for_the_command_and_goes_with_it(spawn: Spawn, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.env"
    # One that a sandbox has left behind, which was killed.
    file.write_text("# Written by payments-async sandbox, which removes it when it ends.\nFORMANCE_URL=old\n")
    show = (sys.executable, "-c", f"print(open({str(file)!r}).read())")
    ran = await finished(await spawn("sandbox", "--payments", "1", "--env-file", str(file), "--", *show))
    assert (ran.code, ran.err) == (0, "")
    assert [line.partition("=")[0] for line in ran.out.split("\n")[1:4]] == list(VARIABLES)
    assert "old" not in ran.out
    assert left_in(tmp_path) == []


async def test_what_another_has_written_meanwhile_stays(spawn: Spawn, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.env"
    overwrite = (sys.executable, "-c", f"open({str(file)!r}, 'w').write('other')")
    ran = await finished(await spawn("sandbox", "--payments", "1", "--env-file", str(file), "--", *overwrite))
    assert (ran.code, file.read_text()) == (0, "other")


async def test_a_file_of_others_is_left_alone(command: Command, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASE_URL=mine\n")
    ran = await command("sandbox", "--env-file", str(file), "--", "true")
    assert (ran.code, ran.out) == (2, "")
    assert f"{file} is there already" in ran.err
    assert file.read_text() == "DATABASE_URL=mine\n"


async def test_a_file_that_cannot_be_written_is_named_as_it_was_given(spawn: Spawn, tmp_path: Path) -> None:
    file = tmp_path / "none" / "sandbox.env"
    ran = await finished(await spawn("sandbox", "--payments", "1", "--env-file", str(file), "--", "true"))
    assert ran == (1, "", f"payments-async: {file} cannot be written: No such file or directory\n")


async def test_credentials_that_a_shell_would_read_otherwise_are_in_no_file(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.env"
    ran = await command("sandbox", "--client-secret", "a b$c", "--env-file", str(file), "--", "true")
    assert ran.code == 2
    assert "--client-secret" in ran.err
    assert not file.exists()
