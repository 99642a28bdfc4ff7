"""`payments-async sandbox`: serves the sandbox on a port for other programs."""

import asyncio

from rich.console import Console

from payments_async.sandbox import Sandbox


def serve_until_interrupted(sandbox: Sandbox) -> None:
    """Serve the sandbox until Ctrl-C, which is its normal end.

    Raises:
        OSError: the server cannot listen on the address.
    """
    try:
        asyncio.run(serve(Console(), sandbox))
    except KeyboardInterrupt:
        return


async def serve(console: Console, sandbox: Sandbox) -> None:
    """Serve the sandbox until cancelled; print its URL, its credentials and the settings for a client.

    Raises:
        OSError: the server cannot listen on the address.
    """
    async with sandbox:
        console.print(
            f"Sandbox of the Payments API at {sandbox.url}, Ctrl-C ends it.",
            "",
            f"Client id:     {sandbox.client_id}",
            f"Client secret: {sandbox.client_secret}",
            "",
            "For PaymentsClient.from_env():",
            f"export FORMANCE_URL={sandbox.url}",
            f"export FORMANCE_CLIENT_ID={sandbox.client_id}",
            f"export FORMANCE_CLIENT_SECRET={sandbox.client_secret}",
            sep="\n",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        await asyncio.Event().wait()
