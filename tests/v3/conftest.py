"""A client whose requests go nowhere: each is noted, and answered as the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments_async import PaymentsClient, Request, Response, Send
from tests.tables import answer_to, referring

ROOT = "https://acme.example.com"
NONE = Request(operation="none", method="GET", path="/", url="/", deadline=0)


class Canned:
    """A layer that sends nothing on, but notes the request and gives an answer."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.will_answer(204)

    def __call__(self, _: Send) -> Send:
        async def send(request: Request) -> Response:
            self.requests.append(request)
            return referring(self._response, request)

        return send

    def will_answer(self, status: int, body: Any = None) -> None:
        """What every request is answered from now on."""
        self.will_answer_with(answer_to(NONE, status, body))

    def will_answer_with(self, response: Response) -> None:
        """What every request is answered from now on, whatever request it was made for."""
        self._response = response

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
