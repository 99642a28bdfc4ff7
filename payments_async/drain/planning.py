"""What a run has to do, and how a new drain begins: its strategy and its partitions."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs

from payments_async.drain.cutting import sliced, sorts_and_filters_by_key
from payments_async.drain.errors import DrainError, DrainWarning
from payments_async.drain.partition import Checkpoint, Partition, Strategy
from payments_async.drain.report import Report
from payments_async.drain.resources import FanOut
from payments_async.drain.rows import time_text
from payments_async.drain.sinks.sink import Sink
from payments_async.drain.source import Source
from payments_async.wire.errors import ServerError, ValidationError

log: logging.Logger = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The newest time of an empty list."""


@attrs.frozen(kw_only=True)
class Plan:
    """What a run has to do. The attributes are the arguments of `Drain`, or follow from them."""

    source: Source
    fan_out: FanOut | None
    sink: Sink
    key: tuple[str, ...]
    strategy: Strategy | None
    partitions: int
    workers: int
    concurrency: int
    follow: bool
    catch_up: bool
    every: float
    slack: timedelta
    report: Report
    on_progress: Callable[[Report], object] | None

    @property
    def notes_arrivals(self) -> bool:
        """Whether new items can be recognized by their time, so that a drain can go on with them."""
        return self.fan_out is None and self.source.listing.dated and self.sink.endless


async def first_checkpoints(plan: Plan) -> list[Checkpoint]:
    """The first checkpoints of the partitions of a new drain."""
    source, planned = plan.source, list[Checkpoint]()
    if plan.notes_arrivals:
        # Determined before anything is drained: items that are added from now on are found by their time.
        order = source.listing.newest_first
        sort = order and order[:1]
        newest = await source.pages(sort=sort, page_size=1).first()
        source.learn(sort, newest.next)
        since = min(newest.data[0].created_at, datetime.now(UTC)) if newest.data else _EPOCH
        arrivals = Partition(number=0, strategy="arrivals")
        planned.append(Checkpoint(partition=arrivals, key=time_text(since), done=not (plan.follow or plan.catch_up)))
    if (strategy := await _strategy(plan)) != "keyset":
        return [*planned, Checkpoint(partition=Partition(number=1, strategy=strategy))]
    for number, each in enumerate(await sliced(source, plan.partitions, plan.workers), 1):
        partition = Partition(number=number, strategy="keyset", after=each.after, to=each.to, rows=each.rows)
        planned.append(Checkpoint(partition=partition))
    return planned


async def _strategy(plan: Plan) -> Strategy:
    """The requested strategy, or the best one that the server supports."""
    name = plan.source.listing.name
    if plan.strategy in {"cursor", "slices"}:
        return plan.strategy
    if plan.source.listing.key is None:
        return "slices" if plan.source.sliceable else "cursor"
    try:
        supported = await sorts_and_filters_by_key(plan.source)
    except (ValidationError, ServerError) as error:
        # The answer of a server that does not support this filter or this column.
        if plan.strategy is not None or error.status not in (400, 500):
            raise
        await plan.source.pages().first()  # raises if the server fails on every request
        supported = False
    if supported:
        return "keyset"
    missing = f"the server does not list {name} by {plan.source.key}"
    if plan.strategy is not None:
        raise DrainError(f"{missing}: drain with strategy='cursor'")
    message = f"{missing}; following its cursor instead, one page after the other"
    log.warning("%s", message, extra={"resource": name, "strategy": "cursor"})
    warnings.warn(message, DrainWarning, stacklevel=2)
    return "cursor"
