"""Errors of drains: of the target, the checkpoint or the disk."""

from payments_async.wire.errors import PaymentsError


class DrainError(PaymentsError):
    """A drain cannot start or continue; committed rows are kept."""


class PartitionLostError(DrainError):
    """Another worker has committed to the same partition, so this one must stop."""


class TargetLostError(DrainError):
    """The connection to the target was lost, or could not be made; it may be there again soon."""


class DrainWarning(UserWarning):
    """A drain continues in another way than requested, or with weaker guarantees."""
