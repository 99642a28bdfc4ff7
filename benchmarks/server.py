"""A server so cheap that what is measured is the client: every answer is encoded before the first request.

`python -m benchmarks.server` prints its URL, and ends when its standard input is closed.
"""

import argparse
import asyncio
import gzip
import sys

from benchmarks.pages import LISTS, PAYMENTS, TOKEN, encoded, pages, payments

Answer = tuple[bytes, ...]

ENCODINGS = ["gzip", "br", "zstd"]
"""How pages can be compressed; `identity` leaves them as they are."""

_ONE_PAYMENT = f"GET {PAYMENTS}/".encode()


class Connection(asyncio.Protocol):
    """One connection; a request is answered when it is whole, and before the client sends the next one."""

    def __init__(self, answers: dict[bytes, Answer], latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        if not ended or len(body) < _content_length(head):
            return
        self._received = b""
        answer = self._answers.get(_asked_for(head), self._answers[b""])
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._transport.writelines, answer)
        else:
            self._transport.writelines(answer)


def _content_length(head: bytes) -> int:
    _, given, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if given else 0


def _asked_for(head: bytes) -> bytes:
    """The cursor of a page, else verb and path without an id."""
    asked, _, _ = head.partition(b" HTTP/1.1\r\n")
    if asked.startswith(_ONE_PAYMENT):
        return _ONE_PAYMENT
    route, _, query = asked.partition(b"?")
    _, given, rest = query.partition(b"cursor=")
    return rest.partition(b"&")[0] if given else route


def answers(items: int, page_size: int, encoding: str) -> dict[bytes, Answer]:
    """What is sent, by what is asked for; under nothing, the answer to all else."""
    payment = encoded({"data": next(payments(1))})
    token = encoded({"access_token": "a" * 600, "token_type": "Bearer", "expires_in": 3599})
    made = {
        b"": _answer(encoded({"errorCode": "NOT_FOUND"}), status="404 Not Found"),
        f"POST {TOKEN}".encode(): _answer(token),
        f"POST {PAYMENTS}".encode(): _answer(payment),
        _ONE_PAYMENT: _answer(payment),
    }
    for path, (_, cursor) in LISTS.items():
        for number, page in enumerate(pages(items, page_size, path)):
            asked_for = cursor(number * page_size, page_size).encode()
            if encoding == "identity":
                made[asked_for] = _answer(*page)
            else:
                made[asked_for] = _answer(compressed(b"".join(page), encoding), encoding=encoding)
        made[f"GET {path}".encode()] = made[cursor(0, page_size).encode()]
    return made


def _answer(*body: bytes, status: str = "200 OK", encoding: str | None = None) -> Answer:
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        "Date: Fri, 01 Mar 2024 12:00:00 GMT",
        "Vary: Origin",
        f"Content-Length: {sum(map(len, body))}",
    ]
    if encoding:
        head.append(f"Content-Encoding: {encoding}")
    return "\r\n".join([*head, "\r\n"]).encode(), *body


def compressed(body: bytes, encoding: str) -> bytes:
    """The body as a gateway would send it, at its usual level."""
    match encoding:
        case "gzip":
            return gzip.compress(body, 6)
        case "br":
            import brotli  # type: ignore[import-untyped]  # it has no types

            return bytes(brotli.compress(body, quality=5))
        case _:
            if sys.version_info >= (3, 14):
                from compression import zstd
            else:
                from backports import zstd
            return zstd.compress(body, 3)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=30_000, help="how many payments the list has")
    parser.add_argument("--page-size", type=int, default=100, help="how many a page has")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before an answer is sent")
    parser.add_argument("--encoding", choices=["identity", *ENCODINGS], default="identity", help="how pages are sent")
    given = parser.parse_args()
    made = answers(given.items, given.page_size, given.encoding)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(made, given.latency), "127.0.0.1", 0, backlog=2048
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
