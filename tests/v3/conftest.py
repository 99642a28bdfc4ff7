"""A client whose requests go nowhere: each is noted, and answered as the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments_async import PaymentsClient, Request, Response, Send
from tests.tables import answer_to

ROOT = "https://acme.example.com"


class Canned:
    """A layer that sends nothing on, but notes the request and gives an answer."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answer: tuple[int, Any] = (204, None)

    def __call__(self, _: Send) -> Send:
        async def send(request: Request) -> Response:
            self.requests.append(request)
            return answer_to(request, *self._answer)

        return send

    def will_answer(self, status: int, body: Any = None) -> None:
        """What every request is answered from now on."""
        self._answer = (status, body)

    @property
    def path(self) -> str:
        """The path of the latest request, below the API's own, as it is sent."""
        return urlsplit(self.requests[-1].url).path.removeprefix("/api/payments")

    @property
    def query(self) -> dict[str, str]:
        """The query of the latest request."""
        return dict(parse_qsl(urlsplit(self.requests[-1].url).query, keep_blank_values=True))


@pytest.fixture
def canned() -> Canned:
    """What answers the requests of `client`."""
    return Canned()


@pytest.fixture
async def client(canned: Canned) -> AsyncIterator[PaymentsClient]:
    """A client that `canned` answers."""
    async with PaymentsClient(ROOT, layers=[canned]) as made:
        yield made
