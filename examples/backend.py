"""A web backend where payments are listed, and transfers are looked at and approved.

Run: FORMANCE_URL=… FORMANCE_CLIENT_ID=… FORMANCE_CLIENT_SECRET=… python -m uvicorn --app-dir examples backend:app
"""

from fastapi import FastAPI

from payments_async import Page, PaymentsClient, RetryPolicy, Timeout
from payments_async.integrations.fastapi import Client, NDJSONResponse, Paging, add_error_handler, lifespan, readiness
from payments_async.models import Payment, TransferInitiation

# Somebody is waiting: give up sooner than a worker would.
options = {"timeout": Timeout(total=10), "retry": RetryPolicy(attempts=2)}
app = FastAPI(lifespan=lifespan(lambda: PaymentsClient.from_env(**options)))
app.include_router(readiness())
add_error_handler(app)


@app.get("/payments")
async def list_payments(client: Client, paging: Paging) -> Page[Payment]:
    return await paging.page(client.payments.list_payments)


@app.get("/payments.ndjson")
async def export_payments(client: Client) -> NDJSONResponse:
    return NDJSONResponse(client.payments.list_payments(page_size=100).by_page())


@app.get("/transfers/{transfer_id}")
async def show(transfer_id: str, client: Client) -> TransferInitiation:
    return await client.transfer_initiations.get_transfer_initiation(transfer_id)


@app.post("/transfers/{transfer_id}/approval", status_code=204)
async def approve(transfer_id: str, client: Client) -> None:
    await client.transfer_initiations.update_transfer_initiation_status(transfer_id, "VALIDATED")
