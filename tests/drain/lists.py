"""An API in memory in place of the transport, a sink in memory, and rows of both: no socket, no disk, no waiting.

`Lists` sorts, compares and pages as the server does, and lets a test do something, or refuse, before each answer.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from payments_async import PaymentsClient, RetryPolicy
from payments_async.drain import Checkpoint, Drain, DrainError, Ledger, Opening, Partition, Report, Sink, Step
from payments_async.drain.rows import identity, plain
from payments_async.wire.call import Request, Response, Send

Row: TypeAlias = dict[str, Any]

JSON = {"Content-Type": "application/json"}
_MOST = 5_000
"""Requests after which a test fails rather than hangs: clocks that skip every wait have no other end."""


@dataclass(frozen=True)
class Asked:
    """One request for a page.

    Attributes:
        path: The path below the API's, ids decoded.
        filter: The filter.
        sort: The order, as the parameters say it.
        size: Items a page.
        offset: How many items a cursor leaves out; 0 without one.
        cursor: Whether it comes by a cursor.
    """

    path: str
    filter: Any
    sort: list[str]
    size: int
    offset: int
    cursor: bool


class Refusal(Exception):  # noqa: N818  # what the server says, not what goes wrong in a test
    """An answer with an error status in place of a page."""

    def __init__(self, status: int, code: str = "VALIDATION", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, code)
        self.status, self.code, self.headers = status, code, headers or {}


class Lists:
    """Lists by path, answered as the server does.

    Args:
        payments: Rows of `/payments`, changed in place as a test likes.
        accounts: Rows of `/accounts`.
        others: Rows of other paths, such as `{"/pools": […]}`.
        collation: The key that texts are sorted and compared by.
        sorts: Whether `sort` is heeded.
        filters: Whether `query` is heeded.
        opaque: Whether cursors have another form than those of the real server.
        largest: The most items of a page that is asked for by a cursor.
        meanwhile: Awaited before each answer; may change the rows, or raise a `Refusal` or an error of the transport.
    """

    def __init__(
        self,
        *,
        payments: Iterable[Row] = (),
        accounts: Iterable[Row] = (),
        others: dict[str, list[Row]] | None = None,
        collation: Callable[[str], Any] = str,
        sorts: bool = True,
        filters: bool = True,
        opaque: bool = False,
        largest: int = 2**31,
        meanwhile: Callable[[Asked], Awaitable[None]] | None = None,
    ) -> None:
        self.payments, self.accounts = list(payments), list(accounts)
        self.tables: dict[str, list[Row]] = {"/payments": self.payments, "/accounts": self.accounts, **(others or {})}
        self.asked = list[Asked]()
        self.under_way = 0
        self.most_under_way = 0
        self.meanwhile = meanwhile
        self._collation = collation
        self._sorts = sorts
        self._filters = filters
        self._opaque = opaque
        self._largest = largest

    async def __call__(self, request: Request) -> Response:
        asked = self._asked(request.url)
        self.asked.append(asked)
        assert len(self.asked) < _MOST, f"this drain does not end: its last request is {asked}"
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            if self.meanwhile is not None:
                await self.meanwhile(asked)
        except Refusal as refusal:
            error = json.dumps({"errorCode": refusal.code, "errorMessage": "no"}).encode()
            return Response(request=request, status=refusal.status, headers=JSON | refusal.headers, body=error)
        finally:
            self.under_way -= 1
        body = json.dumps({"cursor": self._page(asked)}).encode()
        return Response(request=request, status=200, headers=JSON, body=body)

    def _asked(self, url: str) -> Asked:
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True)
        path = unquote(parts.path.removeprefix("/api/payments"))
        if "cursor" in query:
            text = query["cursor"][0]
            token = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if self._opaque:
                return Asked(path=path, cursor=True, **token)
            filters = token["filters"]
            return Asked(
                path=path,
                cursor=True,
                filter=filters["qb"],
                sort=[f"{each['column']}:{each['order']}" for each in filters["Sorter"] or ()],
                size=min(token["pageSize"], self._largest),
                offset=token["offset"],
            )
        size = min(int(query.get("pageSize", ["15"])[0]), 100)
        given = json.loads(query.get("query", ["null"])[0])
        return Asked(path=path, filter=given, sort=query.get("sort", []), size=size, offset=0, cursor=False)

    def _page(self, asked: Asked) -> dict[str, Any]:
        rows = [row for row in self.tables[asked.path] if not self._filters or self._meets(row, asked.filter)]
        for each in reversed(asked.sort if self._sorts else []):
            column, _, direction = each.partition(":")
            assert direction in ("asc", "desc")
            member = "createdAt" if column == "created_at" else column
            compared = self._collation if member == "reference" else str
            rows.sort(key=lambda row: compared(row[member]), reverse=direction == "desc")
        end = asked.offset + asked.size
        more = len(rows) > end
        following = {"next": self._cursor(asked, end)} if more else {}
        return {"pageSize": asked.size, "hasMore": more, **following, "data": rows[asked.offset : end]}

    def _cursor(self, asked: Asked, offset: int) -> str:
        token: dict[str, Any] = {"filter": asked.filter, "sort": asked.sort, "size": asked.size, "offset": offset}
        if not self._opaque:
            sorters = [dict(zip(("column", "order"), each.split(":"), strict=True)) for each in asked.sort]
            filters = {"qb": asked.filter, "Sorter": sorters or None, "pageSize": asked.size, "options": {}}
            token = {"offset": offset, "order": 0, "pageSize": asked.size, "filters": filters}
        return urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")

    def _meets(self, row: Row, condition: Any) -> bool:
        if not condition:
            return True
        ((operator, operand),) = condition.items()
        if operator == "$and":
            return all(self._meets(row, each) for each in operand)
        if operator == "$or":
            return any(self._meets(row, each) for each in operand)
        ((key, value),) = operand.items()
        if operator == "$match":
            return bool(row[key] == value)
        assert key in ("reference", "id"), "no other key is compared"
        low, high = self._collation(row[key]), self._collation(value)
        return bool({"$gt": low > high, "$gte": low >= high, "$lt": low < high, "$lte": low <= high}[operator])


@asynccontextmanager
async def connected(lists: Send, *, attempts: int = 1, **options: Any) -> AsyncIterator[PaymentsClient]:
    """A client of these lists that repeats nothing unless told otherwise."""
    retry = RetryPolicy(attempts=attempts, base=0)
    async with PaymentsClient("http://127.0.0.1:9", transport=lists, retry=retry, **options) as client:
        yield client


def payment(reference: str, **changes: Any) -> Row:
    """A payment on the wire."""
    return {
        "id": f"id of {reference}",
        "reference": reference,
        "sourceAccountID": "",
        "destinationAccountID": "",
        "connectorID": "connector",
        "provider": "STRIPE",
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "initialAmount": 100,
        "amount": 100,
        "scheme": "visa",
        "asset": "EUR/2",
        "createdAt": "2024-05-06T07:08:09.123456Z",
        "raw": None,
        "adjustments": [],
        "metadata": None,
        **changes,
    }


def account(reference: str, number: int = 0, **changes: Any) -> Row:
    """An account on the wire; several connectors may have one of the same reference."""
    return {
        "id": f"{reference}/{number:04}",
        "reference": reference,
        "createdAt": "2024-05-06T07:08:09.123456Z",
        "connectorID": f"connector {number}",
        "provider": "STRIPE",
        "defaultCurrency": "EUR/2",
        "defaultAsset": "EUR/2",
        "accountName": "Northwind",
        "type": "INTERNAL",
        "metadata": None,
        "pools": [],
        "raw": None,
        **changes,
    }


def balance(account_id: str, number: int = 0, **changes: Any) -> Row:
    """A balance on the wire."""
    return {
        "accountId": account_id,
        "createdAt": f"2024-05-06T07:{number // 60:02}:{number % 60:02}Z",
        "lastUpdatedAt": "2024-05-07T00:00:00Z",
        "currency": "EUR/2",
        "asset": "EUR/2",
        "balance": number,
        **changes,
    }


def pool(number: int) -> Row:
    """A pool on the wire."""
    created_at = f"2024-05-06T07:{number // 60:02}:{number % 60:02}Z"  # sorted by, and not shown
    return {"id": f"pool {number:04}", "name": f"pool {number:04}", "accounts": [], "createdAt": created_at}


def numbered(count: int, first: int = 0) -> list[Row]:
    """Payments whose references are numbers of four digits."""
    return [payment(f"{number:04}") for number in range(first, first + count)]


def step(number: int, before: str | None, key: str, rows: Sequence[Any] = (), *, done: bool = False) -> Step:
    """A step of a keyset partition from one key to another; without a first one, it is a new partition."""
    partition = Partition(number=number, strategy="keyset")
    old = Checkpoint(partition=partition, key=before)
    return Step(before=old, after=(Checkpoint(partition=partition, key=key, done=done),), rows=list(rows))


@dataclass
class Memory(Sink):
    """A sink in memory that is as strict as those on disk: rows and ledger together, each row once.

    Attributes:
        rows: All rows that were committed.
        ledger: The checkpoints.
        commits: How many rows each commit had.
        during: Awaited in each commit before anything is kept.
    """

    format = "memory"
    rows: list[Any] = field(default_factory=list[Any])
    ledger: Ledger = field(default_factory=Ledger)
    commits: list[int] = field(default_factory=list[int])
    during: Callable[[Sequence[Step]], Awaitable[None]] | None = None
    opened: int = 0
    finished: int = 0
    closed: int = 0
    key: tuple[str, ...] = ("id",)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def has(self, count: int) -> None:
        """Wait until there are so many rows."""
        while len(self.rows) < count:
            self._news.clear()
            await self._news.wait()

    async def open(self, opening: Opening) -> Ledger:
        self.opened += 1
        self.key = opening.key
        if [*self.ledger] and not opening.resume:
            raise DrainError("it is there already")
        return self.ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        if self.during is not None:
            await self.during(steps)
        self.ledger = self.ledger.moved(steps)
        rows = [row for step in steps for row in step.rows]
        self.rows += rows
        self.commits.append(len(rows))
        self._news.set()
        names = [identity(row, self.key) for row in self.rows]
        assert len(set(names)) == len(names), "a row was committed twice"

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        for row in self.rows:
            take(tuple(map(str, plain(row, names).values())))

    async def finish(self) -> None:
        self.finished += 1

    async def aclose(self) -> None:
        self.closed += 1


async def drained(
    lists: Lists, resource: Any, sink: Memory, *, attempts: int = 1, resume: bool = False, **options: Any
) -> Report:
    """Drain a resource of these lists into a sink."""
    async with connected(lists, attempts=attempts) as client:
        return await Drain(client, resource, sink, **options).run(resume=resume)
