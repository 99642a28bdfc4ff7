"""An API's methods and its generated table of operations, and what the former make of what the latter says."""

from __future__ import annotations

import inspect
import json
import typing
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, get_type_hints

import attrs

from payments_async import Pages
from payments_async.models import OpenEnum
from payments_async.models.generated.operations import Operation
from payments_async.operations.base import Operations
from payments_async.wire.call import Call, Request, Response


def inner(kind: Any) -> Any:
    """`str` of `str | None`, `list` of `list[str]`."""
    some = [part for part in typing.get_args(kind) if part is not type(None)]
    if type(None) in typing.get_args(kind):
        kind = some[0]
    return typing.get_origin(kind) or kind


def wire_name(field: attrs.Attribute[Any]) -> str:
    name: str = field.metadata.get("wire", field.name)
    return name


def snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name.replace("ID", "Id"))


def example(kind: Any) -> Any:
    """The smallest JSON that stands for a type."""
    kind = inner(kind)
    if attrs.has(kind):
        return {wire_name(field): example(field.type) for field in attrs.fields(kind) if field.default is attrs.NOTHING}
    if issubclass(kind, OpenEnum):
        return "NEW"
    return {str: "text", int: 7, bool: True, datetime: "2024-05-06T00:00:00Z", list: [], dict: {}}[kind]


def instance(model: Any) -> Any:
    """The smallest request of a model; its assets have an exponent."""
    values = {str: "USD/2", int: 7, datetime: datetime(2024, 5, 6, tzinfo=UTC), dict: {"k": "v"}}
    given: dict[str, Any] = {}
    for field in attrs.fields(model):
        if field.default is not attrs.NOTHING:
            continue
        kind = inner(field.type)
        items = [part for part in typing.get_args(field.type) if attrs.has(part)]
        given[field.name] = (
            [instance(items[0])] if items else kind("NEW") if issubclass(kind, OpenEnum) else values.get(kind, [])
        )
    return model(**given)


def answer_to(request: Request, status: int, body: Any) -> Response:
    """An answer of the API; without a body where there is none."""
    headers = {} if body is None else {"Content-Type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    return Response(request=request, status=status, headers=headers, body=content)


def referring(response: Response, request: Request) -> Response:
    """The answer to a request, with the reference of the request, as a server answers it."""
    body: Any = json.loads(response.body or b"null")
    if request.reference is None or not isinstance(body, dict) or "reference" not in body.get("data", {}):
        return attrs.evolve(response, request=request)
    body["data"]["reference"] = request.reference
    return attrs.evolve(response, request=request, body=json.dumps(body).encode())


@attrs.frozen(kw_only=True)
class Table:
    """An API's table of operations, and the classes whose methods they are.

    Attributes:
        operations: The rows.
        attributes: The classes, by the attribute that each is reached by.
        models: Where the models are.
        unions: Of each union, the member that answers hold in these tests.
        arguments: What methods are called with, by parameter.
        requests: What methods are called with as their request, by name, where the smallest is refused.
        renamed: Parameters that are called otherwise than on the wire.
    """

    operations: tuple[Operation, ...]
    attributes: Mapping[str, type[Operations]]
    models: ModuleType
    unions: Mapping[str, type]
    arguments: Mapping[str, Any]
    requests: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    renamed: Mapping[str, str] = attrs.field(factory=dict[str, str])

    @property
    def methods(self) -> list[tuple[str, str]]:
        """Attribute and name of every method that is an operation."""
        return [
            (attribute, name)
            for attribute, kind in self.attributes.items()
            for name in dir(kind)
            if callable(getattr(kind, name)) and not name.startswith(("_", "ensure_", "wait_for"))
        ]

    def attribute_of(self, operation: Operation) -> str:
        """Where the operation's method is found."""
        (attribute,) = [attribute for attribute, name in self.methods if name == operation.name]
        return attribute

    def owner_of(self, operation: Operation) -> type[Operations]:
        """The class whose method the operation is."""
        return self.attributes[self.attribute_of(operation)]

    def method_of(self, operation: Operation) -> Any:
        return getattr(self.owner_of(operation), operation.name)

    def argument_of(self, parameter: str) -> str:
        """The argument of a parameter on the wire."""
        return self.renamed.get(parameter, snake_case(parameter))

    def kinds(self, name: str) -> tuple[type, ...]:
        """The classes that a name of the table stands for."""
        if name in self.unions:
            return typing.get_args(getattr(self.models, name))
        plain = {"str": str}.get(name)
        return (dict,) if name.startswith("dict[") else (plain or getattr(self.models, name),)

    def held(self, operation: Operation) -> Any:
        """What the operation's answer holds, without its envelope."""
        name = operation.response or ""
        plain = {"str": str}.get(name)
        item = example(self.unions.get(name) or plain or getattr(self.models, name))
        return {
            None: item,
            "list": [item],
            "map": {"k": item},
            "map of lists": {"k": [item]},
            "map of maps": {"k": {"f": item}},
        }[operation.collection]

    def answer_of(self, operation: Operation) -> Response:
        """The answer that the table promises."""
        request = Request(operation=operation.name, method=operation.method, path=operation.path, url="", deadline=0)
        if operation.response is None:
            return answer_to(request, operation.status, None)
        held = self.held(operation)
        page = {"pageSize": 1, "hasMore": False, "data": held}
        body = {"bare": held, "data": {"data": held}, "cursor": {"cursor": page}, None: None}[operation.envelope]
        return answer_to(request, operation.status, body)

    def arguments_of(self, operation: Operation) -> dict[str, Any]:
        """Every argument of the operation's method."""
        method = self.method_of(operation)
        hints = get_type_hints(method)
        given = {name: self.arguments.get(name) for name in inspect.signature(method).parameters if name != "self"}
        if "request" in given:
            given["request"] = self.requests.get(operation.name) or instance(hints["request"])
        return given

    async def recorded(self, operation: Operation) -> tuple[list[Call[Any]], Any]:
        """The calls that the operation's method makes with every argument, and what it gives."""
        recording = Recording(self.answer_of(operation))
        operations = self.owner_of(operation)(recording)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        result: Any = None
        for arguments in choices(self.arguments_of(operation)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                answer = getattr(operations, operation.name)(**arguments)
            result = await answer.first() if isinstance(answer, Pages) else await answer
        return recording.calls, result


class Recording:
    """Takes the pipeline's place: notes each call, and answers always the same."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.calls: list[Call[Any]] = []

    async def run(self, call: Call[Any]) -> Any:
        self.calls.append(call)
        return call.read(self.response)


def choices(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All arguments at once; a cursor excludes the other parameters of a list."""
    yield {name: value for name, value in arguments.items() if name != "cursor"}
    if "cursor" in arguments:
        excluded = {"asset", "from_", "to", "limit", "page_size", "sort", "query"}
        yield {name: value for name, value in arguments.items() if name not in excluded}
