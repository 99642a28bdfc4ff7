"""What belongs to single connectors: which of the models, and the tables of classes by connector."""

from collections.abc import Iterator

from codegen import names
from codegen.description import Json, model_name, parts_of, schemas_of
from codegen.settings import settings_of


def models_of_connectors(description: Json) -> set[str]:
    """The unions that go by the connector, what holds one of them, and what nothing but these holds.

    Args:
        description: A prepared one, whose references all lead to models.
    """
    schemas = schemas_of(description)
    held = {name: _held(schemas, name) for name in schemas}
    unions = _unions_by_connector(description).keys()
    held_by_unions = {name for union in unions for name in held[union]}
    others = {name for name in schemas if name not in held_by_unions and not held[name] & unions}
    return schemas.keys() - {name for other in others for name in held[other]}


def tables_by_connector(description: Json) -> dict[str, str]:
    """For each union whose members are told apart by the connector alone: its member by connector; all by name."""
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


def _held(schemas: Json, name: str) -> set[str]:
    """The names of all that a schema refers to at any depth, and its own."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        if (each := ahead.pop()) not in found:
            found.add(each)
            ahead += _references(schemas[each])
    return found


def _references(node: object) -> Iterator[str]:
    for key, part in parts_of(node):
        if key == "$ref":
            yield model_name(part)
        else:
            yield from _references(part)
