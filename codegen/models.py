"""Writes the models: attrs classes, open enums, unions, and the tables of classes by connector.

The models of single connectors are half of the code. They are in a module of their own, which is loaded on first use.
"""

import ast
import warnings
from itertools import pairwise
from pathlib import Path

from datamodel_code_generator import Error, generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import DatetimeClassType, PythonVersion

from codegen import names
from codegen.connectors import models_of_connectors, tables_by_connector
from codegen.description import DescriptionError, Json, schemas_of
from codegen.formatting import formatted
from codegen.settings import settings_of
from codegen.shapes import is_enum, is_union, own_properties

TEMPLATES = Path(__file__).resolve().parent / "templates"

_PACKAGE = '"""As generated: the models, to be imported from `{package}`, and the operations."""'
_MODELS = '"""The API\'s data: classes, open enums, and unions."""'
_CONNECTORS = '"""The part of the API\'s data that belongs to single connectors."""'
_NAMES = '"""What `connectors` has, by name: to be known without loading it."""'


def models_sources(description: Json) -> dict[str, str]:
    """The modules with the models of a prepared description, and their package, by file name.

    Raises:
        DescriptionError: the generator warns, fails, or does not use the names decided by codegen.
    """
    source = _generated(description)
    definitions = _definitions(source)
    _check_names(description, definitions)
    of_connectors = models_of_connectors(description)
    models = {name: text for name, text in definitions.items() if name not in of_connectors}
    connectors = {name: text for name, text in definitions.items() if name in of_connectors} | tables_by_connector(
        description
    )
    # Formatting removes the unused imports.
    imports = _imports(source)
    package = settings_of(description).package
    of_models = f"from {package}.generated.models import {', '.join(models)}"
    listed = f"CONNECTOR_MODELS = {tuple(sorted(connectors))!r}\n{_NAMES}\n"
    return {
        "__init__.py": formatted(f"{_PACKAGE.format(package=package)}\n\n{listed}"),
        "models.py": _module(_MODELS, imports, definitions=models),
        "connectors.py": _module(_CONNECTORS, imports, of_models, definitions=connectors),
    }


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
                additional_imports=[
                    "attrs",
                    "payments_async.models.model.Model",
                    "payments_async.models.open_enum.OpenEnum",
                ],
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


def _imports(source: str) -> str:
    imports = (node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom))
    return "\n".join(map(ast.unparse, imports))


def _definitions(source: str) -> dict[str, str]:
    """The text of each class and union up to the start of the next one, by name."""
    starts: dict[str, int] = {}
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                starts[name] = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            case ast.AnnAssign(target=ast.Name(id=name)):
                starts[name] = node.lineno
            case _:
                pass
    lines = source.split("\n")
    bounds = pairwise([*starts.items(), ("", len(lines) + 1)])
    return {name: "\n".join(lines[start - 1 : end - 1]) for (name, start), (_, end) in bounds}


def _check_names(description: Json, definitions: dict[str, str]) -> None:
    """Refuse a model that the generator did not give the names decided in `codegen.names`."""
    decided = {name: _decided_names(schema) for name, schema in schemas_of(description).items()}
    written = {name: _written_names(text) for name, text in definitions.items()}
    for name in sorted(decided.keys() | written.keys()):
        if decided.get(name) != written.get(name):
            told = f"the model generator made {written.get(name, 'nothing')} of {decided.get(name, 'nothing')}"
            cure = "rename the schema, or add the member to ALIASES in codegen/names.py"
            raise DescriptionError(f"components.schemas.{name}: {told}; {cure}")


def _decided_names(schema: Json) -> list[str]:
    if is_union(schema):
        return []
    return schema["x-enum-varnames"] if is_enum(schema) else [names.field_name(wire) for wire in own_properties(schema)]


def _written_names(definition: str) -> list[str]:
    match ast.parse(definition).body[0]:
        case ast.ClassDef(body=body):
            return [target for statement in body if (target := _assigned(statement))]
        case _:
            return []


def _assigned(statement: ast.stmt) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return None


def _module(*head: str, definitions: dict[str, str]) -> str:
    return formatted("\n\n".join([*head, *definitions.values(), f"__all__ = {sorted(definitions)!r}\n"]))
