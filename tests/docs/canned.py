"""Answers for what the documentation asks of v3: those that a real server gave."""

from collections.abc import Callable
from typing import Any

import attrs

from payments_async import Request, Response, Send
from payments_async.v3.models.generated.operations import OPERATIONS
from tests.tables import referring
from tests.v3.ids import ACCOUNT, CONNECTOR, OTHER_ACCOUNT
from tests.v3.recorded import EXCHANGES

ROUTES = {(operation.method, operation.path): operation for operation in OPERATIONS}

WANTED: dict[str, Callable[[Any], object]] = {
    "v3GetTask": lambda body: body["data"]["status"] == "SUCCEEDED",
    "v3GetPayment": lambda body: body["data"]["status"] == "SUCCEEDED",
    "v3GetConnectorConfig": lambda body: body["data"]["provider"] == "Generic",
    "v3InitiatePayment": lambda body: body["data"]["taskID"],
}
"""Which of several answers is given."""

IDS = {"connector_id": CONNECTOR, "internal_account_id": ACCOUNT, "external_account_id": OTHER_ACCOUNT}
"""Ids as v3 has them, under the names that fragments find."""


def answering(_: Send) -> Send:
    """The layer that answers calls of v3; nothing is sent."""

    async def answer(request: Request) -> Response:
        operation = ROUTES[request.method, request.path].operation_id
        wanted = WANTED.get(operation, lambda _: True)
        answers = [
            each for each in EXCHANGES if each.operation == operation and each.status < 300 and wanted(each.body)
        ]
        longest = max(answers, key=lambda each: len(str(each.body)))
        body = longest.body
        if isinstance(body, dict) and "cursor" in body:
            body = {"cursor": {**body["cursor"], "hasMore": False}}  # one page is a list here
        return referring(attrs.evolve(longest, body=body).response_to(request), request)

    return answer
