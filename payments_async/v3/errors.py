"""The error of work that the server could not do in the background."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from payments_async.v3.models import PaymentInitiation, Task
from payments_async.wire.errors import Outcome, PaymentsError, redacted


class TaskFailedError(PaymentsError):
    """A task has failed.

    The `outcome` is `UNKNOWN`: a task may have done a part of its work before it failed, so look at the object that it
    was to create or change before you start it again.

    Attributes:
        task: The task. In its `error`, whatever looks like a token or an account number is redacted.
        initiation: The payment initiation that it was to make or reverse, if `payment_initiations.wait_for` raised
            this; its `error` is redacted as well.
    """

    outcome: Outcome | None = Outcome.UNKNOWN

    def __init__(
        self,
        message: str,
        *,
        task: Task,
        initiation: PaymentInitiation | None = None,
        operation: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation)
        self.task: Task = attrs.evolve(task, error=_redacted(task.error))
        self.initiation: PaymentInitiation | None = initiation and attrs.evolve(
            initiation, error=_redacted(initiation.error)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), task=self.task), self.args, self.__dict__


def task_failed(task: Task, initiation: PaymentInitiation | None = None) -> TaskFailedError:
    """The error for a failed task."""
    message = f"the task failed ({_redacted(task.error) or 'no reason given'})"
    if initiation is not None:
        message += f" and the payment initiation is {initiation.status.value}"
    return TaskFailedError(
        f"{message}; look at what it was to do before you start it again",
        task=task,
        initiation=initiation,
        operation="wait_for",
    )


def _redacted(text: str | None) -> str | None:
    return text and redacted(text)
