"""`python -m payments_async` is the command `payments-async`."""

from payments_async.cli import main

if __name__ == "__main__":
    main()
