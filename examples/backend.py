"""A web backend where transfers are looked at and approved; one client serves it from its start to its end.

Run: FORMANCE_URL=… FORMANCE_CLIENT_ID=… FORMANCE_CLIENT_SECRET=… python -m uvicorn --app-dir examples backend:app
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Request
from fastapi.responses import JSONResponse

import payments_async
from payments_async import PaymentsClient, PaymentsError, RetryPolicy, Timeout


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, PaymentsClient]]:
    # Somebody is waiting: give up sooner than a worker would.
    async with PaymentsClient.from_env(timeout=Timeout(total=10), retry=RetryPolicy(attempts=2)) as client:
        yield {"client": client}


def application_client(request: Request) -> PaymentsClient:
    client: PaymentsClient = request.state.client
    return client


app = FastAPI(lifespan=lifespan)
Client = Annotated[PaymentsClient, Depends(application_client)]
TransferId = Annotated[str, Path(pattern=r"^[\w-]+$")]


@app.get("/transfers/{transfer_id}")
async def show(transfer_id: TransferId, client: Client) -> dict[str, str]:
    transfer = await client.transfer_initiations.get_transfer_initiation(transfer_id)
    return {"reference": transfer.reference, "status": transfer.status, "amount": f"{transfer.amount} {transfer.asset}"}


@app.post("/transfers/{transfer_id}/approval", status_code=204)
async def approve(transfer_id: TransferId, client: Client) -> None:
    await client.transfer_initiations.update_transfer_initiation_status(transfer_id, "VALIDATED")


@app.exception_handler(PaymentsError)
async def explain(_: Request, error: PaymentsError) -> JSONResponse:
    match error:
        case payments_async.NotFoundError():
            return JSONResponse({"detail": "there is no such transfer"}, 404)
        case payments_async.ValidationError():
            return JSONResponse({"detail": "not the id of a transfer, or of one that waits no longer"}, 422)
        case payments_async.RateLimitedError(retry_after=seconds):
            return JSONResponse({"detail": "try again later"}, 429, {"Retry-After": f"{seconds or 1:.0f}"})
        case payments_async.OutcomeUnknownError() | payments_async.DeadlineExceededError():
            return JSONResponse({"detail": "no answer: look at the transfer again, an approval may have happened"}, 504)
        case payments_async.ConnectionFailedError():
            return JSONResponse({"detail": "no connection: nothing has happened, try again"}, 503)
        case _:
            return JSONResponse({"detail": "the payments service failed"}, 502)
