"""What the tests of the wire share: a server that plays a script, clients for it, and a clock that waits for nobody.

`Scripted` listens on loopback, plays one step a request, down to single bytes, and records what it received.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import selectors
import socket
import ssl
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from payments_async import PaymentsClient, RetryPolicy
from payments_async.wire.call import Request

T = TypeVar("T")


@dataclass(frozen=True)
class Received:
    """One request that arrived whole, and the number of the connection that it came on, the first being 0."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


class Peer:
    """The client's end of one connection, as the script sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def gone(self) -> bool:
        return self._writer.is_closing()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def ended(self) -> None:
        """Wait until the client has ended the connection."""
        while await self._reader.read(2**16):
            pass

    def hang_up(self) -> None:
        """End the connection in good order (FIN)."""
        self._writer.close()

    def reset(self) -> None:
        """End the connection rudely (RST)."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Play: TypeAlias = Callable[[Peer], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """What happens to one request.

    Attributes:
        play: Answers, or does not; the connection is kept unless it ends it.
        reads: Whether the request is read first; otherwise `play` begins at the request's first byte.
    """

    play: Play
    reads: bool = True


class Scripted:
    """The server: its n-th request meets the n-th step, and all further ones meet the last step.

    Attributes:
        requests: The requests that arrived whole, in order.
        begun: How many requests arrived at least in part.
        connections: How many connections were made.
    """

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._tasks = set[asyncio.Task[None]]()
        self._news = asyncio.Event()
        self.requests: list[Received] = []
        self.begun = 0
        self.connections = 0

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The server's own tasks, one for each open connection."""
        return set(self._tasks)

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have begun to arrive, and those that are read have arrived whole."""
        while self.begun < count:
            self._news.clear()
            await self._news.wait()

    async def left(self) -> None:
        """Wait until no connection is open."""
        while self._tasks:
            self._news.clear()
            await self._news.wait()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls, limit=2**16)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer, self.connections), name="scripted server")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        self.connections += 1
        self._news.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._news.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        peer = Peer(reader, writer)
        try:
            # What the client does to a connection is the client's business, not an error of the script.
            with suppress(OSError, asyncio.IncompleteReadError):
                while not peer.gone and (first := await reader.read(1)):
                    step = self._script[min(self.begun, len(self._script) - 1)]
                    if step.reads:
                        request = await read_request(reader, connection, first)
                        self.requests.append(request)
                    self.begun += 1
                    self._news.set()
                    await step.play(peer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def read_request(reader: asyncio.StreamReader, connection: int, first: bytes = b"") -> Received:
    """The next request on a connection whose first bytes may have been read."""
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
    start, *lines = head.rstrip().split("\r\n")
    method, target, _ = start.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    assert "transfer-encoding" not in headers, "the API's server ignores a chunked body"
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body, connection)


def http(
    status: int = 200,
    body: Any = b"",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
    compressed: bool = False,
) -> bytes:
    """The bytes of an answer.

    Args:
        status: HTTP status code.
        body: Bytes as they are, anything else as JSON.
        headers: More header fields.
        length: The Content-Length to claim instead of the body's own.
        compressed: Whether the body goes out in gzip.
    """
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", **(headers or {})}
    if compressed:
        content = gzip.compress(content, mtime=0)
        fields["Content-Encoding"] = "gzip"
    if "Transfer-Encoding" not in fields and status != 204:
        fields["Content-Length"] = str(len(content) if length is None else length)
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*head, "", ""]).encode() + content


def plays(play: Play) -> Step:
    """A step of its own making."""
    return Step(play)


def answer(
    status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None, *, after: asyncio.Event | None = None
) -> Step:
    """A whole answer, sent once the event has happened; the connection is kept."""

    async def play(peer: Peer) -> None:
        if after is not None:
            await after.wait()
        await peer.send(http(status, body, headers))

    return Step(play)


def sends(data: bytes) -> Step:
    """These bytes; the connection is kept."""
    return Step(lambda peer: peer.send(data))


def sends_and_hangs_up(data: bytes = b"") -> Step:
    """These bytes, then the end of the connection in good order (FIN)."""

    async def play(peer: Peer) -> None:
        await peer.send(data)
        peer.hang_up()

    return Step(play)


def sends_and_resets(data: bytes = b"") -> Step:
    """These bytes, then a rude end of the connection (RST)."""

    async def play(peer: Peer) -> None:
        await peer.send(data)
        peer.reset()

    return Step(play)


async def _reset(peer: Peer) -> None:
    peer.reset()


async def _wait_for_ever(_: Peer) -> None:
    await asyncio.Event().wait()


resets_unread = Step(_reset, reads=False)
"""A rude end of the connection at the request's first byte."""

never_reads = Step(_wait_for_ever, reads=False)
"""Leaves the request where it is: a long one cannot be sent to its end."""

never_answers = Step(Peer.ended)
"""Reads the request and says nothing."""


def hangs_after(data: bytes) -> Step:
    """These bytes, and nothing more."""

    async def play(peer: Peer) -> None:
        await peer.send(data)
        await peer.ended()

    return Step(play)


def endless(head: bytes, chunk: bytes, counted: list[int] | None = None) -> Step:
    """These bytes, then the chunk over and over; `counted` receives the length of each chunk that went out."""

    async def play(peer: Peer) -> None:
        await peer.send(head)
        while not peer.gone:
            await peer.send(chunk)
            if counted is not None:
                counted.append(len(chunk))

    return Step(play)


class Resolver(AbstractResolver):
    """Finds every host on loopback, counts how often it was asked, and can fail or never answer instead."""

    def __init__(self, *, fails: bool = False, hangs: bool = False) -> None:
        self.asked = 0
        self._fails = fails
        self._hangs = hangs

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        if self._fails:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if self._hangs:
            await asyncio.Event().wait()
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        pass


def self_signed() -> ssl.SSLContext:
    """What a server needs that nobody trusts: a fresh certificate for loopback."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "payments.invalid")])
    names = x509.SubjectAlternativeName([x509.DNSName("payments.invalid"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(both)
    return context


@asynccontextmanager
async def calling(
    url: str, session: aiohttp.ClientSession | None = None, **options: Any
) -> AsyncIterator[PaymentsClient]:
    """A client of a bare service that repeats nothing unless told otherwise; a session passed in is closed after it."""
    defaults: dict[str, Any] = {"retry": RetryPolicy(attempts=1), "api_path": "", "allow_http": True}
    try:
        async with PaymentsClient(url, session=session, **defaults | options) as client:
            yield client
    finally:
        if session is not None:
            await session.close()


def acquired(client: PaymentsClient) -> int:
    """How many connections the client's pool has lent out, or is making."""
    connector = client._connection.session().connector
    assert connector is not None
    return len(connector._acquired)


class _SkippingSelector(selectors.DefaultSelector):
    """Where nothing is ready, the time of the next timer has come."""

    now = 0.0
    tick = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += self.tick
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if len(self.get_map()) > 1:  # sockets beside the loop's own: something may be on its way through the kernel
            ready = super().select(1 if timeout is None else 0.003)
        if not ready:
            assert timeout is not None, "nothing will ever happen"
            self.now += timeout
        return ready


class _SkippingLoop(asyncio.SelectorEventLoop):
    def __init__(self, tick: float) -> None:
        self._clock = _SkippingSelector()
        self._clock.tick = tick
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def at_once(task: Coroutine[Any, Any, T], *, tick: float = 0.0) -> T:
    """Run on a loop whose clock starts at 0 and jumps over every wait.

    Args:
        task: What to run.
        tick: Seconds that each turn of the loop takes, for what waits until a sum of fractions is reached.
    """
    with asyncio.Runner(loop_factory=lambda: _SkippingLoop(tick)) as runner:
        return runner.run(task)


def now() -> float:
    """The time on the running loop's clock."""
    return asyncio.get_running_loop().time()


def request(method: str = "GET", *, total: float = 60.0, idempotent: bool | None = None, url: str = "") -> Request:
    """A request for layers on their own: `PATCH` is one that merges metadata unless told otherwise."""
    if idempotent is None:
        idempotent = method != "POST"
    return Request(
        operation="do_it",
        method=method,
        path="/things/{thingId}",
        url=url or "http://127.0.0.1:9/things/1",
        deadline=now() + total,
        idempotent=idempotent,
        reference="ref-1" if method == "POST" else None,
    )
