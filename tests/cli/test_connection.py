"""Where the server is and who asks: options, environment, and the secret's places."""

import asyncio
import contextlib
import os
import pty
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from payments_async import ConfigurationError
from payments_async.cli.connection import client_of
from payments_async.cli.options import Options
from payments_async.sandbox import Sandbox
from tests.cli.running import Command, Spawn, finished
from tests.waiting import PATIENCE


async def test_options_before_the_command_go_before_the_environment(
    named: Sandbox, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMANCE_URL", "https://elsewhere.example")
    monkeypatch.setenv("FORMANCE_CLIENT_ID", "somebody else")
    monkeypatch.setenv("FORMANCE_API_PATH", "/elsewhere")
    monkeypatch.setenv("FORMANCE_TOKEN_URL", "/elsewhere")
    ran = await command(
        *("--url", named.url, "--client-id", named.client_id),
        *("--api-path", "/api/payments", "--token-url", "/api/auth/oauth/token", "info"),
    )
    assert ran.code == 0, ran.err
    assert named.url in ran.out


async def test_a_bare_service_is_named_by_an_empty_path(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox(api_path="") as bare:
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", bare.client_secret)
        ran = await command("--url", bare.url, "--client-id", bare.client_id, "--api-path", "", "info")
    assert f"url             {bare.url}\n" in ran.out


@pytest.mark.usefixtures("_nothing_set")
def test_a_bare_service_without_a_client_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    options = Options("http://127.0.0.1:1", None, None, None, "", allow_http=False, debug=False)
    client = client_of(options)
    assert (client.url, client._source) == ("http://127.0.0.1:1", None)
    with pytest.raises(ConfigurationError, match="client secret is missing"):
        client_of(options._replace(client_id="id"))
    with pytest.raises(ConfigurationError, match="client-id"):
        client_of(options._replace(client_secret_file="-"))
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", "secret")
    with pytest.raises(ConfigurationError, match="client-id"):
        client_of(options)


@pytest.mark.usefixtures("_nothing_set")
def test_clear_text_on_a_network_has_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", "secret")
    options = Options("http://payments.example", "id", None, None, None, allow_http=False, debug=False)
    with pytest.raises(ConfigurationError, match="clear text") as refused:
        client_of(options)
    assert str(refused.value).startswith("--url would send data to payments.example in clear text")
    assert "--allow-http before the command" in str(refused.value)
    assert "allow_http" not in str(refused.value)
    assert client_of(options._replace(allow_http=True)).url == "http://payments.example/api/payments"


async def test_what_is_missing_is_named_with_the_ways_to_give_it(command: Command) -> None:
    ran = await command("info")
    assert ran.code == 2
    for each in ("--url", "FORMANCE_URL", "--client-id", "FORMANCE_CLIENT_ID"):
        assert each in ran.err


async def test_the_secret_comes_from_a_file(
    named: Sandbox, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", "another one")
    (file := tmp_path / "secret").write_text(f"{named.client_secret}\n")
    ran = await command("--client-secret-file", str(file), "info")
    assert ran.code == 0, ran.err


async def test_the_secret_comes_from_standard_input(
    named: Sandbox, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORMANCE_CLIENT_SECRET")
    ran = await finished(await spawn("--client-secret-file", "-", "info"), typed=f"{named.client_secret}\n")
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"\xff\xfe", "is not text"),
        (b"\n", "holds 0 lines"),
        (b"s3cret-one\ns3cret-two\n", "holds 2 lines"),
    ],
)
async def test_a_file_without_a_secret_is_refused_without_showing_it(
    content: bytes | None, said: str, named: Sandbox, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    ran = await command("--debug", "--client-secret-file", str(file), "info")
    assert ran.code == 2
    assert said in ran.err
    assert str(file) in ran.err
    assert "s3cret" not in ran.err
    assert not named.requests


async def test_without_a_terminal_a_missing_secret_is_an_error(
    named: Sandbox, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORMANCE_CLIENT_SECRET")
    ran = await finished(await spawn("info"))
    assert (ran.code, ran.out) == (2, "")
    assert "FORMANCE_CLIENT_SECRET" in ran.err
    assert "--client-secret-file" in ran.err
    assert not named.requests


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize("answer", ["the secret", "nothing", "an end", "Ctrl-C"])
async def test_in_a_terminal_the_secret_is_asked_for_without_an_echo(
    answer: str, named: Sandbox, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORMANCE_CLIENT_SECRET")
    ours, theirs = pty.openpty()
    # A session of its own does not know the terminal that the tests are run from.
    process = await spawn("info", stdin=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = ""
    async with asyncio.timeout(PATIENCE):
        while "Client secret: " not in shown:
            shown += (await asyncio.to_thread(os.read, ours, 1000)).decode()
        if answer == "Ctrl-C":
            process.send_signal(signal.SIGINT)
        else:
            typed = {"the secret": f"{named.client_secret}\n", "nothing": "\n", "an end": "\x04"}[answer]
            os.write(ours, typed.encode())
        assert process.stdout is not None
        printed = (await process.stdout.read()).decode()
        await process.wait()
    shown += "".join(rest(ours))
    os.close(ours)
    assert process.returncode == {"the secret": 0, "Ctrl-C": 130}.get(answer, 2)
    assert (named.url in printed) == (answer == "the secret")
    assert named.client_secret not in shown
    assert "Traceback" not in shown


def rest(terminal: int) -> Iterator[str]:
    """What a terminal still shows after its process has ended."""
    with contextlib.suppress(OSError):
        while content := os.read(terminal, 1000):
            yield content.decode()
