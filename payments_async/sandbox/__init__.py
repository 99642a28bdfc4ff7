"""A local stand-in of the Payments API, for tests, demos and development.

    async with Sandbox(payments=1_000) as sandbox:
        print(sandbox.url, sandbox.client_id, sandbox.client_secret)

It answers as the real server does, its oddities included, and shares no code with the client.
"""

from payments_async.sandbox.faults import Fault, FaultKind
from payments_async.sandbox.server import Sandbox

__all__ = ["Fault", "FaultKind", "Sandbox"]
