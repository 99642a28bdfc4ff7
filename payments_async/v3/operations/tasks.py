"""Tasks: work that the server does after its answer."""

from __future__ import annotations

from payments_async.v3.models import Task
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import one


class Tasks(Operations):
    """Tasks: work that the server does after its answer.

    The server does not list them: whoever starts one keeps its id.
    """

    async def get_task(self, task_id: str) -> Task:
        """Fetch one task.

        That it has succeeded says that the provider took the call. What became of the thing itself, such as a payment
        initiation, that thing says.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/tasks/{taskID}`
        """
        return await self._run(Call("get_task", "GET", "/v3/tasks/{taskID}", one(Task), ids={"taskID": task_id}))
