"""`payments-async export --dask`: an export that the workers of a cluster of Dask carry out."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from payments_async import ConfigurationError, PaymentsClient
from payments_async.cli.connection import client_for, variables_of
from payments_async.cli.export import check_modes, follow, selection_of, sink_of
from payments_async.cli.options import Cluster, Options, Resource
from payments_async.drain import DrainError, Report
from payments_async.drain.sinks.dsn import is_dsn
from payments_async.wire.options import is_loopback

_PATIENCE = 5
"""Seconds to wait for a scheduler."""
_TASKS = 4
"""How many tasks a worker process of this machine runs at the same time."""
_IGNORE_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""A terminal sends Ctrl-C to the workers too, which are to end when the command says so."""
_NO_PAGES: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""Dask's configuration for a scheduler and workers that show nothing over HTTP."""
_NO_LEVEL = logging.CRITICAL + 1


def exported_on(
    cluster: Cluster,
    resource: Resource,
    target: str,
    conditions: Sequence[str],
    options: Options,
    *,
    refused: Sequence[str],
    rate: float | None,
    resume: bool,
    replace: bool,
) -> Callable[[Any], Awaitable[None]]:
    """The command: have a list drained by a cluster.

    Args:
        cluster: The cluster.
        resource: The list.
        target: The DSN of a PostgreSQL database.
        conditions: The conditions that each item must meet.
        options: The options before the command.
        refused: The options that were given and only fit exports by one process.
        rate: Maximum number of requests per second.
        resume: Whether to continue an unfinished export.
        replace: Whether to overwrite an existing table.

    Raises:
        ValueError: options do not fit together, the API has no such list, the list does not support a condition, or the
            target is not a database that all workers can reach with a password of their own.
        DrainError: Dask is missing.
    """
    if refused:
        raise ValueError(f"{' and '.join(refused)} cannot be used with --dask: leave out one or the other")
    if rate is not None and rate < 0.1:
        raise ValueError("with --dask, --rate is 0.1 or more")
    _check(cluster, options)
    check_modes(resume=resume, update=False, replace=replace)
    selection = selection_of(resource, conditions, options.api)
    if not is_dsn(target):
        raise ValueError("with --dask, rows go where all workers write: give --to postgresql://USER@HOST/DATABASE")
    sink_of(target, None, spreadsheet=False)
    _dask("distributed")
    from payments_async.drain.dask import Stack, Tables, by_account, by_resource, drain_on

    own = f"{__name__}:{_allowing_http.__name__}" if options.allow_http else None
    stack = Stack(client=own, rate=rate)
    if resource == "balances":
        plan = by_account(stack, api=options.api)
    else:
        plan = by_resource(stack, resource.replace("-", "_"), api=options.api, query=selection.query)

    tables = Tables(target)

    async def work(connected: Any) -> None:
        async def drained(on_progress: Callable[[Report], None]) -> Report:
            (report,) = await drain_on(
                connected, plan, sink=tables, resume=resume, replace=replace, on_progress=on_progress
            )
            return report

        await follow(resource, target, drained)

    return work


def connected_to(cluster: Cluster, options: Options) -> AbstractAsyncContextManager[Any]:
    """A client of Dask that is connected to a cluster.

    Workers of this machine find the server in the options, or in this environment; those of another cluster in theirs.

    Raises:
        ConfigurationError: a setting is missing or not valid.
    """
    if cluster.address is not None:
        return _at(cluster.address)
    named = variables_of(options)
    client_for(named, allow_http=options.allow_http)  # refuses what the workers would
    return _here(cluster.workers, named)


def _check(cluster: Cluster, options: Options) -> None:
    """Refuse what would have no effect, and a cluster whose messages others can read.

    Raises:
        ValueError: there is such an option.
    """
    if cluster.address is None:
        return
    given = [
        f"--{name.replace('_', '-')}"
        for name in ("url", "client_id", "client_secret_file", "token_url", "api_path", "allow_http")
        if getattr(options, name) not in {None, False}
    ]
    if given:
        raise ValueError(
            f"the workers of {cluster.address} find their server in their own environment: leave out "
            f"{' and '.join(given)}"
        )
    parts = urlsplit(cluster.address)
    if parts.scheme == "tcp" and not is_loopback(parts.hostname or ""):
        raise ValueError(
            f"{cluster.address} is not encrypted: whoever reaches it can read tokens and run code on the workers; "
            "give the cluster TLS, and --dask its tls:// address"
        )


def _allowing_http() -> PaymentsClient:
    """The client of a worker of this machine after `--allow-http`."""
    return PaymentsClient.from_env(allow_http=True)


@asynccontextmanager
async def _at(address: str) -> AsyncGenerator[Any]:
    distributed = _dask("distributed")
    try:
        security = distributed.Security()
        encrypting = security.get_connection_args("client")["ssl_context"] is not None
    except OSError as error:
        raise ConfigurationError(f"the files of TLS in the configuration of Dask cannot be read: {error}") from error
    if address.startswith("tls:") and not encrypting:
        names = [f"DASK_DISTRIBUTED__COMM__TLS__{each}" for each in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")]
        raise ConfigurationError(f"{address} needs files of TLS: set {', '.join(names)}")
    try:
        client = await distributed.Client(address, security=security, timeout=_PATIENCE, asynchronous=True)
    except OSError as error:
        reason = re.sub(r"^in <.*>: ", "", str(error))
        raise DrainError(f"no connection to a scheduler of Dask at {address}: {reason}") from error
    async with client:
        yield client


@asynccontextmanager
async def _here(workers: int, named: Mapping[str, str]) -> AsyncGenerator[Any]:
    distributed, dask = _dask("distributed"), _dask("dask")
    with dask.config.set(_NO_PAGES):
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=_TASKS,
            processes=True,
            asynchronous=True,
            security=distributed.Security.temporary(),  # other users of this machine reach the ports, too
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=_NO_LEVEL,
            env=named,
            preload=_IGNORE_INTERRUPTS,
        )
        async with cluster, distributed.Client(cluster, asynchronous=True) as client:
            yield client


def _dask(module: str) -> Any:
    """A module of Dask, which prints nothing: the command tells what has failed.

    Raises:
        DrainError: it is missing.
    """
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        raise DrainError(
            f"{error.name} is missing; install what the extra `dask` needs: pip install distributed"
        ) from None
    for each in logging.getLogger("distributed").handlers:
        each.setLevel(_NO_LEVEL)
    warnings.filterwarnings("ignore", module="distributed")
    return found
