import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from payments_async import ConfigurationError, PaymentsClient
from payments_async.models import Payment
from payments_async.settings import show_logs
from payments_async.testing import canned, example, without_pauses


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The package's logger, which is left as it was."""
    logger = logging.getLogger("payments_async")
    level, handlers = logger.level, [*logger.handlers]
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


def test_logging_is_switched_on_once_by_the_environment(logger: logging.Logger) -> None:
    handlers = len(logger.handlers)
    show_logs({})
    assert len(logger.handlers) == handlers
    for name, level in (("debug", logging.DEBUG), (" WARNING ", logging.WARNING)):
        show_logs({"FORMANCE_LOG": name})
        assert (logger.level, len(logger.handlers)) == (level, handlers + 1)


def test_a_level_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="FORMANCE_LOG is 'loud': give debug, info, warning or error"):
        show_logs({"FORMANCE_LOG": "loud"})


PROGRAM = """
import asyncio, os
os.environ["FORMANCE_LOG"] = "info"
from payments_async import PaymentsClient
from payments_async.testing import canned, without_pauses

async def main():
    transport = canned({"get_payment": (503, {})})
    async with PaymentsClient("https://a.example", transport=transport, retry=without_pauses(2)) as client:
        try:
            await client.payments.get_payment("p")
        except Exception:
            pass

asyncio.run(main())
"""


def test_a_client_shows_its_log_on_the_standard_error() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    assert "INFO payments_async.wire.retry GET /payments/{paymentId}: attempt 1 met ServerError" in ended.stderr


async def test_records_carry_their_values_by_name(caplog: pytest.LogCaptureFixture) -> None:
    turns = iter([(503, {}), example(Payment)])
    transport = canned({"get_payment": lambda _: next(turns)})
    with caplog.at_level(logging.INFO, "payments_async"):
        async with PaymentsClient("https://a.example", transport=transport, retry=without_pauses()) as client:
            await client.payments.get_payment("p")
    (record,) = caplog.records
    told = {name: vars(record)[name] for name in ("operation", "method", "path", "attempt", "error", "pause")}
    assert told == {
        "operation": "get_payment",
        "method": "GET",
        "path": "/payments/{paymentId}",
        "attempt": 1,
        "error": "ServerError",
        "pause": 0.0,
    }


async def test_records_of_requests_carry_their_values_by_name(
    client: PaymentsClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "payments_async.wire.transport"):
        await client.server.get_server_info()
    record = next(each for each in caplog.records if "_info" in each.getMessage())
    assert (
        vars(record).items()
        >= {"operation": "get_server_info", "method": "GET", "path": "/_info", "status": 200}.items()
    )
    assert record.__dict__["seconds"] >= 0
    assert record.funcName != "_log"
