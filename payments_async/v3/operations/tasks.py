"""Tasks: work that the server does in the background."""

from __future__ import annotations

from payments_async.v3.models import Task
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import one


class Tasks(Operations):
    """Tasks: work that the server does in the background.

    The server cannot list them: keep the id that the starting call returns.
    """

    async def get_task(self, task_id: str) -> Task:
        """Fetch one task.

        A task succeeds once the provider has accepted the call. The result is in the resource itself, such as the
        status of a payment initiation.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/tasks/{taskID}`
        """
        return await self._run(Call("get_task", "GET", "/v3/tasks/{taskID}", one(Task), ids={"taskID": task_id}))
