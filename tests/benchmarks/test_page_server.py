from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from unittest.mock import ANY

import attrs
import msgspec
import pytest

from benchmarks import pages
from benchmarks.contestants import limit, limit_v3
from benchmarks.processes import serving
from benchmarks.server import ENCODINGS
from payments_async import ClientCredentials, NotFoundError, Page, PaymentsClient
from payments_async.models import Payment, PaymentAdjustment, PaymentRequest, PaymentScheme, PaymentStatus, PaymentType
from payments_async.v3 import models as models_v3

AUTH = ClientCredentials("bench", "bench")


async def drained(url: str) -> list[Page[Payment]]:
    async with PaymentsClient(url, auth=AUTH) as client:
        return [page async for page in client.payments.list_payments(page_size=100).by_page()]


async def test_a_list_has_as_many_payments_and_pages_as_were_asked_for() -> None:
    with serving(items=600, page_size=15) as url:
        walked = await drained(url)
    assert [len(page.data) for page in walked] == [15] * 40
    assert {page.page_size for page in walked} == {15}
    assert len({payment.id for page in walked for payment in page.data}) == 600
    assert walked[0].previous is None
    assert [later.previous for _, later in pairwise(walked)] == [pages.cursor(15 * place, 15) for place in range(39)]


@pytest.mark.parametrize("encoding", ["identity", *ENCODINGS])
async def test_pages_are_the_same_however_they_are_compressed(encoding: str) -> None:
    with serving(items=200, encoding=encoding) as url:
        references = [payment.reference for page in await drained(url) for payment in page.data]
    assert references == [payment["reference"] for payment in pages.payments(200)]


async def test_a_payment_is_got_and_created_and_nothing_else_is_known() -> None:
    request = PaymentRequest(
        reference="pi_0000000",
        connector_id="c" * 100_000,
        created_at=datetime(2024, 3, 1, tzinfo=UTC),
        amount=1,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.VISA,
        asset="USD/2",
    )
    with serving(items=100) as url:
        async with PaymentsClient(url, auth=AUTH) as client:
            assert (await client.payments.get_payment(pages.PAYMENT_ID)).id == pages.PAYMENT_ID
            assert (await client.payments.create_payment(request)).id == pages.PAYMENT_ID
            with pytest.raises(NotFoundError):
                await client.server.get_server_info()


def test_a_long_list_repeats_its_payments_under_cursors_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "DISTINCT", 200)
    made = list(pages.pages(600, 100))
    assert len({opening for opening, _ in made}) == 6
    assert [data for _, data in made[:2]] * 3 == [data for _, data in made]


def test_payments_are_like_the_real_ones() -> None:
    made = list(pages.payments(1_000))
    assert 780 < sum(len(pages.encoded(payment)) for payment in made) / len(made) < 840
    assert max(payment["amount"] for payment in made) > 2**64
    assert {len(payment["adjustments"]) for payment in made} == {0, 2}
    assert any(payment["metadata"] is None for payment in made)
    assert made == list(pages.payments(1_000))


async def test_the_limit_reads_all_that_our_client_reads() -> None:
    with serving(items=100) as url:
        (ours,) = await drained(url)
    its = limit.read_page(b"".join(next(pages.pages(100, 100)))).cursor
    for payment, struct in zip(ours.data, its.data, strict=True):
        assert wire(payment) == {
            **msgspec.structs.asdict(struct),
            "metadata": struct.metadata or {},
            "adjustments": ANY,
        }
        assert [wire(each) for each in payment.adjustments] == [
            msgspec.structs.asdict(each) for each in struct.adjustments
        ]


def test_payments_of_v3_are_like_the_real_ones() -> None:
    made = list(pages.payments_v3(1_000))
    assert 750 < sum(len(pages.encoded(payment)) for payment in made) / len(made) < 840
    assert max(payment["amount"] for payment in made) > 2**64
    assert {bool(payment["metadata"]) for payment in made} == {True, False}
    assert {payment["sourceAccountID"] is None for payment in made} == {True, False}
    assert made == list(pages.payments_v3(1_000))


async def test_the_limit_of_v3_reads_all_that_our_client_reads() -> None:
    with serving(items=200) as url:
        async with PaymentsClient(url, auth=AUTH) as client:
            ours = [payment async for payment in client.v3.payments.list_payments(page_size=100)]
    bodies = [b"".join(page) for page in pages.pages(200, 100, pages.PAYMENTS_V3)]
    its = [payment for body in bodies for payment in limit_v3.read_page(body).cursor.data]
    assert [wire(payment) for payment in ours] == [{**msgspec.structs.asdict(each), "adjustments": []} for each in its]


def wire(model: Payment | PaymentAdjustment | models_v3.Payment) -> dict[str, Any]:
    """The members of a model by their names on the wire."""
    return {field.metadata.get("wire", field.name): getattr(model, field.name) for field in attrs.fields(type(model))}
