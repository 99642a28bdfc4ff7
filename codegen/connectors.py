"""Finds the models of single connectors, and writes the tables of classes by connector."""

from collections.abc import Iterator

from codegen import names
from codegen.description import Json, model_name, parts_of, schemas_of
from codegen.settings import settings_of


def models_of_connectors(description: Json) -> set[str]:
    """The unions with a class for each connector, the models that contain them, and the models used only by these.

    Args:
        description: A prepared one: all its references refer to models.
    """
    schemas = schemas_of(description)
    reachable = {name: _reachable(schemas, name) for name in schemas}
    unions = _unions_by_connector(description).keys()
    used_by_unions = {name for union in unions for name in reachable[union]}
    others = {name for name in schemas if name not in used_by_unions and not reachable[name] & unions}
    return schemas.keys() - {name for other in others for name in reachable[other]}


def tables_by_connector(description: Json) -> dict[str, str]:
    """For each union with a class for each connector, the source of the table of its classes; by the table's name."""
    enum = settings_of(description).connectors
    connectors: Json = schemas_of(description).get(enum, {})
    tables: dict[str, str] = {}
    for union, by_connector in _unions_by_connector(description).items():
        named = zip(connectors["x-enum-varnames"], connectors["enum"], strict=True)
        rows = "".join(f"{enum}.{member}: {by_connector[connector]}, " for member, connector in named)
        table = names.table_name(union, enum)
        tables[table] = f"{table}: dict[{enum}, type[{union}]] = {{{rows}}}"
    return tables


def _unions_by_connector(description: Json) -> dict[str, dict[str, str]]:
    schemas = schemas_of(description).items()
    return {name: schema["x-by-connector"] for name, schema in schemas if "x-by-connector" in schema}


def _reachable(schemas: Json, name: str) -> set[str]:
    """The names of all schemas to which a schema refers at any depth, and its own."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += _references(schemas[each])
    return found


def _references(node: object) -> Iterator[str]:
    for key, part in parts_of(node):
        if key == "$ref":
            yield model_name(part)
        else:
            yield from _references(part)
