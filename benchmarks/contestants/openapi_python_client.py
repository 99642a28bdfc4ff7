"""What openapi-python-client generates from this project's description; runs in an environment of its own."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.contestants.answering import answer
from benchmarks.pages import PAYMENTS

sys.path.append(sys.prefix)  # it is generated beside the environment's own folders

from generated_client import AuthenticatedClient  # type: ignore[import-not-found]
from generated_client.api.payments import list_payments  # type: ignore[import-not-found]


class Generated:
    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client

    async def drain(self) -> int:
        count = 0
        query: dict[str, Any] = {"page_size": 100}
        while query:
            page = (await list_payments.asyncio(client=self._client, **query)).cursor
            for _ in page.data:
                count += 1
            query = {"cursor": page.next_} if page.has_more else {}
        return count


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Generated]:
    async with AuthenticatedClient(base_url=url + PAYMENTS.rpartition("/")[0], token="a" * 600) as client:
        yield Generated(client)


if __name__ == "__main__":
    answer(opened)
