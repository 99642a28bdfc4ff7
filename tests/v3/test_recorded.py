"""What a real server answered: every answer is read by its operation and loses nothing, every error has its class."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import attrs
import pytest

from payments_async import APIError, ConflictError, NotFoundError, Request, Response, ServerError, ValidationError
from payments_async.v3.models import ErrorCode
from payments_async.v3.models.generated.operations import OPERATIONS
from payments_async.wire import codec
from payments_async.wire.errors import checking
from tests.tables import wire_name

from .recorded import EXCHANGES, FILE, Exchange
from .test_operation_table import TABLE

BY_ID = {operation.operation_id: operation for operation in OPERATIONS}
ANSWERS = [each for each in EXCHANGES if each.status < 300]
ERRORS = [each for each in EXCHANGES if each.status >= 400]
CLASSES: dict[int, type[APIError]] = {
    400: ValidationError,
    404: NotFoundError,
    405: APIError,
    413: APIError,
    500: ServerError,
}
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d*(Z|\+00:00)")


def plain(value: Any) -> Any:
    """What was read, as JSON values again."""
    if attrs.has(type(value)):
        members = {wire_name(field): plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
        return members | members.pop("extra", {})
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def neutral(value: Any) -> Any:
    """JSON values without what stands for nothing, times as instants of a microsecond."""
    if isinstance(value, dict):
        parts = {name: neutral(member) for name, member in value.items()}
        return {name: member for name, member in parts.items() if member not in (None, [], {})}
    if isinstance(value, list):
        return [neutral(each) for each in value]
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    return datetime.fromisoformat(f"{found[1]}+00:00") if found else value


def test_every_operation_was_answered_and_the_file_is_small() -> None:
    assert {each.operation for each in ANSWERS} == set(BY_ID)
    assert len(ERRORS) > 100
    assert FILE.stat().st_size < 512 * 1024


@pytest.mark.parametrize("exchange", ANSWERS, ids=str)
async def test_an_answer_is_read_and_goes_back_to_the_same_values(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = BY_ID[exchange.operation or ""]
    (call, *_), _ = await TABLE.recorded(operation)
    assert exchange.status == operation.status
    monkeypatch.setattr(codec, "_plain", lambda **_: pytest.fail("the fast path did not do"))
    read = call.read(exchange.response)
    body = exchange.body
    if operation.envelope in ("data", "cursor"):
        body = body[operation.envelope]
    if operation.envelope == "cursor":
        body = {"pageSize": 0, **body}  # left out where it is none
    assert neutral(plain(read)) == neutral(body)


@pytest.mark.parametrize("exchange", ERRORS, ids=str)
async def test_an_error_has_its_class_and_its_code(exchange: Exchange) -> None:
    async def answering(_: Request) -> Response:
        return exchange.response

    with pytest.raises(APIError) as raised:
        await checking(answering)(exchange.response.request)
    error, code = raised.value, exchange.body["errorCode"] if isinstance(exchange.body, dict) else None
    assert type(error) is (ConflictError if code == "CONFLICT" else CLASSES[exchange.status])
    assert (error.status, error.error_code) == (exchange.status, code)
    assert code is None or code in set(ErrorCode)


def test_every_kind_of_error_was_seen() -> None:
    codes = {each.body["errorCode"] for each in ERRORS if isinstance(each.body, dict)}
    assert codes == set(ErrorCode)
