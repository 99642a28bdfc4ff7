"""Throws bytes, guided by coverage, at all that reads what a server sent; only this package's errors may come out.

python tests/fuzz/fuzz.py -max_total_time=60
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import atheris
import attrs

with atheris.instrument_imports(include=["payments_async"]):
    from payments_async import PaymentsError, models
    from payments_async.wire import codec, errors, pages, token_endpoint
    from payments_async.wire.call import Page, Request, Response

REQUEST = Request(operation="fuzz", method="GET", path="/", url="http://127.0.0.1/", deadline=0.0)
JSON = {"Content-Type": "application/json"}
READERS: tuple[Callable[[Response], Any], ...] = (
    codec.page_of(models.Payment),
    codec.page_of(models.AccountBalance),
    codec.one(models.TransferInitiation),
    codec.one(models.BankAccount),
    codec.one(dict[str, dict[str, models.ConfigField]]),
    codec.one(models.OtherTask),
    codec.one(models.OtherConfig),
    codec.one(models.TaskAtlar),
    codec.bare(models.ServerInfo),
    codec.anything,
    codec.nothing,
)


def answer(body: bytes, status: int = 200, headers: dict[str, str] = JSON) -> Response:
    return Response(request=REQUEST, status=status, headers=headers, body=body)


NAMES = sorted(
    {
        "data",
        "cursor",
        "hasMore",
        "pageSize",
        *(
            field.metadata.get("wire", field.name)
            for model in vars(models).values()
            if attrs.has(model)
            for field in attrs.fields(model)
        ),
    }
)
TEXTS = ("", "USD/2", "PAY-IN", "2024-05-06T07:08:09Z", "0001-01-01T00:00:00+23:59", "2024-02-30T00:00:00Z")


def json_value(data: atheris.FuzzedDataProvider, depth: int = 0) -> Any:  # noqa: PLR0911  # one for each kind
    """JSON made of the members that models have, so that more than the parser is reached."""
    match data.ConsumeIntInRange(0, 7 if depth < 6 else 4):
        case 0:
            return None
        case 1:
            return data.ConsumeBool()
        case 2:
            return data.ConsumeInt(16)
        case 3:
            return TEXTS[data.ConsumeIntInRange(0, len(TEXTS) - 1)]
        case 4:
            return data.ConsumeUnicodeNoSurrogates(8)
        case 5:
            return [json_value(data, depth + 1) for _ in range(data.ConsumeIntInRange(0, 3))]
        case _:
            names = (data.ConsumeIntInRange(0, len(NAMES) - 1) for _ in range(data.ConsumeIntInRange(0, 20)))
            return {NAMES[name]: json_value(data, depth + 1) for name in names}


def read_answers(data: atheris.FuzzedDataProvider) -> None:
    read = READERS[data.ConsumeIntInRange(0, len(READERS) - 1)]
    envelope = data.PickValueInList(["data", "cursor", ""])
    if not envelope:
        read(answer(data.ConsumeBytes(sys.maxsize)))
    else:
        read(answer(json.dumps({envelope: json_value(data)}).encode()))


def map_errors(data: atheris.FuzzedDataProvider) -> None:
    status = data.ConsumeIntInRange(100, 999)
    headers = {"Retry-After": data.ConsumeUnicode(40), "Location": data.ConsumeUnicode(80)}
    body = data.ConsumeBytes(sys.maxsize)

    async def send(_: Request) -> Response:
        return answer(body, status, headers)

    _run(errors.checking(send)(REQUEST))
    _run(token_endpoint.checked_token(send)(REQUEST))


def read_retry_after(data: atheris.FuzzedDataProvider) -> None:
    seconds = errors.retry_after_seconds({"Retry-After": data.ConsumeUnicode(sys.maxsize)})
    assert seconds is None or 0 <= seconds < float("inf")


def read_tokens(data: atheris.FuzzedDataProvider) -> None:
    token, lifetime = token_endpoint.read_token(answer(data.ConsumeBytes(sys.maxsize)))
    assert token.isascii()
    assert lifetime >= 0


def follow_cursors(data: atheris.FuzzedDataProvider) -> None:
    served = 0

    async def fetch(_: str | None) -> Page[int]:
        nonlocal served
        served += 1
        return Page(data=[], next=data.ConsumeUnicode(4) or None, has_more=data.ConsumeBool())

    async def walk() -> None:
        async for _ in pages.Pages(fetch, cursor=None, operation="fuzz"):
            pass

    size = data.remaining_bytes()
    _run(walk())
    # Once the input is used up every cursor is the same, so the walk must end soon after.
    assert served <= size + 3


def _run(coroutine: Any) -> None:
    """Drive a coroutine that waits for nothing to its end."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


TARGETS = (read_answers, map_errors, read_retry_after, read_tokens, follow_cursors)


def one_input(content: bytes) -> None:
    data = atheris.FuzzedDataProvider(content)
    target = TARGETS[data.ConsumeIntInRange(0, len(TARGETS) - 1)]
    try:
        target(data)
    except PaymentsError as error:
        str(error).encode()
        repr(error)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
