"""`payments-async sandbox`: serves the sandbox on a port for other programs."""

from __future__ import annotations

import asyncio
import re
import signal
import tempfile
from asyncio.subprocess import Process
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from payments_async.sandbox import Sandbox
from payments_async.settings import environment_with, naming

OURS = "# Written by payments-async sandbox, which removes it when it ends."
PLAIN = re.compile(r"[\w.~:/@%+=-]*", re.ASCII)
"""Texts that mean themselves in a shell, and to all others that read files of variables."""


def serve(sandbox: Sandbox, command: Sequence[str], env_file: Path | None) -> int:
    """Serve the sandbox until a command ends, or until Ctrl-C without one.

    Args:
        sandbox: Not started yet.
        command: What runs in an environment that names the sandbox; empty for none.
        env_file: Where the variables are written that name the sandbox, while it serves.

    Returns:
        The exit code: that of the command, 128 and the number of the signal that has ended it, or 0.

    Raises:
        OSError: the address cannot be listened on, the file cannot be written, or the command cannot be run.
        ValueError: the file is there already and not the sandbox's, or cannot hold these credentials.
    """
    try:
        return asyncio.run(_serve(sandbox, command, env_file))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0


async def _serve(sandbox: Sandbox, command: Sequence[str], env_file: Path | None) -> int:
    if env_file is not None:
        _check(env_file, sandbox)
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # a coroutine that runs is in a task
    with _handling(signal.SIGTERM, task.cancel):
        async with sandbox:
            variables = naming(sandbox.url, sandbox.client_id, sandbox.client_secret)
            with _written(env_file, variables):
                if command:
                    return await _run(command, variables)
                _tell(Console(), sandbox, variables)
                await asyncio.Event().wait()
    return 0


def _tell(console: Console, sandbox: Sandbox, variables: Mapping[str, str]) -> None:
    console.print(
        f"Sandbox of the Payments API at {sandbox.url}, Ctrl-C ends it.",
        f"What comes in is shown at {sandbox.url}/_ui",
        "",
        f"Client id:     {sandbox.client_id}",
        f"Client secret: {sandbox.client_secret}",
        "",
        "For PaymentsClient.from_env():",
        *(f"export {name}={value}" for name, value in variables.items()),
        sep="\n",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


async def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    process: Process | None = None

    def end() -> None:
        if process is not None:
            process.terminate()

    # A terminal sends Ctrl-C to the command too, which decides what to do about it.
    with _handling(signal.SIGINT, lambda: None), _handling(signal.SIGTERM, end):
        try:
            process = await asyncio.create_subprocess_exec(*command, env=environment_with(variables))
        except OSError as error:
            raise OSError(f"{command[0]} cannot be run: {error.strerror}") from error
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _handling(number: signal.Signals, handler: Callable[[], object]) -> Generator[None]:
    """Handle a signal in a way of its own, where the event loop can (not on Windows)."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)


def _check(env_file: Path, sandbox: Sandbox) -> None:
    """Refuse, before anything is made up, what would be refused in the end."""
    if env_file.exists() and not env_file.read_text(encoding="utf-8", errors="replace").startswith(OURS):
        raise ValueError(f"{env_file} is there already and was not written by a sandbox: give another --env-file")
    if not PLAIN.fullmatch(sandbox.client_id + sandbox.client_secret):
        raise ValueError("--env-file takes letters, digits and any of .~:/@%+=_- in --client-id and --client-secret")


@contextmanager
def _written(env_file: Path | None, variables: Mapping[str, str]) -> Generator[None]:
    """Keep a file of variables, which appears whole, is readable to its owner alone and goes in the end."""
    if env_file is None:
        yield
        return
    text = "\n".join((OURS, *(f"{name}={value}" for name, value in variables.items()), ""))
    try:
        # Such files can be read by their owner only, from the start.
        with tempfile.NamedTemporaryFile(
            "w", dir=env_file.parent, prefix=env_file.name, encoding="utf-8", delete=False
        ) as part:
            part.write(text)
        Path(part.name).replace(env_file)
    except OSError as error:
        raise OSError(f"{env_file} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        # Another sandbox may have written it anew.
        with suppress(OSError):
            if env_file.read_text(encoding="utf-8") == text:
                env_file.unlink()
