"""Made-up payments as the real servers write them, and the answers that hold them, encoded once."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

DISTINCT = 30_000
"""How many different payments there are; lists of more begin again with the first."""

PAYMENTS = "/api/payments/payments"
PAYMENTS_V3 = "/api/payments/v3/payments"
TOKEN = "/api/auth/oauth/token"

Payments = Callable[[int], Iterator[dict[str, Any]]]
"""Makes so many payments."""

Cursors = Callable[[int, int], str]
"""Makes the cursor of an offset and a page size."""

_CONNECTOR = {"Provider": "STRIPE", "Reference": "7f0c4d5e-2b1a-4c3d-9e8f-6a5b4c3d2e1f"}
_BEGIN = datetime(2024, 3, 1, 12, tzinfo=UTC)


def payments(count: int) -> Iterator[dict[str, Any]]:
    """Payments of about 800 bytes, the same every time: one in ten has two adjustments, some amounts are huge."""
    chance = random.Random(7)
    for number in range(count):
        kind = chance.choice(["PAY-IN", "PAY-IN", "PAYOUT", "TRANSFER"])
        made_at = _BEGIN + timedelta(seconds=61 * number, microseconds=chance.randrange(1, 10**6))
        amount = chance.randrange(10**24, 10**25) if number % 50 == 0 else chance.randrange(100, 10**6)
        refunds = [chance.randrange(1, 50) for _ in range(2)] if number % 10 == 0 else []
        account = _id({"ConnectorID": _CONNECTOR, "Reference": f"acct_{chance.randrange(1000):03}"})
        reference = f"pi_{number:07}"
        yield {
            "id": _id({"ConnectorID": _CONNECTOR, "Reference": reference, "Type": kind}),
            "reference": reference,
            "sourceAccountID": "" if kind == "PAY-IN" else account,
            "destinationAccountID": account if kind == "PAY-IN" else "",
            "type": kind,
            "provider": "STRIPE",
            "status": "REFUNDED" if refunds else chance.choice(["SUCCEEDED", "SUCCEEDED", "PENDING", "FAILED"]),
            "initialAmount": amount,
            "amount": amount - sum(refunds),
            "scheme": chance.choice(["visa", "mastercard", "sepa debit", "other"]),
            "asset": chance.choice(["USD/2", "EUR/2", "GBP/2"]),
            "createdAt": _time(made_at),
            "connectorID": _id(_CONNECTOR),
            "raw": {"id": reference, "object": "payment_intent", "fee": chance.randrange(90)},
            "adjustments": [
                {
                    "reference": f"re_{number:07}_{part}",
                    "createdAt": _time(made_at + timedelta(hours=part + 1, microseconds=part)),
                    "status": "REFUNDED",
                    "amount": refund,
                    "raw": {"id": f"re_{number:07}_{part}"},
                }
                for part, refund in enumerate(refunds)
            ],
            "metadata": {"order": str(number)} if number % 2 else None,
        }


def payments_v3(count: int) -> Iterator[dict[str, Any]]:
    """The same payments as lists of v3 have them, of about 800 bytes too."""
    connector = _id({**_CONNECTOR, "Provider": "stripe"})
    schemes = {"visa": "CARD_VISA", "mastercard": "CARD_MASTERCARD", "sepa debit": "SEPA_DEBIT", "other": "OTHER"}
    for payment in payments(count):
        source, destination = payment["sourceAccountID"], payment["destinationAccountID"]
        yield {
            "id": payment["id"],
            "connectorID": connector,
            "provider": "stripe",
            "reference": payment["reference"],
            "createdAt": payment["createdAt"],
            "type": payment["type"],
            "initialAmount": payment["initialAmount"],
            "amount": payment["amount"],
            "asset": payment["asset"],
            "scheme": schemes[payment["scheme"]],
            "status": payment["status"],
            "sourceAccountID": source or None,
            "destinationAccountID": destination or (source if payment["type"] == "TRANSFER" else None),
            "metadata": {**payment["metadata"], "channel": "web"} if payment["metadata"] else {},
            "adjustments": None,
        }


def encoded(value: Any) -> bytes:
    """JSON as the server writes it: compact."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def cursor(offset: int, size: int) -> str:
    """The cursor of the page that begins at an offset."""
    filters: dict[str, Any] = {"qb": None, "Sorter": None, "pageSize": size, "options": {}}
    return _base64({"offset": offset, "order": 0, "pageSize": size, "filters": filters})


def cursor_v3(offset: int, size: int) -> str:
    """The cursor of the page of v3 that begins at an offset."""
    filters: dict[str, Any] = {"qb": None, "pageSize": size, "options": {}}
    return _base64({"offset": offset, "order": 0, "pageSize": size, "filters": filters})


LISTS: dict[str, tuple[Payments, Cursors]] = {PAYMENTS: (payments, cursor), PAYMENTS_V3: (payments_v3, cursor_v3)}
"""What the lists hold, and how their cursors are written, by path."""


def pages(items: int, size: int, path: str = PAYMENTS) -> Iterator[tuple[bytes, bytes]]:
    """The answers of a list, page by page, each in two parts of which only the first is its own.

    Args:
        items: How many payments the list has: a multiple of `size`, above `DISTINCT` one of `DISTINCT`.
        size: How many a page has.
        path: Which list it is.
    """
    payments, cursor = LISTS[path]
    texts = [encoded(payment) for payment in payments(min(items, DISTINCT))]
    data = [b",".join(texts[start : start + size]) + b"]}}\n" for start in range(0, len(texts), size)]
    for number in range(items // size):
        offset = number * size
        page: dict[str, Any] = {"pageSize": size, "hasMore": offset + size < items}
        if offset:
            page["previous"] = cursor(offset - size, size)
        if page["hasMore"]:
            page["next"] = cursor(offset + size, size)
        yield b'{"cursor":%b,"data":[' % encoded(page)[:-1], data[number % len(data)]


def _id(named: dict[str, Any]) -> str:
    return _base64(dict(sorted(named.items())))


def _base64(value: Any) -> str:
    return base64.urlsafe_b64encode(encoded(value)).rstrip(b"=").decode()


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


PAYMENT_ID: str = next(payments(1))["id"]
