"""What a drain is asked for and cannot do is said when it is made, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from payments_async.drain import Drain
from tests.drain.lists import Lists, Memory, connected


@pytest.mark.parametrize(
    ("resource", "options", "why"),
    [
        ("refunds", {}, "there is no resource 'refunds': give one of payments, accounts, .*, or a FanOut"),
        ("pools", {"strategy": "keyset"}, "the server has no key of pools: leave the strategy out"),
        ("pools", {"query": {"$match": {"name": "a"}}}, "the server does not filter pools: leave the query out"),
        ("payments", {"query": "{"}, "query is not JSON"),
        ("payments", {"query": "[]"}, r"query is '\[\]': give a JSON object"),
        ("payments", {"rate": 0}, "rate is 0: give requests a second, 0.1 or more"),
        ("payments", {"rate": -1}, "rate is -1"),
        ("payments", {"rate": float("nan")}, "rate is nan"),
        ("payments", {"rate": float("inf")}, "rate is inf"),
        ("payments", {"partitions": 0}, "partitions is 0: give 1 or more"),
        ("payments", {"concurrency": -2}, "concurrency is -2: give 1 or more"),
        ("payments", {"page_size": 0}, "page_size is 0: give 1 or more"),
    ],
)
async def test_what_cannot_work_is_refused(resource: str, options: dict[str, Any], why: str) -> None:
    lists = Lists()
    async with connected(lists) as client:
        with pytest.raises(ValueError, match=why):
            Drain(client, resource, Memory(), **options)
    assert lists.asked == []


@pytest.mark.parametrize("query", [None, "{}", {}, ""])
async def test_an_empty_filter_is_none(query: Any) -> None:
    lists = Lists()
    async with connected(lists) as client:
        await Drain(client, "payments", Memory(), query=query, strategy="cursor").run()
    assert [asked.filter for asked in lists.asked] == [None]
