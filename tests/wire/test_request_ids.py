import copy
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from payments_async import (
    BearerToken,
    NotFoundError,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    Request,
    Response,
)
from payments_async.models import BankAccountRequest
from payments_async.testing import canned, example, without_pauses

URL = "https://payments.example"
TOKEN = "opaque-canary"
IBAN = "DE89370400440532013000"
ID = "af12bc34de5678901234567890abcdef"
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


Calling = Callable[[PaymentsClient], Awaitable[object]]


async def error_of(*answers: tuple[int, dict[str, str]], by: Calling = lambda c: c.payments.get_payment("p")) -> Any:
    """The error of a call whose attempts are answered with these statuses and headers."""
    turns = iter(answers)

    def answer(request: Request) -> Response:
        status, headers = next(turns)
        return Response(request=request, status=status, headers=headers, body=b'{"errorCode": "NOT_FOUND"}')

    transport = canned(dict.fromkeys(("get_payment", "update_metadata", "create_bank_account"), answer))
    retry = without_pauses(len(answers))
    async with PaymentsClient(URL, auth=BearerToken(TOKEN), transport=transport, retry=retry) as client:
        with pytest.raises(PaymentsError) as caught:
            await by(client)
    return caught.value


async def test_an_error_names_the_request_to_the_operators_of_the_server() -> None:
    error = await error_of((404, {"X-Request-Id": ID, "traceparent": PARENT, "Server": "unimportant"}))
    assert isinstance(error, NotFoundError)
    assert error.request_ids == {"X-Request-Id": ID, "traceparent": PARENT}
    assert str(error) == f"get_payment: {error.message} [X-Request-Id: {ID}] [traceparent: {PARENT}]"
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert again.request_ids == error.request_ids
        assert str(again) == str(error)


async def test_an_error_without_such_fields_has_none_and_looks_as_ever() -> None:
    error = await error_of((404, {"X-Request-Id": ""}))
    assert error.request_ids == {}
    assert "[" not in str(error)


async def test_a_redirect_and_a_write_that_may_have_happened_have_them_too() -> None:
    redirected = await error_of((302, {"Location": "/login", "CF-Ray": "8a1"}))
    assert isinstance(redirected, ProtocolError)
    assert redirected.request_ids == {"CF-Ray": "8a1"}
    answers = (503, {"CF-Ray": "first"}), (429, {"CF-Ray": "last"})
    unknown = await error_of(*answers, by=lambda client: client.payments.update_metadata("p", {"a": "b"}))
    assert isinstance(unknown, OutcomeUnknownError)
    assert unknown.request_ids == {"CF-Ray": "last"}


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"id-of-{TOKEN}",
        "eyJhbGciOi.x",
        "id=eyJhbGciOi.x",
        "Bearer abc",
        IBAN,
        "x" * 101,
        "a\u0301",
        "a<b>",
    ],
)
async def test_what_may_be_a_secret_or_is_no_id_is_left_out(value: str) -> None:
    request = example(BankAccountRequest, iban=IBAN)
    headers = {"X-Request-Id": value, "x-other": value, "CF-Ray": "8a1"}
    error = await error_of((422, headers), by=lambda client: client.bank_accounts.create_bank_account(request))
    assert error.request_ids == {"CF-Ray": "8a1"}
    assert value not in str(error) + repr(vars(error))
