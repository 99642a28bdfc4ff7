"""What is drained on a cluster: the resources of one stack or of several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.arguments import terms_of
from payments_async.drain.dask.named import check_named, named
from payments_async.drain.partition import Strategy
from payments_async.drain.resources import RESOURCES, FanOut, listing_named, resource_named
from payments_async.filters import Filter
from payments_async.wire.jsontext import json_text

Api: TypeAlias = Literal["v1", "v3"]
"""Which API has a resource: that of `client`, or that of `client.v3`."""


def _check_name(_: object, __: attrs.Attribute[str], value: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,40}", value):
        raise ValueError(f"{value!r} is no name of a stack: give a letter, then letters, digits and _, 41 at most")


def _check_client(_: object, __: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        check_named(value)


def _check_rate(_: object, __: attrs.Attribute[float | None], value: float | None) -> None:
    if value is not None and not 0.1 <= value < float("inf"):
        raise ValueError(f"rate is {value!r}: give 0.1 or more requests a second, or None for no limit")


@attrs.frozen
class Stack:
    """A stack to drain from.

    Attributes:
        name: Tells its requests and its token from those of other stacks.
        client: A function on the workers that returns a `PaymentsClient` for it, by its import path, such as
            `ours.stacks:europe`; by default, `PaymentsClient.from_env`. No credentials are sent to the workers.
        rate: Maximum number of requests per second of all workers together, 0.1 or more; no limit by default.

    Raises:
        ValueError: an attribute is not valid.
    """

    name: str = attrs.field(default="default", validator=_check_name)
    client: str | None = attrs.field(default=None, kw_only=True, validator=_check_client)
    rate: float | None = attrs.field(default=None, kw_only=True, validator=_check_rate)

    def connect(self) -> PaymentsClient:
        """The client; called on a worker.

        Raises:
            ConfigurationError: the worker's environment has no credentials.
            DrainError: the worker has no such function, or it returns something else.
        """
        if self.client is None:
            return PaymentsClient.from_env()
        client: PaymentsClient = named(self.client, PaymentsClient)
        return client


@attrs.frozen(kw_only=True)
class Job:
    """One resource of a stack, drained into one target. Tasks carry it to the workers.

    Attributes:
        stack: The stack.
        resource: The name of the resource, as `Drain` takes it.
        api: The API that has it.
        table: The name of the target among those of the plan.
        query: A filter as JSON text.
        strategy: As `Drain` takes it.
        page_size: Items per page.
        concurrency: How many calls of a fan-out a task makes at once.
        calls: Whether it makes a call for each item of a list.
    """

    stack: Stack
    resource: str
    api: Api
    table: str
    query: str | None = attrs.field(default=None, repr=False)
    strategy: Strategy | None = None
    page_size: int = 1000
    concurrency: int = 8
    calls: bool = False


def by_resource(
    stack: Stack,
    *resources: str,
    api: Api = "v1",
    query: Filter[Any] | Mapping[str, Any] | str | None = None,
    strategy: Strategy | None = None,
    page_size: int = 1000,
    concurrency: int = 8,
) -> tuple[Job, ...]:
    """A job for each of these resources of a stack.

    Args:
        stack: The stack.
        resources: Their names, as `Drain` takes them.
        api: The API that has them.
        query: A filter that each of these lists takes.
        strategy: As `Drain` takes it.
        page_size: Items per page.
        concurrency: How many calls of a fan-out, such as balances, a task makes at once.

    Raises:
        ValueError: there is no such resource, or it does not take the query.
    """
    return tuple(
        _job(stack, each, api, query, strategy=strategy, page_size=page_size, concurrency=concurrency)
        for each in resources
    )


def by_stack(
    stacks: Iterable[Stack],
    *resources: str,
    api: Api = "v1",
    query: Filter[Any] | Mapping[str, Any] | str | None = None,
    strategy: Strategy | None = None,
    page_size: int = 1000,
    concurrency: int = 8,
) -> tuple[Job, ...]:
    """A job for each of these resources of each stack, into tables such as `europe_payments`.

    The arguments are those of `by_resource`, and so are the errors.
    """
    jobs = [
        job
        for stack in stacks
        for job in by_resource(
            stack, *resources, api=api, query=query, strategy=strategy, page_size=page_size, concurrency=concurrency
        )
    ]
    return tuple(attrs.evolve(job, table=f"{job.stack.name}_{job.table}") for job in jobs)


def by_account(
    stack: Stack,
    *,
    api: Api = "v1",
    query: Filter[Any] | Mapping[str, Any] | str | None = None,
    chunk: int = 100,
    concurrency: int = 8,
) -> tuple[Job, ...]:
    """A job for the balances of all accounts: a call for each account, chunk by chunk.

    Args:
        stack: The stack.
        api: The API whose accounts they are.
        query: A filter of the accounts.
        chunk: How many accounts a task lists at a time, 100 at most; a checkpoint names those that are done.
        concurrency: How many calls a task makes at once.

    Raises:
        ValueError: the chunk is not from 1 to 100, or accounts do not take the query.
    """
    if not 1 <= chunk <= 100:
        raise ValueError(f"chunk is {chunk!r}: give 1 to 100 accounts")
    return (_job(stack, "balances", api, query, strategy=None, page_size=chunk, concurrency=concurrency),)


def _job(
    stack: Stack,
    resource: str,
    api: Api,
    query: Filter[Any] | Mapping[str, Any] | str | None,
    *,
    strategy: Strategy | None,
    page_size: int,
    concurrency: int,
) -> Job:
    known = RESOURCES
    if api == "v3":
        from payments_async.drain import v3  # noqa: PLC0415  # loads its models

        known = v3.RESOURCES
    found = resource_named(resource, known)
    terms = terms_of(query, listing_named(found.of, known) if isinstance(found, FanOut) else found)
    return Job(
        stack=stack,
        resource=found.name,
        api=api,
        table=found.name,
        query=json_text({"$and": list(terms)}) if terms else None,
        strategy=strategy,
        page_size=page_size,
        concurrency=concurrency,
        calls=isinstance(found, FanOut),
    )
