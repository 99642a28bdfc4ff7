"""formance-sdk-python's async client; runs in an environment of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from formance_sdk_python import SDK  # type: ignore[import-not-found]
from formance_sdk_python.models import shared  # type: ignore[import-not-found]

from benchmarks.contestants.answering import answer
from benchmarks.pages import PAYMENT_ID


class Official:
    def __init__(self, sdk: SDK) -> None:
        self._payments = sdk.payments.v1

    async def drain(self) -> int:
        count = 0
        query: dict[str, Any] = {"page_size": 100}
        while query:
            page = (await self._payments.list_payments_async(request=query)).payments_cursor.cursor
            for _ in page.data:
                count += 1
            query = {"cursor": page.next} if page.has_more else {}
        return count

    async def get(self) -> Any:
        answer = await self._payments.get_payment_async(request={"payment_id": PAYMENT_ID})
        return answer.payment_response.data


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Official]:
    security = shared.Security(client_id="bench", client_secret="bench", token_url="/api/auth/oauth/token")
    async with SDK(server_url=url, security=security) as sdk:
        yield Official(sdk)


if __name__ == "__main__":
    answer(opened)
