"""Writes the models: attrs classes, open enums, unions, and the tables of classes by connector."""

import ast
import warnings
from pathlib import Path

from datamodel_code_generator import Error, generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import DatetimeClassType, PythonVersion

from codegen import names
from codegen.description import DescriptionError, Json, schemas_of
from codegen.formatting import formatted
from codegen.shapes import is_enum, is_union, own_properties

TEMPLATES = Path(__file__).resolve().parent / "templates"


def models_source(description: Json) -> str:
    """The module with the models of a prepared description.

    Raises:
        DescriptionError: the generator warns of something, refuses it, or names it otherwise than codegen decided.
    """
    source = _generated(description)
    _insist_on_names(description, source)
    return formatted(source + _tables(description) + _exports(description))


def _generated(description: Json) -> str:
    wires = [wire for schema in schemas_of(description).values() for wire in own_properties(schema)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            source = generate(
                description,
                input_file_type=InputFileType.OpenAPI,
                output_model_type=DataModelType.DataclassesDataclass,
                target_python_version=PythonVersion.PY_311,
                custom_template_dir=TEMPLATES,
                custom_file_header='"""The API\'s data: classes, open enums, and unions."""',
                additional_imports=["attrs", "payments_async.models.open_enum.OpenEnum"],
                aliases={wire: names.field_name(wire) for wire in wires if names.field_name(wire) != wire},
                field_extra_keys={"x-assigned"},
                strict_nullable=True,
                use_union_operator=True,
                output_datetime_class=DatetimeClassType.Datetime,
                use_schema_description=True,
                use_field_description=True,
                disable_future_imports=True,  # attrs and cattrs want the types themselves
                formatters=[],
            )
    except (Error, Warning, SyntaxError) as error:
        raise DescriptionError(f"the model generator stopped: {error}; correct the schema it names") from error
    return str(source)


def _insist_on_names(description: Json, source: str) -> None:
    """Names are decided in `codegen.names`; what the generator would still rename has to be settled there."""
    decided = {name: _decided_names(schema) for name, schema in schemas_of(description).items()}
    written = _written_names(source)
    for name in sorted(decided.keys() | written.keys()):
        if decided.get(name) != written.get(name):
            told = f"the model generator made {written.get(name, 'nothing')} of {decided.get(name, 'nothing')}"
            cure = "rename the schema, or add the member to ALIASES in codegen/names.py"
            raise DescriptionError(f"components.schemas.{name}: {told}; {cure}")


def _decided_names(schema: Json) -> list[str]:
    if is_union(schema):
        return []
    return schema["x-enum-varnames"] if is_enum(schema) else [names.field_name(wire) for wire in own_properties(schema)]


def _written_names(source: str) -> dict[str, list[str]]:
    written: dict[str, list[str]] = {}
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name, body=body):
                written[name] = [target for statement in body if (target := _assigned(statement))]
            case ast.AnnAssign(target=ast.Name(id=name)):
                written[name] = []
            case _:
                pass
    return written


def _assigned(statement: ast.stmt) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return None


def _tables(description: Json) -> str:
    """For each union whose members are told apart by the connector alone: its member by connector."""
    connectors: Json = schemas_of(description).get("Connector", {})
    tables = ""
    for union, by_connector in _unions_by_connector(description).items():
        named = zip(connectors["x-enum-varnames"], connectors["enum"], strict=True)
        rows = "".join(f"Connector.{member}: {by_connector[connector]}, " for member, connector in named)
        tables += f"\n\n{names.table_name(union)}: dict[Connector, type[{union}]] = {{{rows}}}"
    return tables


def _unions_by_connector(description: Json) -> dict[str, dict[str, str]]:
    schemas = schemas_of(description).items()
    return {name: schema["x-by-connector"] for name, schema in schemas if "x-by-connector" in schema}


def _exports(description: Json) -> str:
    exported = [*schemas_of(description), *map(names.table_name, _unions_by_connector(description))]
    return f"\n\n__all__ = {sorted(exported)!r}\n"
