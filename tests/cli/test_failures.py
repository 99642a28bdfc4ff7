"""Exit codes, and the line that is said of each failure."""

import asyncio
import os
import signal
import sys

import pytest
import typer

from payments_async import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    PaymentsError,
    ProtocolError,
)
from payments_async.cli.failures import code_of, reporting
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.cli.running import Command, Spawn, finished
from tests.waiting import PATIENCE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PaymentsError("any"), 1),
        (AuthenticationError("refused", status=401), 1),
        (ConnectionFailedError("no connection"), 1),
        (ProtocolError("a redirect"), 1),
        (NotFoundError("a gateway's page", status=404, foreign=True), 1),
        (PermissionError(13, "Permission denied"), 1),
        (ConfigurationError("no URL"), 2),
        (ValueError("no condition"), 2),
        (NotFoundError("no payment", status=404), 3),
    ],
)
def test_each_failure_has_its_code(error: Exception, code: int) -> None:
    assert code_of(error) == code


def test_what_is_nobodys_fault_but_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), reporting(debug=False):
        raise ZeroDivisionError


def test_an_error_is_one_line_and_its_notes_are_more(capsys: pytest.CaptureFixture[str]) -> None:
    error = PaymentsError("first\nand\x1b[31m second", operation="list_payments")
    error.add_note("go on")
    with pytest.raises(typer.Exit) as exited, reporting(debug=False):
        raise error
    assert exited.value.exit_code == 1
    assert capsys.readouterr().err == ("payments-async: list_payments: first and [31m second\npayments-async: go on\n")


async def test_refused_credentials_are_a_failure_of_one_line(named: Sandbox, command: Command) -> None:
    ran = await command("--client-id", f"not-{named.client_id}", "list", "payments")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: list_payments: ")
    assert ran.err.count("\n") == 1


async def test_debug_shows_the_traceback_before_the_line(named: Sandbox, command: Command) -> None:
    named.faults.append(Fault(kind=FaultKind.STATUS, status=400))
    quiet = await command("list", "payments")
    loud = await command("--debug", "list", "payments")
    assert quiet.code == loud.code == 1
    assert "Traceback" not in quiet.err
    assert "Traceback (most recent call last)" in loud.err
    assert loud.err.endswith(quiet.err)
    assert named.client_secret not in loud.err


def first_bytes(pipe: int) -> bytes:
    return os.read(pipe, 100)


@pytest.mark.usefixtures("named")
async def test_a_pipe_that_nobody_reads_on_ends_it_quietly(spawn: Spawn) -> None:
    ours, theirs = os.pipe()
    process = await spawn("list", "payments", "--json", stdout=theirs)
    os.close(theirs)
    assert (await asyncio.to_thread(first_bytes, ours)).startswith(b'{"id":"')
    os.close(ours)
    ran = await finished(process)
    assert (ran.code, ran.err) == (141, "")


@pytest.mark.usefixtures("named")
async def test_a_pipe_that_was_never_read_ends_a_short_output_quietly(spawn: Spawn) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    process = await spawn("connectors", stdout=theirs)
    os.close(theirs)
    ran = await finished(process)
    assert (ran.code, ran.err) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")
@pytest.mark.usefixtures("named")
async def test_ctrl_c_ends_a_list_without_a_traceback(spawn: Spawn) -> None:
    ours, theirs = os.pipe()
    process = await spawn("list", "payments", "--json", stdout=theirs)
    os.close(theirs)
    # A page is more than a pipe holds: it waits within the first until somebody reads.
    printed = await asyncio.to_thread(first_bytes, ours)
    process.send_signal(signal.SIGINT)
    while content := await asyncio.to_thread(os.read, ours, 100_000):
        printed += content
    os.close(ours)
    async with asyncio.timeout(PATIENCE):
        await process.wait()
    ran = await finished(process)
    assert (ran.code, ran.err) == (130, "")
    assert printed.count(b"\n") == 100
    assert printed.endswith(b"}\n")
