import inspect
from functools import cached_property
from unittest.mock import AsyncMock, create_autospec

import pytest

from payments_async import PaymentsClient
from payments_async.models import Payment
from payments_async.testing import example


@pytest.mark.parametrize("instance", [True, False])
async def test_a_mock_has_the_shape_of_the_client(*, instance: bool) -> None:
    client = create_autospec(PaymentsClient, instance=instance)
    client.payments.get_payment.return_value = example(Payment)
    assert await client.payments.get_payment("id") == example(Payment)
    client.payments.get_payment.assert_awaited_once_with("id")
    assert isinstance(client.v3.payments.get_payment, AsyncMock)
    client.payments.list_payments(page_size=3)
    with pytest.raises(TypeError):
        client.payments.list_payments(size=3)
    with pytest.raises(TypeError):
        await client.payments.get_payment()
    with pytest.raises(AttributeError):
        client.payments.get_payments  # noqa: B018


def test_the_groups_of_operations_are_properties_with_their_docstrings() -> None:
    parts = {name: value for name, value in vars(PaymentsClient).items() if isinstance(value, cached_property)}
    assert set(parts) >= {"payments", "v3"}
    assert all(inspect.getdoc(value) for value in parts.values())
    client = PaymentsClient("https://payments.example")
    assert client.payments is client.payments
