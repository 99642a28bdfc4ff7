"""The methods of a sandbox that work off the tasks of version 3.4."""

from payments_async.sandbox.v3.movements import REFUSAL
from payments_async.sandbox.v3.worker import Worker


class Steps:
    """The methods of a sandbox of version 3.4 that decide when and how its tasks end.

    Each raises RuntimeError if the sandbox is not started, or is of another version.
    """

    def __init__(self) -> None:
        super().__init__()
        self._worker: Worker | None = None

    def waiting_tasks(self) -> list[str]:
        """The ids of the tasks that are still to be worked off, the oldest first; without those that are stuck."""
        return self._working().waiting

    def work_tasks(self, count: int | None = None) -> int:
        """Work off tasks now, the oldest first, and return how many.

        Payments scheduled for later than the sandbox's clock are left.

        Args:
            count: at most how many; None for all.
        """
        return self._working().work(count)

    def refuse_tasks(self, count: int = 1, error: str = REFUSAL) -> None:
        """Let the next tasks fail, as if their provider refused what they ask for.

        Args:
            count: how many.
            error: what these tasks, and their payment initiations, say about it.
        """
        self._working().refusals.extend([error] * count)

    def _working(self) -> Worker:
        if self._worker is None:
            raise RuntimeError("only a started sandbox of version 3.4 has tasks to work off")
        return self._worker
