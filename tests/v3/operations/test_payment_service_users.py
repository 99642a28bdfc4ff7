"""Payment service users: links that are secret, and keys that go as a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.v3 import V3
from payments_async.v3.models import ContactDetailsRequest, CreatePaymentServiceUserRequest, Link
from tests.v3.conftest import Canned
from tests.v3.ids import CONNECTOR, OTHER_UUID, TASK, UUID

LINK = {"attemptID": OTHER_UUID, "link": "https://bank.example.com/?state=very-secret"}
SHOP = "https://shop.example.com/linked?a=1&b=2"

LINKS: dict[str, Callable[..., Any]] = {
    "create-link": lambda v3, **options: v3.payment_service_users.create_link_for_payment_service_user(
        UUID, CONNECTOR, SHOP, **options
    ),
    "connections/connection%2F1/update-link": lambda v3, **options: (
        v3.payment_service_users.update_link_for_payment_service_user_on_connector(
            UUID, CONNECTOR, "connection/1", SHOP, **options
        )
    ),
}


@pytest.mark.parametrize("path", LINKS)
async def test_a_link_is_read_and_hidden(client: PaymentsClient, canned: Canned, path: str) -> None:
    canned.will_answer(201, LINK)
    link: Link = await LINKS[path](client.v3)
    assert (link.attempt_id, link.link) == (OTHER_UUID, LINK["link"])
    assert "very-secret" not in repr(link)
    assert canned.path == f"/v3/payment-service-users/{UUID}/connectors/{CONNECTOR}/{path}"
    assert canned.query == {}
    assert canned.requests[0].body == f'{{"clientRedirectURL":"{SHOP}"}}'.encode()


@pytest.mark.parametrize("path", LINKS)
async def test_an_idempotency_key_goes_as_a_query(client: PaymentsClient, canned: Canned, path: str) -> None:
    canned.will_answer(201, LINK)
    await LINKS[path](client.v3, application_name="Shop", idempotency_key=OTHER_UUID)
    assert canned.query == {"Idempotency-Key": OTHER_UUID}
    assert "Idempotency-Key" not in canned.requests[0].headers
    assert b'"applicationName":"Shop"' in (canned.requests[0].body or b"")
    with pytest.raises(ValueError, match="Idempotency-Key is empty"):
        await LINKS[path](client.v3, idempotency_key="")


REMOVALS: dict[str, Callable[[V3], Any]] = {
    "": lambda v3: v3.payment_service_users.delete_payment_service_user(UUID),
    f"/connectors/{CONNECTOR}": lambda v3: v3.payment_service_users.delete_payment_service_user_connector(
        UUID, CONNECTOR
    ),
    f"/connectors/{CONNECTOR}/connections/a%2Fb": lambda v3: (
        v3.payment_service_users.delete_payment_service_user_connection_from_connector_id(UUID, CONNECTOR, "a/b")
    ),
}


@pytest.mark.parametrize("path", REMOVALS)
async def test_a_removal_gives_the_task_that_does_it(client: PaymentsClient, canned: Canned, path: str) -> None:
    canned.will_answer(202, {"data": {"taskID": TASK}})
    assert await REMOVALS[path](client.v3) == TASK
    assert (canned.requests[0].method, canned.path) == ("DELETE", f"/v3/payment-service-users/{UUID}{path}")


async def test_a_user_is_known_by_their_id_and_their_contact_stays_out_of_reprs(
    client: PaymentsClient, canned: Canned
) -> None:
    canned.will_answer(201, {"data": UUID})
    details = ContactDetailsRequest(email="ada@example.com", phone_number="+33612345678", locale="fr-FR")
    request = CreatePaymentServiceUserRequest(name="Ada", contact_details=details, bank_account_ids=[OTHER_UUID])
    assert await client.v3.payment_service_users.create_payment_service_user(request) == UUID
    assert not [each for each in ("ada@", "+336") if each in repr(request)]
    sent = (canned.requests[0].body or b"").decode()
    assert '"contactDetails":{"email":"ada@example.com","phoneNumber":"+33612345678","locale":"fr-FR"}' in sent


async def test_what_has_no_answer_gives_none(client: PaymentsClient) -> None:
    users: Any = client.v3.payment_service_users
    assert await users.forward_payment_service_user_to_provider(UUID, CONNECTOR) is None
    assert await users.add_bank_account_to_payment_service_user(UUID, OTHER_UUID) is None
