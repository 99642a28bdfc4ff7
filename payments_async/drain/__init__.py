"""Drains copy a whole resource to a file, a database or a function, each row once, even if they are interrupted.

    drain = Drain(client, "payments", JSONLines("payments.jsonl"), partitions=8)
    report = await drain.run(resume=True)

With `resume=True`, a run continues after what an earlier one has committed.
"""

from payments_async.drain.checkpoint import Identity, Ledger
from payments_async.drain.drain import Drain
from payments_async.drain.errors import DrainError, DrainWarning, PartitionLostError
from payments_async.drain.partition import Checkpoint, Partition, Step
from payments_async.drain.report import Report
from payments_async.drain.resources import FanOut, ResourceName
from payments_async.drain.sinks import CSV, Each, JSONLines, Opening, Parquet, PostgreSQL, Sink, SQLite, sink_for

__all__ = [
    "CSV",
    "Checkpoint",
    "Drain",
    "DrainError",
    "DrainWarning",
    "Each",
    "FanOut",
    "Identity",
    "JSONLines",
    "Ledger",
    "Opening",
    "Parquet",
    "Partition",
    "PartitionLostError",
    "PostgreSQL",
    "Report",
    "ResourceName",
    "SQLite",
    "Sink",
    "Step",
    "sink_for",
]
