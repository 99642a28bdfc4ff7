"""aiohttp and dicts, as they are written where there is no SDK."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.contestants.answering import answer
from benchmarks.pages import PAYMENTS


class Dicts:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}{PAYMENTS}"

    async def drain(self) -> int:
        count = 0
        query = {"pageSize": "100"}
        while query:
            async with self._session.get(self._url, params=query) as answer:
                page = (await answer.json())["cursor"]
            for _ in page["data"]:
                count += 1
            query = {"cursor": page["next"]} if page["hasMore"] else {}
        return count


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Dicts]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {'a' * 600}"}) as session:
        yield Dicts(session, url)


if __name__ == "__main__":
    answer(opened)
