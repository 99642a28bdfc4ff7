"""The declarations of the commands in groups: `tasks`, `transfers` and `create`."""

from __future__ import annotations

from functools import partial

import typer

from payments_async.cli import options

examples: partial[str] = partial(options.lines, "Examples")

tasks: typer.Typer = typer.Typer(
    help="Show a task, or wait until it has ended. A task is work that the server does by itself."
)


@tasks.command("get", epilog=examples("payments-async --api v3 tasks get ID"))
def get_task(context: typer.Context, task_id: options.TaskId, *, as_json: options.Json = False) -> None:
    """Show one task with all its fields."""
    from payments_async.cli.connection import run
    from payments_async.cli.details import fetched

    run(context.obj, partial(fetched, "tasks", task_id, context.obj.api, as_json=as_json))


@tasks.command("wait", epilog=examples("payments-async --api v3 tasks wait ID --timeout 600"))
def wait_for_task(
    context: typer.Context,
    task_id: options.TaskId,
    *,
    timeout: options.WaitTimeout = 60,
    as_json: options.Json = False,
) -> None:
    """Wait until a task has succeeded, and show it. It can be called again, which changes nothing.

    It fails if the task fails, or if the time is over.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.details import awaited

    run(context.obj, partial(awaited, task_id, context.obj.api, timeout=timeout, as_json=as_json))


transfers: typer.Typer = typer.Typer(
    help="Approve or retry a transfer initiation, or with --api v3 a payment initiation."
)


@transfers.command("approve", epilog=examples("payments-async transfers approve ID"))
def approve(
    context: typer.Context,
    transfer_id: options.TransferId = None,
    *,
    reference: options.Reference = None,
    as_json: options.Json = False,
) -> None:
    """Approve a transfer that waits for it: the server then sends it to the provider.

    It shows the transfer afterwards, or with --api v3 the id of the task, for `tasks wait`.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.writing import approved

    run(context.obj, partial(approved, transfer_id, reference, context.obj.api, as_json=as_json))


@transfers.command("retry", epilog=examples("payments-async transfers retry --reference payout-17"))
def retry(
    context: typer.Context,
    transfer_id: options.TransferId = None,
    *,
    reference: options.Reference = None,
    as_json: options.Json = False,
) -> None:
    """Send a transfer that failed to the provider again.

    It shows the transfer afterwards, or with --api v3 the id of the task, for `tasks wait`.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.writing import retried

    run(context.obj, partial(retried, transfer_id, reference, context.obj.api, as_json=as_json))


create: typer.Typer = typer.Typer(help="Record a payment.")


@create.callback()
def _only_group() -> None:
    """Keep `payment` a command of its own, although it is the only one."""


@create.command(
    "payment",
    epilog=examples(
        "payments-async create payment --reference order-17 --connector-id ID \\",
        "    --amount 12.50USD/2 --type PAY-IN --created-at 2026-01-31T12:00:00Z",
    ),
)
def create_payment(
    context: typer.Context,
    *,
    reference: options.NewReference,
    connector_id: options.ConnectorId,
    amount: options.Amount,
    kind: options.PaymentKind,
    created_at: options.CreatedAt,
    status: options.PaymentState = "SUCCEEDED",
    scheme: options.Scheme = "other",
    source_account_id: options.SourceAccountId = None,
    destination_account_id: options.DestinationAccountId = None,
    as_json: options.Json = False,
) -> None:
    """Record a payment unless it exists already, and show it.

    The same command can be repeated after any failure: it never records the payment twice. It fails if another payment
    has the reference.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.writing import NewPayment, created

    payment = NewPayment(
        reference=reference,
        connector_id=connector_id,
        amount=amount,
        type=kind,
        status=status,
        scheme=scheme,
        created_at=created_at,
        source_account_id=source_account_id,
        destination_account_id=destination_account_id,
    )
    run(context.obj, partial(created, payment, context.obj.api, as_json=as_json))
