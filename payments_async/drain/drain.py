"""`Drain`: copies a whole resource to a sink, with checkpoints to resume from after an interruption."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, Unpack, cast, overload

from payments_async.client import PaymentsClient
from payments_async.drain.arguments import check_numbers, terms_of
from payments_async.drain.checkpoint import Identity
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Strategy
from payments_async.drain.planning import Plan
from payments_async.drain.pulling import PulledBatches
from payments_async.drain.report import Budget, Report
from payments_async.drain.resources import RESOURCES, FanOut, ResourceName, listing_named, resource_named
from payments_async.drain.rows import columns
from payments_async.drain.run import Run
from payments_async.drain.sinks.sink import Opening, Row, Sink
from payments_async.drain.source import Source
from payments_async.filters import Filter
from payments_async.wire.jsontext import json_text

if TYPE_CHECKING:
    from payments_async import models
    from payments_async.v3 import V3
    from payments_async.v3 import models as v3_models

_ITEMS_AT_ONCE = 100
"""The most items of a page that calls are made for: a checkpoint names those that are done."""
_LONGEST_WAIT = 10.0
"""Seconds that a request may wait for the rate limit. More waiting requests would miss their deadlines."""


class DrainOptions(TypedDict, total=False):
    """The options of a `Drain`, for type checkers."""

    query: Filter[Any] | Mapping[str, Any] | str | None
    strategy: Strategy | None
    partitions: int
    concurrency: int
    rate: float | None
    page_size: int
    follow: bool
    every: float
    slack: timedelta | None
    on_progress: Callable[[Report], object] | None


class Drain(Generic[Row]):
    """Copies all items of a resource to a sink, each one once, and can resume after any interruption.

    Payments and accounts are listed by their `reference`, from one value to the next: rows that are added or removed
    meanwhile do not shift others, and every page costs the server the same. Other lists are read by offset in their
    most stable order, with pages that overlap: a page that does not begin with known rows shows that rows have gone.

    Lists of `client.v3` that have a value to compare are cut into slices by it. Its connectors come without their
    configurations, which contain secrets.

    Args:
        client: The client to use, or its `v3`; the drain's requests share its connections and its token.
        resource: `payments`, `accounts`, `balances`, `bank_accounts`, `pools`, `transfer_initiations`, `tasks`,
            `connectors`, or a `FanOut`. Of `client.v3`: `payments`, `accounts`, `balances`, `bank_accounts`,
            `connectors`, `conversions`, `orders`, `payment_initiations`, `payment_service_users`, `pools`, or a
            `FanOut`.
        sink: The target of the rows; leave it out to pull them with `batches`.
        query: A filter, as the list method takes it. For a fan-out, it filters the items that calls are made for.
        strategy: `keyset`, `slices` or `cursor`; by default, the best one that the server supports.
        partitions: How many parts of the key's range are drained at once.
        concurrency: How many calls of a fan-out are made at once.
        rate: Maximum number of requests per second, 0.1 or more; no limit by default.
        page_size: Items per page. The drain asks for more than 100 by cursors that it writes, where the server takes
            them; a page that is too large for the client or its deadline is halved. Calls of a fan-out are made for at
            most 100 items at once.
        follow: Whether to look for new items for ever after the drain; a look that fails is retried.
        every: Seconds between two looks for new items, 0.01 or more.
        slack: How far back from the newest item a look reads, to find items that were added late; by default a minute
            with `follow`, and a day with `catch_up`. Take twice the longest polling period of the connectors.
        on_progress: Called with the report after each commit, in the event loop. Its `share` is `None` where it is not
            known how many rows there are.

    Raises:
        ValueError: an argument is not valid.
        TypeError: the sink is not a `Sink`, or `on_progress` is an async function.
    """

    @overload
    def __init__(
        self: Drain[models.Payment],
        client: PaymentsClient,
        resource: Literal["payments"],
        sink: Sink[models.Payment] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.Account],
        client: PaymentsClient,
        resource: Literal["accounts"],
        sink: Sink[models.Account] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.AccountBalance],
        client: PaymentsClient,
        resource: Literal["balances"],
        sink: Sink[models.AccountBalance] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.BankAccount],
        client: PaymentsClient,
        resource: Literal["bank_accounts"],
        sink: Sink[models.BankAccount] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.Pool],
        client: PaymentsClient,
        resource: Literal["pools"],
        sink: Sink[models.Pool] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.TransferInitiation],
        client: PaymentsClient,
        resource: Literal["transfer_initiations"],
        sink: Sink[models.TransferInitiation] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.Task],
        client: PaymentsClient,
        resource: Literal["tasks"],
        sink: Sink[models.Task] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[models.InstalledConnector],
        client: PaymentsClient,
        resource: Literal["connectors"],
        sink: Sink[models.InstalledConnector] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Payment],
        client: V3,
        resource: Literal["payments"],
        sink: Sink[v3_models.Payment] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Account],
        client: V3,
        resource: Literal["accounts"],
        sink: Sink[v3_models.Account] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Balance],
        client: V3,
        resource: Literal["balances"],
        sink: Sink[v3_models.Balance] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.BankAccount],
        client: V3,
        resource: Literal["bank_accounts"],
        sink: Sink[v3_models.BankAccount] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Connector],
        client: V3,
        resource: Literal["connectors"],
        sink: Sink[v3_models.Connector] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Conversion],
        client: V3,
        resource: Literal["conversions"],
        sink: Sink[v3_models.Conversion] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Order],
        client: V3,
        resource: Literal["orders"],
        sink: Sink[v3_models.Order] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.PaymentInitiation],
        client: V3,
        resource: Literal["payment_initiations"],
        sink: Sink[v3_models.PaymentInitiation] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.PaymentServiceUser],
        client: V3,
        resource: Literal["payment_service_users"],
        sink: Sink[v3_models.PaymentServiceUser] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[v3_models.Pool],
        client: V3,
        resource: Literal["pools"],
        sink: Sink[v3_models.Pool] | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Drain[Any],
        client: PaymentsClient | V3,
        resource: FanOut,
        sink: Sink | None = None,
        **options: Unpack[DrainOptions],
    ) -> None: ...
    def __init__(
        self,
        client: PaymentsClient | V3,
        resource: ResourceName | FanOut,
        sink: Sink | None = None,
        *,
        query: Filter[Any] | Mapping[str, Any] | str | None = None,
        strategy: Strategy | None = None,
        partitions: int = 1,
        concurrency: int = 8,
        rate: float | None = None,
        page_size: int = 1000,
        follow: bool = False,
        every: float = 5.0,
        slack: timedelta | None = None,
        on_progress: Callable[[Report], object] | None = None,
    ) -> None:
        if sink is not None and not isinstance(cast("object", sink), Sink):
            raise TypeError(f"the sink is {sink!r}: give one, such as JSONLines('payments.jsonl')")
        if on_progress is not None and iscoroutinefunction(on_progress):
            raise TypeError("on_progress is called and not awaited: give a plain function")
        if strategy not in (None, "keyset", "slices", "cursor"):
            raise ValueError(f"strategy is {strategy!r}: give 'keyset', 'slices' or 'cursor', or leave it out")
        check_numbers(
            rate=rate, every=every, slack=slack, partitions=partitions, concurrency=concurrency, page_size=page_size
        )
        if isinstance(client, PaymentsClient):
            self._client, self._url, known = client, client.url, RESOURCES
        else:
            from payments_async.drain import v3  # noqa: PLC0415  # loads its models

            self._client, self._url, known = client.client, f"{client.client.url}/v3", v3.RESOURCES
        self._resource = found = resource_named(resource, known)
        self._listing = listing_named(found.of, known) if isinstance(found, FanOut) else found
        self._sink = sink
        self._terms = terms_of(query, self._listing)
        self._strategy: Strategy | None = strategy
        # More concurrent requests would wait so long for the rate limit that they miss their deadlines.
        most = int(rate * _LONGEST_WAIT) if rate else max(partitions, concurrency)
        self._partitions, self._workers, self._concurrency = partitions, min(partitions, most), min(concurrency, most)
        self._rate = rate
        self._page_size = page_size
        self._follow, self._every, self._slack = follow, every, slack
        self._on_progress = on_progress
        self.report: Report = Report(resource=found.name)
        """The progress of the drain, updated while it runs."""
        if strategy == "keyset" and self._listing.key is None:
            raise ValueError(f"the server has no key for {self._listing.name}: leave the strategy out")
        if strategy == "slices" and self._listing.column is None:
            raise ValueError(f"{found.name} cannot be cut into slices: leave the strategy out")
        if follow:
            self._check_recognizes_new_items()
        self._stopping = asyncio.Event()

    async def run(self, *, resume: bool = False, replace: bool = False, catch_up: bool = False) -> Report:
        """Drain all rows that are not drained yet; with `follow`, run until stopped or cancelled.

        If it is cancelled, the rows read so far are committed, and a later run continues after them.

        Args:
            resume: Continue from the target's checkpoint; start if there is no target.
            replace: Replace an existing target.
            catch_up: Continue, or start, and then take the items that are new since the last run. Changes of items that
                were drained before are not new.

        Raises:
            ValueError: arguments exclude each other, or new items of the resource cannot be recognized by their time.
            DrainError: the target exists already, belongs to another drain, is damaged, or cannot be written to.
            PaymentsError: a call failed even after retries; committed rows are kept.
        """
        if resume and replace:
            raise ValueError("resume and replace exclude each other")
        if catch_up:
            if self._follow or replace:
                raise ValueError("catch_up excludes follow and replace: each run takes what is new, and ends")
            self._check_recognizes_new_items()
        if self._sink is None:
            raise ValueError("this drain has no sink to run into: give one, or pull its rows with batches()")
        return await self._run(self._sink, resume=resume, replace=replace, catch_up=catch_up)

    def batches(self) -> PulledBatches[Row]:
        """The rows of a drain without a sink, in batches: `async with drain.batches() as batches: async for rows in …`.

        The drain reads ahead by some pages and waits for the reader. It ends with the block, whatever ends that, and
        leaves no task and no request. Each drain begins at the beginning: nothing is remembered.

        Raises:
            ValueError: the drain has a sink.
        """
        if self._sink is not None:
            raise ValueError("the rows of this drain go to its sink: leave the sink out to pull them")
        return PulledBatches(lambda sink: self._run(sink, resume=False, replace=False, catch_up=False))

    async def _run(self, sink: Sink, *, resume: bool, replace: bool, catch_up: bool) -> Report:
        if sink.in_use:
            raise DrainError("a drain is running into this sink: let it end, or give each drain a sink of its own")
        sink.in_use = True
        self.report = Report(resource=self._resource.name)
        self._stopping = asyncio.Event()
        budget = Budget(self._rate, self.report)
        fan_out = self._resource if isinstance(self._resource, FanOut) else None
        key = self._resource.identity
        identity = Identity(
            server=self._url,
            resource=self._resource.name,
            listing=self._listing.name,
            shape=", ".join(columns(self._resource.model)),
            query=json_text(list(self._terms)) if self._terms else None,
            format=sink.format,
        )
        opening = Opening(
            identity=identity, model=self._resource.model, key=key, resume=resume or catch_up, replace=replace
        )
        try:
            ledger = await sink.open(opening)
            plan = Plan(
                source=Source(
                    client=self._client.with_options(layers=[budget.calls], attempt_layers=[budget.attempts]),
                    listing=self._listing,
                    terms=self._terms,
                    page_size=min(self._page_size, _ITEMS_AT_ONCE) if fan_out else self._page_size,
                ),
                fan_out=fan_out,
                sink=sink,
                key=key,
                strategy=self._strategy,
                partitions=self._partitions,
                workers=self._workers,
                concurrency=self._concurrency,
                follow=self._follow,
                catch_up=catch_up,
                every=self._every,
                slack=(timedelta(days=1) if catch_up else timedelta(minutes=1)) if self._slack is None else self._slack,
                report=self.report,
                on_progress=self._on_progress,
            )
            await Run(plan, ledger, self._stopping)()
        finally:
            try:
                await sink.aclose()
            finally:
                sink.in_use = False
        return self.report

    def stop(self) -> None:
        """End the run after what it has read is committed; `done` of the report says whether that was everything."""
        self._stopping.set()

    def _check_recognizes_new_items(self) -> None:
        """Refuse to look for new items where they cannot be recognized, or not be added.

        Raises:
            ValueError: the resource has no times, or the sink is complete at the end of a drain.
        """
        if isinstance(self._resource, FanOut) or not self._resource.dated:
            raise ValueError(f"new {self._resource.name} cannot be recognized by their time: drain them again instead")
        if self._sink is not None and not self._sink.endless:
            raise ValueError("a Parquet file is complete only at the end of a drain: use another sink")
