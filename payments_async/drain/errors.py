"""What goes wrong around a drain: its target, its checkpoint, its disk."""

from payments_async.wire.errors import PaymentsError


class DrainError(PaymentsError):
    """A drain cannot begin or go on; what was committed is kept."""


class PartitionLostError(DrainError):
    """Another worker has committed to the same partition: this one has to stop."""


class DrainWarning(UserWarning):
    """A drain goes on in another way than it was asked to, or promises less."""
