"""httpx and pydantic's models with a type adapter, written by hand for this API; runs in an environment of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal

import httpx  # type: ignore[import-not-found,unused-ignore]  # some other development tool may bring it
from pydantic import BaseModel, Field, TypeAdapter  # type: ignore[import-not-found,unused-ignore]

from benchmarks.contestants.answering import answer
from benchmarks.pages import PAYMENTS

Status = Literal[
    "PENDING",
    "SUCCEEDED",
    "CANCELLED",
    "FAILED",
    "EXPIRED",
    "REFUNDED",
    "REFUNDED_FAILURE",
    "DISPUTE",
    "DISPUTE_WON",
    "DISPUTE_LOST",
    "OTHER",
]


class Adjustment(BaseModel):
    reference: str
    created_at: datetime = Field(alias="createdAt")
    status: Status
    amount: int
    raw: Any = None


class Payment(BaseModel):
    id: str
    reference: str
    source_account_id: str = Field(alias="sourceAccountID")
    destination_account_id: str = Field(alias="destinationAccountID")
    connector_id: str = Field(alias="connectorID")
    provider: str | None = None
    type: Literal["PAY-IN", "PAYOUT", "TRANSFER", "OTHER"]
    status: Status
    initial_amount: int = Field(alias="initialAmount")
    amount: int
    scheme: str
    asset: str
    created_at: datetime = Field(alias="createdAt")
    raw: Any = None
    adjustments: list[Adjustment] = []
    metadata: dict[str, str] | None = None


class Page(BaseModel):
    data: list[Payment]
    has_more: bool = Field(alias="hasMore")
    page_size: int = Field(0, alias="pageSize")
    next: str | None = None
    previous: str | None = None


class PageAnswer(BaseModel):
    cursor: Page


read_page = TypeAdapter(PageAnswer).validate_json


class HttpxPydantic:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def drain(self) -> int:
        count = 0
        query = {"pageSize": "100"}
        while query:
            answer = await self._client.get(PAYMENTS, params=query)
            page = read_page(answer.content).cursor
            for _ in page.data:
                count += 1
            query = {"cursor": page.next} if page.next else {}
        return count


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[HttpxPydantic]:
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {'a' * 600}"}) as client:
        yield HttpxPydantic(client)


if __name__ == "__main__":
    answer(opened)
