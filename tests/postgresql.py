"""A PostgreSQL server of the tests' own: on loopback, as a user other than root, with databases that sort by ICU."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

import pytest

from tests.judges import cannot_run

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # processes are killed, but never the machine
    "max_connections": "50",
    "shared_buffers": "16MB",
}


def programs() -> Path | None:
    """The folder of the server's programs, which Debian keeps out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((each for each in reversed(folders) if (each / "initdb").exists()), None)


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        port: Where it listens on loopback.
        password: The password of `postgres`, who may do everything.
    """

    port: int
    password: str

    def dsn(self, database: str = "postgres", *, user: str = "postgres", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def limit_files(self, process: int, size: int | Literal["unlimited"]) -> None:
        """Let the files of a process of the server grow to so many bytes and no further."""
        # As the server's own user: even root may lack the right to limit processes of others.
        subprocess.run(["prlimit", f"--pid={process}", f"--fsize={size}:unlimited"], check=True, user=_user())


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server; stop it, and remove what it stored, at the end."""
    if (bin_ := programs()) is None:
        cannot_run("PostgreSQL is not installed (Debian and Ubuntu: apt install postgresql)")
    folder = Path(mkdtemp(prefix="pg"))
    user = _user()
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    password, data = secrets.token_hex(8), folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            [str(bin_ / command[0]), *command[1:]],
            check=True,
            cwd=folder,
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    (given := folder / "password").write_text(password)
    locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
    login = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={given}")
    try:
        run("initdb", f"--pgdata={data}", "--no-sync", "--wal-segsize=1", *locale, *login)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {**_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "start", "--wait", f"--pgdata={data}", f"--log={folder / 'log'}", f"--options={options}")
        try:
            yield Server(port, password)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={data}")
    finally:
        shutil.rmtree(folder)


def _user() -> str | None:
    """Who the server runs as, because it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    """A connection of somebody else."""
    asyncpg: Any = import_module("asyncpg")  # here, because most sessions run without it; it has no types
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server for all tests of a process."""
    with serving() as running:
        yield running


@pytest.fixture
async def dsn(server: Server) -> AsyncIterator[str]:
    """The DSN of a database that is empty; its user may do everything."""
    name = f"d{secrets.token_hex(6)}"
    async with connected(server.dsn()) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
        yield server.dsn(name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
