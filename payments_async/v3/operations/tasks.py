"""Tasks: work that the server does in the background."""

from __future__ import annotations

from payments_async.v3.errors import task_failed
from payments_async.v3.models import Task, TaskStatus
from payments_async.v3.operations.base import Operations
from payments_async.v3.operations.waiting import deadline_after, task_ended
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

    async def wait_for(self, task_id: str, *, timeout: float = 60) -> Task:  # ends with an error of ours
        """Wait until a task has succeeded.

        The method fetches the task again and again, with growing pauses. It can be called any number of times, in
        other processes too: it changes nothing on the server.

        A request that is sent twice can set its task back to `PROCESSING` for ever. The method returns such a task as
        it is, if it has a `created_object_id`, which shows that it has succeeded before. If it has failed before, the
        method runs out of time: look at the object that it was to create or change.

        Args:
            task_id: The task, as the call that started it returned it.
            timeout: Seconds after which it gives up. Some tasks last for days, such as those of scheduled payments.

        Raises:
            ValueError: the id belongs to another kind of resource, or the timeout is not valid.
            TaskFailedError: the task failed; see its `task`.
            DeadlineExceededError: it has not ended in time; call again with the error's `task_id`.
            NotFoundError: it does not exist.
            PaymentsError: a call failed otherwise. Calling again is safe.

        Route: `GET /v3/tasks/{taskID}`
        """
        task = await task_ended(self.get_task, task_id, deadline_after(timeout))
        if task.status == TaskStatus.FAILED:
            raise task_failed(task)
        return task
