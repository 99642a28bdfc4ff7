"""Reads the operations, and writes the table of them."""

import inspect
from typing import Any

import attrs

from codegen import names, table
from codegen.description import DescriptionError, Json, is_node, model_name, operations_of, reference, resolved
from codegen.formatting import formatted
from codegen.settings import settings_of
from codegen.shapes import ENVELOPES, Collection, Envelope, all_properties, envelope_of, is_map, is_model
from codegen.table import Operation

# How the models are contained in an answer: its type, and that of its items or values.
_COLLECTIONS: dict[tuple[str, Collection | None], Collection] = {
    ("array", None): "list",
    ("object", None): "map",
    ("object", "list"): "map of lists",
    ("object", "map"): "map of maps",
}
_COLLECTIONS_BY_ENVELOPE: dict[Envelope, set[Collection | None]] = {
    "bare": {None},
    "data": {None, "list", "map", "map of lists", "map of maps"},
    "cursor": {"list"},
}
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def operations_source(description: Json) -> str:
    """The module with the operation table."""
    operations = [read_operation(description, *operation) for operation in operations_of(description)]
    rows = "".join(f"    {_written(operation)},\n" for operation in operations)
    home = settings_of(description).operation_class
    head = f'"""{inspect.getdoc(table)}"""\n\nfrom {home} import Operation' if home else inspect.getsource(table)
    exported = '__all__ = ["OPERATIONS", "Operation"]'
    return formatted(f"{head}\n\nOPERATIONS: tuple[Operation, ...] = (\n{rows})\n\n{exported}\n")


def _written(operation: Operation) -> str:
    """The source of an operation, without its empty members, whose defaults are empty."""
    values = ((field.name, getattr(operation, field.name)) for field in attrs.fields(Operation))
    return f"Operation({', '.join(f'{name}={value!r}' for name, value in values if value)},)"


def read_operation(description: Json, path: str, method: str, operation: Json) -> Operation:
    """The row of an operation.

    Raises:
        DescriptionError: there is not exactly one success status, or the client cannot read the body or the answer.
    """
    where = f"{method} {path}"
    status, answer = _success(where, operation)
    response, envelope, collection = _response(description, f"{where}, answer", resolved(description, answer))
    return Operation(
        operation_id=operation["operationId"],
        name=names.method_name(
            operation["operationId"], operation.get("x-method-name"), settings_of(description).operation_prefix
        ),
        method=method,
        path=path,
        path_parameters=_parameters(description, operation, "path"),
        query_parameters=_parameters(description, operation, "query"),
        request=_request(description, f"{where}, request body", operation),
        response=response,
        envelope=envelope,
        collection=collection,
        status=status,
        deprecated=operation.get("deprecated", False),
        sort_columns=tuple(operation.get("x-sort-columns", ())),
        filters={member: tuple(operators) for member, operators in operation.get("x-filters", {}).items()},
    )


def _parameters(description: Json, operation: Json, place: str) -> tuple[str, ...]:
    parameters = (resolved(description, parameter) for parameter in operation["parameters"])
    return tuple(parameter["name"] for parameter in parameters if parameter["in"] == place)


def _success(where: str, operation: Json) -> tuple[int, Json]:
    answers = {str(status): answer for status, answer in operation.get("responses", {}).items()}
    successes = [status for status in answers if status.startswith("2")]
    if len(successes) != 1 or not successes[0].isdigit():
        told = ", ".join(successes) or "none"
        raise DescriptionError(
            f"{where}: needs exactly one success status, has {told}; add or remove some in responses"
        )
    return int(successes[0]), answers[successes[0]]


def _json_schema(where: str, holder: Json) -> Json | None:
    content = holder.get("content")
    if not content:
        return None
    if list(content) != ["application/json"] or "schema" not in content["application/json"]:
        raise DescriptionError(f"{where}: declare its content as application/json with a schema, and nothing else")
    schema: Json = content["application/json"]["schema"]
    return schema


def _request(description: Json, where: str, operation: Json) -> str | None:
    schema = _json_schema(where, resolved(description, operation.get("requestBody", {})))
    if schema is None:
        return None
    pointer, target = reference(schema), resolved(description, schema)
    if pointer and is_model(target) and not envelope_of(target):
        return model_name(pointer)
    values = target.get("additionalProperties")
    if is_map(target) and is_node(values) and (scalar := _SCALARS.get(values.get("type", ""))):
        return f"dict[str, {scalar}]"
    raise DescriptionError(f"{where}: put a $ref to an object, a union or a map of scalars here")


def _response(description: Json, where: str, answer: Json) -> tuple[str | None, Envelope | None, Collection | None]:
    """The model or scalar, the envelope it comes in, and how the envelope holds it."""
    schema = _json_schema(where, answer)
    if schema is None:
        return None, None, None
    target = resolved(description, schema)
    envelope = envelope_of(target) or "bare"
    payload = _payload(description, schema, target, envelope)
    found = (envelope == "data" and _scalar(description, payload)) or _model_in(description, payload)
    if found is None or found[1] not in _COLLECTIONS_BY_ENVELOPE[envelope]:
        raise DescriptionError(
            f"{where}: neither an envelope nor bare; put a $ref here to a named model, or to a schema whose only member"
            " is `data` (a scalar, a $ref to a named model, or a list, a map, a map of lists or a map of maps of it) or"
            " `cursor` (a $ref to a page whose `data` is a list)"
        )
    return found[0], envelope, found[1]


def _payload(description: Json, schema: Json, target: Json, envelope: Envelope) -> Any:
    match envelope:
        case "data":
            return target["properties"]["data"]
        case "cursor":
            return all_properties(description, resolved(description, target["properties"]["cursor"])).get("data")
        case "bare":
            # The client would lose the other members of an envelope.
            return None if set(ENVELOPES) & set(target.get("properties", {})) else schema


def _scalar(description: Json, node: Json) -> tuple[str, None] | None:
    scalar = _SCALARS.get(resolved(description, node).get("type", ""))
    return (scalar, None) if scalar else None


def _model_in(description: Json, node: object) -> tuple[str, Collection | None] | None:
    """The model in a node, and how it is contained; None if there is none, or it is contained in another way."""
    if not is_node(node):
        return None
    pointer, target = reference(node), resolved(description, node)
    if pointer and is_model(target):
        return model_name(pointer), None
    inside = _model_in(description, target.get("items", target.get("additionalProperties")))
    collection = _COLLECTIONS.get((target.get("type", ""), inside[1])) if inside else None
    return (inside[0], collection) if inside and collection else None
