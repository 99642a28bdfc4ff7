"""A worker that copies all payments into a file, and goes on where it was stopped.

Run: FORMANCE_URL=… FORMANCE_CLIENT_ID=… FORMANCE_CLIENT_SECRET=… python examples/worker.py payments.csv

After each page it saves, in `payments.csv.saved`, the cursor of the next page and the length that the file had by then.
Killed at any moment and started again, it cuts the file back to that length and goes on: it writes each payment once.
"""

import asyncio
import csv
import json
import os
import sys
from pathlib import Path
from typing import TextIO

from payments_async import PaymentsClient
from payments_async.filters import asc
from payments_async.models import Payment


def write(payments: list[Payment], file: TextIO) -> int:
    """Append payments to the file; gives the length that it has then, in bytes."""
    csv.writer(file).writerows((p.id, p.reference, p.amount, p.asset, p.status, p.created_at) for p in payments)
    file.flush()
    return os.fstat(file.fileno()).st_size


def save(path: Path, cursor: str | None, length: int) -> None:
    """Write the file anew and put it in place in one step, so that at any moment there is a whole one."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps({"cursor": cursor, "length": length}))
    new.replace(path)


async def main(target: Path) -> None:
    path = target.with_name(target.name + ".saved")
    saved = json.loads(path.read_text()) if path.exists() else None
    async with PaymentsClient.from_env() as client:
        if saved is None:
            # The oldest first and no two alike: what arrives in the meantime comes last, and shifts no page.
            pages = client.payments.list_payments(page_size=100, sort=[asc("created_at"), asc("id")])
        elif saved["cursor"] is not None:
            pages = client.payments.list_payments(cursor=saved["cursor"])
        else:
            print(f"{target} is complete")
            return
        with target.open("a", newline="", encoding="utf-8") as file:
            file.truncate(saved["length"] if saved else 0)
            async for page in pages.by_page():
                save(path, page.next, write(page.data, file))
                print(f"{len(page.data)} payments written", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
