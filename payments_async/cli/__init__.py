"""The command line; needs the extra `cli`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code; if the extra is missing, say what to install and exit with 1."""
    try:
        from payments_async.cli.app import start

        start()
    except ModuleNotFoundError as error:
        if error.name not in {"rich", "typer"}:
            raise
        sys.exit(f"payments-async: {error.name} is missing; install what the extra `cli` needs: pip install rich typer")
    except KeyboardInterrupt:  # while modules are imported; commands handle it themselves
        sys.exit(INTERRUPTED)
