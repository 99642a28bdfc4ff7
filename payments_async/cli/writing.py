"""`payments-async create`, `transfers` and `request`: what changes something on the server."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from payments_async import PaymentsClient, models
from payments_async.cli.connection import Work
from payments_async.cli.details import show_item
from payments_async.cli.finding import check_named, find
from payments_async.cli.options import Api, Resource
from payments_async.cli.output import show_json
from payments_async.cli.reading import fetch
from payments_async.cli.tables import is_short_id
from payments_async.cli.where import amount_of
from payments_async.drain.rows import plain
from payments_async.wire.jsontext import UNREADABLE, value_in


class NewPayment(NamedTuple):
    """A payment to record, as a user types it; `amount` is in the main unit of its asset, such as `12.50USD/2`."""

    reference: str
    connector_id: str
    amount: str
    type: str
    status: str
    scheme: str
    created_at: str
    source_account_id: str | None
    destination_account_id: str | None


def created(payment: NewPayment, api: Api, *, as_json: bool) -> Work:
    """The command: record a payment unless it exists already, and show it.

    Raises:
        ValueError: an option is not valid.
    """
    request = _v3_request(payment) if api == "v3" else models.PaymentRequest(**_fields(payment, models))

    async def work(client: PaymentsClient) -> None:
        payments: Any = client.v3.payments if api == "v3" else client.payments
        show_item(plain(await payments.ensure_payment(request)), as_json=as_json)

    return work


def _fields(payment: NewPayment, of: Any) -> dict[str, Any]:
    """The fields that the requests of both APIs have.

    Args:
        payment: The payment.
        of: The module with the models of the API.
    """
    amount, asset = amount_of(payment.amount) or (None, None)
    if amount is None:
        raise ValueError(f"--amount {payment.amount}: give a number in the main unit and its asset, such as 12.50USD/2")
    return {
        "reference": payment.reference,
        "connector_id": payment.connector_id,
        "created_at": _time(payment.created_at),
        "amount": amount,
        "asset": asset,
        "type": _member(of.PaymentType, payment.type, "--type"),
        "status": _member(of.PaymentStatus, payment.status, "--status"),
        "scheme": _member(of.PaymentScheme, payment.scheme, "--scheme"),
        "source_account_id": payment.source_account_id,
        "destination_account_id": payment.destination_account_id,
    }


def _v3_request(payment: NewPayment) -> Any:
    from payments_async.v3 import models as v3  # loads the models of that API

    given = _fields(payment, v3)
    event = {name: given[name] for name in ("reference", "created_at", "amount", "asset")}
    adjustment = v3.CreatePaymentAdjustmentRequest(status=given.pop("status"), **event)
    return v3.CreatePaymentRequest(initial_amount=given["amount"], adjustments=[adjustment], **given)


def _member(kind: Any, text: str, option: str) -> Any:
    known = {member.value.casefold(): member for member in kind}
    if text.casefold() not in known:
        raise ValueError(f"{option} {text}: give one of {', '.join(member.value for member in kind)}")
    return known[text.casefold()]


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ValueError(f"--created-at {text}: give a time with its zone, such as 2026-01-31T12:00:00Z")
    return time


_Change: TypeAlias = Callable[[PaymentsClient, str], Awaitable[str | None]]
"""A change of a transfer, named by its id; it returns the id of the task that makes it, if there is one."""


def approved(transfer_id: str | None, reference: str | None, api: Api, *, as_json: bool) -> Work:
    """The command: approve a transfer initiation, or a payment initiation of the current API.

    Raises:
        ValueError: not exactly one of id and reference is given, or the id is a short one.
    """

    async def approve(client: PaymentsClient, found: str) -> str | None:
        if api == "v3":
            return await client.v3.payment_initiations.approve_payment_initiation(found)
        validated = models.TransferInitiationStatus.VALIDATED
        await client.transfer_initiations.update_transfer_initiation_status(found, validated)
        return None

    return _changed(approve, transfer_id, reference, api, as_json=as_json)


def retried(transfer_id: str | None, reference: str | None, api: Api, *, as_json: bool) -> Work:
    """The command: retry a transfer initiation that failed, or a payment initiation of the current API.

    Raises:
        ValueError: not exactly one of id and reference is given, or the id is a short one.
    """

    async def retry(client: PaymentsClient, found: str) -> str | None:
        if api == "v3":
            return await client.v3.payment_initiations.retry_payment_initiation(found)
        await client.transfer_initiations.retry_transfer_initiation(found)
        return None

    return _changed(retry, transfer_id, reference, api, as_json=as_json)


def _changed(change: _Change, transfer_id: str | None, reference: str | None, api: Api, *, as_json: bool) -> Work:
    resource: Resource = "payment-initiations" if api == "v3" else "transfer-initiations"
    check_named(resource, transfer_id, reference, api)
    if transfer_id is not None and is_short_id(transfer_id):
        # Two ids can have the same short form. Money moves by the whole one only.
        raise ValueError(f"{transfer_id} is a short id: give the whole one, as `list {resource} --columns id` shows it")

    async def work(client: PaymentsClient) -> None:
        found = await find(client, resource, transfer_id, reference, api)
        task_id = await change(client, found)
        if task_id is None:
            show_item(plain(await fetch(client, resource, found, api)), as_json=as_json)
        else:
            show_item({"id": found, "task_id": task_id}, as_json=as_json)

    return work


def requested(method: str, path: str, query: Sequence[str], body: str | None) -> Work:
    """The command: call any route, and print the JSON of its response.

    Args:
        method: The HTTP method.
        path: The path below that of the API.
        query: Parameters, each one `NAME=VALUE`.
        body: JSON text; `@FILE` is a file that contains it, `-` is standard input.

    Raises:
        ValueError: a parameter or the body is not valid.
        OSError: the file cannot be read.
    """
    parameters = _parameters(query)
    content = None if body is None else _json(body)

    async def work(client: PaymentsClient) -> None:
        response = await client.request(method.upper(), path, query=parameters, body=content)
        if response is not None:
            show_json(response)

    return work


def _parameters(query: Sequence[str]) -> dict[str, Any]:
    parameters = dict[str, list[str]]()
    for each in query:
        name, sign, value = each.partition("=")
        if not (name and sign):
            raise ValueError(f"--query {each}: give NAME=VALUE")
        parameters.setdefault(name, []).append(value)
    return parameters


def _json(body: str) -> Any:
    if body == "-":
        where, text = "standard input", sys.stdin.buffer.read()
    elif body.startswith("@"):
        where, text = body[1:], _content(Path(body[1:]))
    else:
        where, text = "--body", body.encode()
    try:
        return value_in(text)
    except (ValueError, *UNREADABLE) as error:
        raise ValueError(f"{where} is not JSON: {error}") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OSError(f"{file} cannot be read: {error.strerror}") from error
