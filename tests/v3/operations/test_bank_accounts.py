"""Bank accounts: kept, and forwarded by a task."""

from __future__ import annotations

from payments_async import PaymentsClient
from payments_async.v3.models import CreateBankAccountRequest
from tests.v3.conftest import Canned
from tests.v3.ids import CONNECTOR, OTHER_UUID, TASK, UUID

IBAN = "FR7630006000011234567890189"


async def test_what_is_kept_is_known_by_its_id(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(201, {"data": UUID})
    request = CreateBankAccountRequest(name="Supplier", iban=IBAN)
    assert await client.v3.bank_accounts.create_bank_account(request) == UUID
    assert canned.requests[0].secrets == (IBAN,)
    assert IBAN not in f"{request!r}{canned.requests[0]!r}"


async def test_forwarding_gives_the_task(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"taskID": TASK}})
    assert await client.v3.bank_accounts.forward_bank_account(UUID, CONNECTOR) == TASK
    assert canned.requests[0].body == f'{{"connectorID":"{CONNECTOR}"}}'.encode()
    users = client.v3.payment_service_users
    assert await users.forward_payment_service_user_bank_account(UUID, OTHER_UUID, CONNECTOR) == TASK
    assert canned.path == f"/v3/payment-service-users/{UUID}/bank-accounts/{OTHER_UUID}/forward"


async def test_metadata_of_a_bank_account_goes_out_under_its_name(client: PaymentsClient, canned: Canned) -> None:
    await client.v3.bank_accounts.update_bank_account_metadata(UUID, {"a": "b"})
    assert canned.requests[0].body == b'{"metadata":{"a":"b"}}'
