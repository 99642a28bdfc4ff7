"""What a drain is asked for and cannot do is said when it is made, before anything is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.drain import Drain, JSONLines
from tests.drain.lists import Lists, Memory, connected


@pytest.mark.parametrize(
    ("resource", "options", "why"),
    [
        ("refunds", {}, "there is no resource 'refunds': give one of payments, accounts, .*, or a FanOut"),
        ("pools", {"strategy": "keyset"}, "the server has no key for pools: leave the strategy out"),
        ("pools", {"query": {"$match": {"name": "a"}}}, "the server does not filter pools: leave the query out"),
        ("payments", {"query": "{"}, "query is not JSON"),
        ("payments", {"query": "[]"}, r"query is '\[\]': give a JSON object"),
        ("payments", {"strategy": "offset"}, "strategy is 'offset': give 'keyset', 'slices' or 'cursor'"),
        ("payments", {"rate": 0}, "rate is 0: give a number, 0.1 or more"),
        ("payments", {"rate": -1}, "rate is -1"),
        ("payments", {"rate": float("nan")}, "rate is nan"),
        ("payments", {"rate": float("inf")}, "rate is inf"),
        ("payments", {"rate": "4"}, "rate is '4'"),
        ("payments", {"every": 0}, "every is 0: give a number, 0.01 or more"),
        ("payments", {"every": timedelta(seconds=5)}, "every is datetime.timedelta"),
        ("payments", {"slack": 60}, "slack is 60: give a timedelta, how late an item may come"),
        ("payments", {"slack": timedelta(seconds=-1)}, "slack is datetime.timedelta"),
        ("payments", {"partitions": 0}, "partitions is 0: give a whole number, 1 or more"),
        ("payments", {"partitions": "4"}, "partitions is '4'"),
        ("payments", {"concurrency": -2}, "concurrency is -2"),
        ("payments", {"concurrency": 2.5}, "concurrency is 2.5"),
        ("payments", {"page_size": 0}, "page_size is 0"),
    ],
)
async def test_what_cannot_work_is_refused(resource: Any, options: dict[str, Any], why: str) -> None:
    lists = Lists()
    async with connected(lists) as client:
        with pytest.raises(ValueError, match=why):
            Drain(client, resource, Memory(), **options)
    assert lists.asked == []


async def never(_: Any) -> None:
    """Nobody would wait for it."""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sink": "out.jsonl"}, r"the sink is 'out.jsonl': give one, such as JSONLines\('payments.jsonl'\)"),
        ({"sink": JSONLines}, "the sink is <class "),
        ({"on_progress": never}, "on_progress is called and not awaited: give a plain function"),
    ],
)
def test_what_is_no_sink_or_no_function_is_refused(options: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"sink": Memory(), **options}
    with pytest.raises(TypeError, match=why):
        Drain(PaymentsClient("http://127.0.0.1:9"), "payments", **given)


@pytest.mark.parametrize("query", [None, "{}", {}, ""])
async def test_an_empty_filter_is_none(query: Any) -> None:
    lists = Lists()
    async with connected(lists) as client:
        await Drain(client, "payments", Memory(), query=query, strategy="cursor").run()
    assert [asked.filter for asked in lists.asked] == [None, None]
