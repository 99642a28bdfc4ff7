"""The budget of requests and what a drain tells: nothing goes out faster than it may, and each number is right."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from payments_async import ConnectionFailedError, ServerError
from payments_async.drain import Drain, JSONLines, Report
from payments_async.wire.call import Request, Response
from tests.drain.lists import Asked, Lists, Memory, Refusal, account, balance, connected, drained, numbered
from tests.wire.scripted import at_once, now

PAGE = 10
TICK = 1e-9


class Timed(Lists):
    """Lists that note when each request arrives, and how long before its deadline."""

    def __init__(self, **kind: Any) -> None:
        super().__init__(**kind)
        self.times = list[float]()
        self.least_left = float("inf")

    async def __call__(self, request: Request) -> Response:
        self.times.append(now())
        self.least_left = min(self.least_left, request.deadline - now())
        return await super().__call__(request)


def with_balances(count: int) -> Timed:
    """Accounts of two balances each."""
    rows = [account(f"{number:04}") for number in range(count)]
    others = {f"/accounts/{row['id']}/balances": [balance(row["id"], each) for each in range(2)] for row in rows}
    return Timed(accounts=rows, others=others)


def keep_to(rate: float, times: list[float]) -> None:
    """Hold requests to a rate, with a tenth of a second's worth, or one, at once."""
    burst = max(1.0, rate / 10)
    for first, start in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= rate * (times[last] - start) + burst + 1e-6
    # And no slower than that.
    assert times[-1] == pytest.approx((len(times) - burst) / rate, abs=1 / rate)


def ticking(patch: pytest.MonkeyPatch) -> None:
    """Let what a drain measures be on the clock of the loop."""
    for module in ("report", "writing"):
        patch.setattr(f"payments_async.drain.{module}.time", SimpleNamespace(monotonic=now))


@pytest.mark.parametrize("rate", [0.1, 0.5, 3, 20, 150])
@pytest.mark.parametrize("partitions", [1, 8])
def test_requests_go_out_at_the_rate_and_no_faster(rate: float, partitions: int) -> None:
    lists, sink = Timed(payments=numbered(400)), Memory()
    report = at_once(drained(lists, "payments", sink, page_size=PAGE, rate=rate, partitions=partitions), tick=TICK)
    assert len(sink.rows) == 400
    assert report.requests == len(lists.times)
    keep_to(rate, lists.times)


@pytest.mark.parametrize("rate", [0.1, 0.25, 1, 5])
def test_no_request_waits_for_the_budget_until_its_deadline(rate: float) -> None:
    lists, sink = with_balances(100), Memory()
    options: dict[str, Any] = {"page_size": 100, "partitions": 50, "concurrency": 200, "rate": rate}
    at_once(drained(lists, "balances", sink, **options), tick=TICK)
    assert len(sink.rows) == 200
    assert lists.least_left > 30
    keep_to(rate, lists.times)


def test_repetitions_are_counted_and_have_to_keep_to_the_rate() -> None:
    lists, sink, failures = Timed(payments=numbered(200)), Memory(), Counter[str]()

    async def fail_twice(asked: Asked) -> None:
        failures[str(asked)] += 1
        if asked.size == PAGE and failures[str(asked)] <= 2:
            raise ConnectionFailedError("the connection was lost") if failures[str(asked)] == 1 else Refusal(503, "")

    lists.meanwhile = fail_twice
    report = at_once(drained(lists, "payments", sink, page_size=PAGE, rate=2, attempts=3), tick=TICK)
    pages = sum(f"size={PAGE}," in asked for asked in failures)
    assert (report.items, report.requests, report.retries) == (200, len(lists.times), 2 * pages)
    keep_to(2, lists.times)


def repeated(lists: Lists) -> int:
    """How many requests for balances were repetitions."""
    paths = [asked.path for asked in lists.asked if asked.path.endswith("balances")]
    return len(paths) - len(set(paths))


def test_calls_that_wait_for_the_budget_hide_no_repetitions() -> None:
    lists, sink, told = with_balances(40), Memory(), list[tuple[int, int]]()

    async def fail_first(asked: Asked) -> None:
        if asked.path.endswith("balances") and len(lists.asked) < 10:
            raise Refusal(503, "")

    def tell(report: Report) -> None:
        told.append((report.retries, repeated(lists)))

    lists.meanwhile = fail_first
    options: dict[str, Any] = {"rate": 2, "concurrency": 8, "attempts": 4, "on_progress": tell}
    at_once(drained(lists, "balances", sink, **options), tick=TICK)
    assert len({counted for _, counted in told}) > 3
    assert [retries for retries, _ in told] == [counted for _, counted in told]


def test_repetitions_are_right_though_calls_are_ended_before_they_begin() -> None:
    lists = with_balances(40)

    async def fail(asked: Asked) -> None:
        if asked.path.startswith("/accounts/0000"):
            raise Refusal(503, "")

    async def run() -> None:
        async with connected(lists, attempts=3) as client:
            drain = Drain(client, "balances", Memory(), rate=2, concurrency=8)
            with pytest.raises(ServerError):
                await drain.run()
            assert drain.report.retries == repeated(lists) == 2

    lists.meanwhile = fail
    at_once(run(), tick=TICK)


def test_latency_is_what_requests_take_of_late_and_no_waiting_for_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    lists, sink, told = Lists(payments=numbered(400)), Memory(), list[float]()
    ticking(monkeypatch)

    async def slow_down(asked: Asked) -> None:
        await asyncio.sleep(8.0 if "'02" in str(asked.filter) else 2.0)

    lists.meanwhile = slow_down
    options: dict[str, Any] = {"page_size": PAGE, "rate": 0.1, "on_progress": lambda each: told.append(each.latency)}
    at_once(drained(lists, "payments", sink, **options), tick=TICK)
    early, late, end = told[5], max(told), told[-1]
    assert early == pytest.approx(2.0, abs=1e-6)
    assert 5.0 < late < 8.0
    assert 2.0 < end < 4.0


def test_latency_counts_requests_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = Lists(payments=numbered(40))
    ticking(monkeypatch)

    async def fail_slowly(_: Asked) -> None:
        await asyncio.sleep(4.0)
        raise Refusal(503, "")

    async def run() -> Report:
        async with connected(lists) as client:
            drain = Drain(client, "payments", Memory())
            with pytest.raises(ServerError):
                await drain.run()
            return drain.report

    lists.meanwhile = fail_slowly
    assert at_once(run()).latency == 4.0


def test_the_report_has_the_numbers_of_this_run_and_the_rows_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch)

    async def break_late(asked: Asked) -> None:
        await asyncio.sleep(1.0)
        if broken and "'0135'" in str(asked.filter):
            raise Refusal(404)

    lists, sink, broken, told = Lists(payments=numbered(400), meanwhile=break_late), Memory(), [1], list[Report]()

    async def run() -> None:
        async with connected(lists) as client:
            drain = Drain(client, "payments", sink, page_size=PAGE, on_progress=told.append)
            with pytest.raises(Exception, match="no"):
                await drain.run()
            first = drain.report
            # One for the newest row, two to learn about keys, ten to count, fifteen pages and the one that failed.
            # Each page but the first begins with the last row of the one before it.
            assert (first.items, first.pages, first.requests, first.done) == (136, 15, 29, False)
            assert first.seconds == pytest.approx(28, abs=1)
            assert first.rate == pytest.approx(136 / first.seconds)
            assert first.last_key == "0135"
            assert first.share == pytest.approx(0.34, abs=0.02)
            broken.clear()
            last = await drain.run(resume=True)
        assert last is drain.report is told[-1] is not first
        assert (last.items, last.pages, last.requests, last.repeats, last.retries) == (400, 30, 31, 0, 0)
        assert last.seconds == 31
        assert last.rate == pytest.approx(264 / 31)
        assert (last.done, last.share, last.last_key, last.partitions, last.strategy) == (
            True,
            1.0,
            "0399",
            1,
            "keyset",
        )
        assert last.resource == "payments"
        assert "last_key" not in repr(last), "a cursor may hold what was filtered by"

    at_once(run())


# Progress


async def test_progress_is_told_at_the_start_after_each_commit_and_at_the_end() -> None:
    lists, sink, told = Lists(payments=numbered(95)), Memory(), list[tuple[int, int, bool, Any]]()

    def tell(report: Report) -> None:
        assert report.items == len(sink.rows), "what is told is committed"
        told.append((report.items, report.partitions, report.done, report.share))

    await drained(lists, "payments", sink, page_size=PAGE, on_progress=tell, partitions=2)
    assert told[0] == (0, 2, False, 0.0)
    # The first commit was that of the partitions themselves.
    assert len(told) == len(sink.commits) + 1
    assert told[-1] == (95, 2, True, 1.0)
    shares = [share for *_, share in told if share is not None]
    assert shares == sorted(shares)
    assert 0 < shares[1] < 1


class Unwell(Exception):  # noqa: N818  # no error of ours
    """What a caller's function raises."""


@pytest.mark.parametrize("partitions", [1, 3])
async def test_what_progress_raises_ends_the_run_and_what_is_committed_is_kept(partitions: int) -> None:
    for left in range(12):
        lists, sink, times = Lists(payments=numbered(95)), Memory(), iter(range(left + 1))

        def tell(_: Report) -> None:
            if next(times, None) is None:  # noqa: B023  # the test's own turn
                raise Unwell

        before = asyncio.all_tasks()
        async with connected(lists) as client:
            drain = Drain(client, "payments", sink, page_size=PAGE, on_progress=tell, partitions=partitions)
            try:
                await drain.run()
            except Unwell:
                assert drain.report.items == len(sink.rows)
            assert asyncio.all_tasks() == before
            assert sink.closed == 1
            report = await Drain(client, "payments", sink, page_size=PAGE).run(resume=True)
        assert (report.items, len(sink.rows)) == (95, 95)


async def test_what_progress_raises_at_the_very_end_leaves_a_finished_drain(tmp_path: Any) -> None:
    lists = Lists(payments=numbered(35))

    def tell(report: Report) -> None:
        if report.done:
            raise Unwell

    async with connected(lists) as client:
        sink = JSONLines(tmp_path / "out.jsonl")
        with pytest.raises(Unwell):
            await Drain(client, "payments", sink, on_progress=tell).run()
        report = await Drain(client, "payments", sink).run(resume=True)
    assert (report.items, report.done, report.requests) == (35, True, 0)
