"""Slices of the lists of `client.v3`: short, each row once, whatever the values are, and whatever comes or goes."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from payments_async import PaymentsClient, Request, Response, Send
from payments_async.drain import Drain, DrainError, Report
from payments_async.drain.slices import WHOLE, Piece, cut
from payments_async.drain.source import Source
from payments_async.drain.v3 import LISTINGS
from payments_async.sandbox import Sandbox
from payments_async.v3 import filters
from tests.drain.lists import Memory

ROWS = 1_500
EQUAL = 500
PAGE = 25


@asynccontextmanager
async def served(equal: int = EQUAL, others: int = ROWS - EQUAL) -> AsyncIterator[Sandbox]:
    """Payments of which so many have the same amount."""
    async with Sandbox(payments=others, accounts=0, transfers=0, auth=False, version="3.4") as sandbox:
        async with PaymentsClient(sandbox.url) as client:
            connectors = [each.id async for each in client.v3.connectors.list_connectors(page_size=100)]
        for number in range(equal):
            sandbox.add_payment(connectors[number % 3], f"equal {number}", amount=999, asset="EUR/2")
        yield sandbox


@pytest.mark.parametrize(("equal", "others"), [(0, 1000), (EQUAL, ROWS - EQUAL), (1000, 1)])
@pytest.mark.parametrize("partitions", [1, 4])
async def test_all_rows_come_once_however_many_have_the_same_value(equal: int, others: int, partitions: int) -> None:
    async with served(equal, others) as sandbox, PaymentsClient(sandbox.url) as client:
        sink = Memory()
        report = await Drain(client.v3, "payments", sink, partitions=partitions, page_size=PAGE).run()
        assert {row.reference for row in sink.rows} == sandbox.references()
    assert (report.strategy, report.items, report.done) == ("slices", equal + others, True)
    assert report.partitions >= 4
    assert report.requests <= 3.5 * report.items / PAGE


@pytest.mark.parametrize(("weight", "size"), [(WHOLE, 1000), (WHOLE // 16, 1000), (WHOLE // 17, 100), (0, 100)])
async def test_a_small_piece_is_cut_by_fewer_rows_than_a_page_has(weight: int, size: int) -> None:
    sizes = list[str]()

    def noted(send: Send) -> Send:
        async def note(request: Request) -> Response:
            response = await send(request)
            sizes.append(str(json.loads(response.body)["cursor"]["pageSize"]))
            return response

        return note

    async with served(0, 5000) as sandbox, PaymentsClient(sandbox.url, layers=[noted]) as client:
        source = Source(client=client, listing=LISTINGS["payments"])
        await source.page()
        sizes.clear()
        pieces, _ = await cut(source, Piece(({"$gte": {"initial_amount": 0}},), weight))
    assert (len(pieces), sizes) == (2, ["1", str(size)])


async def test_a_list_of_one_page_is_read_without_a_look_at_its_length() -> None:
    async with served(0, 1000) as sandbox, PaymentsClient(sandbox.url) as client:
        report = await Drain(client.v3, "payments", Memory()).run()
    assert (report.items, report.requests) == (1000, 2), "the newest row and the page"


@pytest.mark.parametrize(("page_size", "most"), [(10, 100), (100, 1000), (200, 1000), (1000, 4000)])
async def test_a_slice_is_short(page_size: int, most: int) -> None:
    async with served(0, most) as sandbox, PaymentsClient(sandbox.url) as client:
        short = await Drain(client.v3, "payments", Memory(), page_size=page_size).run()
        sandbox.add_payments(1)
        cut_once = await Drain(client.v3, "payments", Memory(), page_size=page_size).run()
    assert (short.partitions, cut_once.partitions) == (1, 2)


@pytest.mark.parametrize("partitions", [1, 4])
@pytest.mark.parametrize("breaks", [0, 25])
async def test_rows_that_stay_are_not_lost_while_others_come_and_go_and_runs_break(
    partitions: int, breaks: int
) -> None:
    chance = random.Random(breaks)
    async with served() as sandbox:
        stayed, sink, broken = sandbox.references(), Memory(), 0

        async def change() -> None:
            gone = chance.sample(sorted(stayed), 3)
            sandbox.remove_payments(gone)
            stayed.difference_update(gone)
            sandbox.add_payments(3)

        def changing(send: Send) -> Send:
            async def send_after_changes(request: Request) -> Response:
                nonlocal broken
                # In a task of its own: the sandbox's database blocks, which nothing may under the client's frames.
                await asyncio.create_task(change())
                if broken < breaks and chance.random() < 0.2:
                    broken += 1
                    raise ConnectionResetError
                return await send(request)

            return send_after_changes

        async with PaymentsClient(sandbox.url, layers=[changing]) as client:
            for _ in range(breaks + 1):
                try:
                    await Drain(client.v3, "payments", sink, partitions=partitions, page_size=PAGE).run(resume=True)
                except ConnectionResetError:
                    continue
                break
    assert stayed <= {row.reference for row in sink.rows}
    assert len(sink.rows) == len({row.id for row in sink.rows})


@pytest.mark.parametrize("partitions", [1, 4])
async def test_progress_is_near_the_truth_where_it_is_known(partitions: int) -> None:
    told = list[tuple[int, float]]()
    async with served(0, 3000) as sandbox, PaymentsClient(sandbox.url) as client:
        drain = Drain(
            client.v3,
            "payments",
            Memory(),
            partitions=partitions,
            page_size=PAGE,
            on_progress=lambda report: told.append((report.items, -1.0 if report.share is None else report.share)),
        )
        await drain.run()
    known = [(items, share) for items, share in told if share >= 0]
    assert len(known) > 30
    assert all(abs(items / 3000 - share) <= 0.08 for items, share in known)


@pytest.mark.long
@pytest.mark.parametrize("partitions", [1, 4, 8])
async def test_progress_at_pages_of_a_thousand_is_near_the_truth_after_a_break_too(partitions: int) -> None:
    told, breaks = dict[int, float | None](), True

    def look(report: Report) -> None:
        nonlocal breaks
        told[report.items] = report.share
        if breaks and report.items >= 4_000:
            breaks = False
            raise InterruptedError

    async with served(0, 10_000) as sandbox, PaymentsClient(sandbox.url) as client:
        sink = Memory()
        with pytest.raises(InterruptedError):
            await Drain(client.v3, "payments", sink, partitions=partitions, on_progress=look).run()
        await Drain(client.v3, "payments", sink, partitions=partitions, on_progress=look).run(resume=True)
    known = {items: share for items, share in told.items() if share is not None and items < 10_000}
    assert len(known) >= 4
    assert all(abs(items / 10_000 - share) <= 0.05 for items, share in known.items())


async def test_initiations_under_a_status_are_read_by_cursor_because_the_server_refuses_both() -> None:
    async with Sandbox(payments=200, auth=False, version="3.4") as sandbox, PaymentsClient(sandbox.url) as client:
        query = filters.payment_initiations.status.match("PROCESSED")
        sinks = Memory(), Memory()
        drains = [Drain(client.v3, "payment_initiations", sink) for sink in sinks[:1]]
        drains.append(Drain(client.v3, "payment_initiations", sinks[1], query=query))
        assert [(await drain.run()).strategy for drain in drains] == ["slices", "cursor"]
    assert len(sinks[1].rows) <= len(sinks[0].rows)


async def test_a_drain_by_slices_does_not_go_on_by_cursor() -> None:
    async with served(0, 100) as sandbox, PaymentsClient(sandbox.url) as client:
        sink = Memory()
        await Drain(client.v3, "payments", sink).run()
        options: dict[str, Any] = {"strategy": "cursor"}
        with pytest.raises(DrainError, match="was started with strategy='slices'"):
            await Drain(client.v3, "payments", sink, **options).run(resume=True)
