"""Sandboxes of version 3.4, whose tasks are worked off by hand."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.sandbox.conftest import Answer, Api, Start


@dataclass
class Current:
    """Calls of the routes below `/v3`, on a connector of generic and one of dummypay."""

    api: Api
    connectors: dict[str, str]
    made: int = field(default=0)

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self.api.get(f"/v3{path}", **parameters)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.api.call("POST", f"/v3{path}", body, **options)

    async def delete(self, path: str) -> Answer:
        return await self.api.call("DELETE", f"/v3{path}")

    async def patch(self, path: str, body: Any = None) -> Answer:
        return await self.api.call("PATCH", f"/v3{path}", body)

    def account(self, provider: str = "generic", kind: str = "INTERNAL") -> str:
        """The id of a new account."""
        self.made += 1
        return self.api.sandbox.add_account(self.connectors[provider], f"account-{self.made}", type_=kind)

    async def initiation(self, provider: str = "generic", *, approved: bool = False, **changes: Any) -> tuple[str, str]:
        """The ids of a new payment initiation and its task."""
        self.made += 1
        given: dict[str, Any] = {
            "reference": f"initiation-{self.made}",
            "connectorID": self.connectors[provider],
            "description": "rent",
            "type": "TRANSFER",
            "amount": 1_000,
            "asset": "USD/2",
            "sourceAccountID": self.account(provider),
            "destinationAccountID": self.account(provider),
        }
        query = {"params": {"noValidation": "true"}} if approved else {}
        answer = await self.post("/payment-initiations", given | changes, **query)
        assert answer.status == 202, answer.text
        return answer.data["paymentInitiationID"], answer.data["taskID"]

    async def task(self, task_id: str) -> tuple[str, str | None, str | None]:
        """Status, created object and error of a task."""
        task = (await self.get(f"/tasks/{task_id}")).data
        return task["status"], task.get("createdObjectID"), task.get("error")

    async def status(self, initiation: str) -> tuple[str, str | None]:
        """Status and error of a payment initiation."""
        found = (await self.get(f"/payment-initiations/{initiation}")).data
        return found["status"], found.get("error")

    async def history(self, initiation: str) -> list[str]:
        """All statuses of a payment initiation, the oldest first."""
        listed = (await self.get(f"/payment-initiations/{initiation}/adjustments")).page["data"]
        return [each["status"] for each in reversed(listed)]


@pytest.fixture
async def api(start: Start) -> Api:
    """One connector of each provider, and nothing else; open to all."""
    return await start(version="3.4", connectors=23, tasks=0, task_delay=None)


@pytest.fixture
async def full(start: Start) -> Api:
    """Three hundred payments and all that goes with them; open to all."""
    return await start(version="3.4", payments=300, pools=5, awkward=True)


@pytest.fixture
async def current(api: Api) -> Current:
    """Calls of the routes below `/v3`."""
    listed = (await api.get("/v3/connectors", pageSize="100")).page["data"]
    return Current(api, {each["provider"]: each["id"] for each in listed})
