"""A service that watches the connectors of a stack, and asks about all of them at once.

Run: FORMANCE_URL=… FORMANCE_CLIENT_ID=… FORMANCE_CLIENT_SECRET=… python examples/service.py

It prints a line for each connector every ten seconds, or as many as its argument says, until Ctrl-C or SIGTERM ends it.
"""

import asyncio
import signal
import sys
from contextlib import suppress

from payments_async import PaymentsClient, PaymentsError, filters
from payments_async.models import InstalledConnector, TaskStatus


async def newest_payment(client: PaymentsClient, connector: InstalledConnector) -> str:
    query = filters.payments.connector_id.match(connector.connector_id)
    page = await client.payments.list_payments(page_size=1, query=query).first()
    return f"{page.data[0].created_at:%Y-%m-%d %H:%M}" if page.data else "never"


async def failed_tasks(client: PaymentsClient, connector: InstalledConnector) -> int:
    tasks = client.connectors.list_connector_tasks_v1(connector.provider, connector.connector_id, page_size=100)
    return len([task async for task in tasks if task.status == TaskStatus.FAILED])


async def report(client: PaymentsClient) -> None:
    """Print how the connectors are; the first call that fails cancels the others."""
    connectors = await client.connectors.list_all_connectors()
    async with asyncio.TaskGroup() as calls:
        answers = [
            (calls.create_task(newest_payment(client, connector)), calls.create_task(failed_tasks(client, connector)))
            for connector in connectors
        ]
    for connector, (newest, failed) in zip(connectors, answers, strict=True):
        print(f"{connector.name}: last payment {newest.result()}, {failed.result()} failed tasks", flush=True)


async def main(seconds: float) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with PaymentsClient.from_env() as client:
        while not stop.is_set():
            try:
                await report(client)
            except* PaymentsError as errors:
                print("no report this time:", *errors.exceptions, flush=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if sys.argv[1:] else 10))
