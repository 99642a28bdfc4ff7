import asyncio
import signal
import socket
import sys

import pytest
from typer.testing import CliRunner

from payments_async import PaymentsClient, ValidationError
from payments_async.cli.app import app
from tests.waiting import PATIENCE

COMMAND = "import sys; from payments_async.cli import main; sys.argv[0] = 'payments-async'; main()"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")
async def test_sandbox_prints_what_a_client_needs_and_ends_with_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "sandbox", "--port", "0", "--payments", "30", "--no-keyset"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            exported = dict[str, str]()
            while len(exported) < 3:
                line = (await process.stdout.readline()).decode()
                assert line, "the sandbox ended before it said where it is"
                if line.startswith("export "):
                    name, _, value = line.removeprefix("export ").strip().partition("=")
                    exported[name] = value
            for name, value in exported.items():
                monkeypatch.setenv(name, value)
            async with PaymentsClient.from_env() as client:
                assert len([payment async for payment in client.payments.list_payments()]) == 30
                with pytest.raises(ValidationError):
                    await client.payments.list_payments(query={"$gt": {"reference": "a"}}).first()
            process.send_signal(signal.SIGINT)
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert (process.returncode, errors) == (0, b"")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["sandbox", "--port", str(port), "--payments", "1"])
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert "Traceback" not in result.output
