import re
import warnings
from typing import Any

import pytest

from codegen import models as models_module
from codegen.check import check
from codegen.description import DescriptionError, Json
from codegen.models import models_sources
from codegen.prepare import prepared

GONE = object()
OBJECT = {"type": "object", "properties": {"text": {"type": "string"}}}
TEXT = {"type": "string"}
POOL = "components > schemas > Pool > properties"
MOVE = "without a name; move it to components.schemas and put a $ref here"
ALIAS = "add it to ALIASES in codegen/names.py"
ALIAS_ONE = "add one of them to ALIASES in codegen/names.py"
VARNAMES = "add x-enum-varnames, a name for each value"
FORMATS = "add it to FORMATS in codegen/check.py, or drop it"
UNKNOWN = "add a schema for connectors which the SDK does not know"


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def put(description: Json, place: str, value: object) -> None:
    *parents, last = place.split(" > ")
    node: Any = description
    for part in parents:
        node = node[int(part) if isinstance(node, list) else part]
    if value is GONE:
        del node[last]
    else:
        node[last] = value


def stopped(description: Json) -> str:
    with pytest.raises(DescriptionError) as stop:
        check(description)
    return str(stop.value)


def test_the_small_description_is_sound(description: Json) -> None:
    check(description)


@pytest.mark.parametrize(
    ("place", "schema", "where", "kind"),
    [
        (f"{POOL} > new", OBJECT, "components.schemas.Pool.properties.new", "object (a map says additionalProperties)"),
        (f"{POOL} > new", {"type": "object"}, "components.schemas.Pool.properties.new", "object (a map says additio"),
        (f"{POOL} > new", {**TEXT, "enum": ["A"]}, "components.schemas.Pool.properties.new", "enum"),
        (f"{POOL} > new", {"oneOf": [ref("Pool")]}, "components.schemas.Pool.properties.new", "oneOf"),
        (f"{POOL} > new", {"anyOf": [ref("Pool")]}, "components.schemas.Pool.properties.new", "anyOf"),
        (f"{POOL} > new", {"allOf": [ref("Pool"), OBJECT]}, "components.schemas.Pool.properties.new", "allOf"),
        (f"{POOL} > tags > items", OBJECT, "components.schemas.Pool.properties.tags.items", "object"),
        (
            f"{POOL} > fields > additionalProperties",
            {"type": "array", "items": OBJECT},
            "components.schemas.Pool.properties.fields.additionalProperties.items",
            "object",
        ),
        ("components > schemas > Task > oneOf", [OBJECT], "components.schemas.Task.oneOf.0", "object"),
        ("components > schemas > Pool > allOf", [{"oneOf": []}], "components.schemas.Pool.allOf.0", "oneOf"),
        (
            "components > schemas > PoolResponse > properties > data",
            OBJECT,
            "components.schemas.PoolResponse.properties.data",
            "object",
        ),
        (
            "components > parameters > PageSize > schema",
            {**TEXT, "enum": ["A"]},
            "components.parameters.PageSize.schema",
            "enum",
        ),
        (
            "paths > /pools > get > parameters > 1 > schema > items",
            {**TEXT, "enum": ["A"]},
            "paths./pools.get.parameters.1.schema.items",
            "enum",
        ),
        (
            "components > requestBodies > Pool",
            json_of(OBJECT),
            "components.requestBodies.Pool.content.application/json.schema",
            "object",
        ),
        (
            "components > responses > ServerInfo",
            json_of({"oneOf": [ref("ServerInfo")]}),
            "components.responses.ServerInfo.content.application/json.schema",
            "oneOf",
        ),
        (
            "paths > /pools > post > responses > 201",
            json_of(OBJECT),
            "paths./pools.post.responses.201.content.application/json.schema",
            "object",
        ),
    ],
)
def test_anonymous_schemas_stop(description: Json, place: str, schema: object, where: str, kind: str) -> None:
    put(description, place, schema)
    message = stopped(description)
    assert message.startswith(f"{where}: {kind}")
    assert message.endswith(MOVE)


def test_a_reference_to_nothing_stops(description: Json) -> None:
    put(description, f"{POOL} > kind", ref("Nothing"))
    message = "#/components/schemas/Nothing: nothing is there; add it to the description or correct the reference"
    assert stopped(description) == message


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (f"{POOL} > iban", f"components.schemas.Pool.properties.iban: unknown format 'odd'; {FORMATS}"),
        (
            "components > parameters > PoolId > schema",
            f"components.parameters.PoolId.schema: unknown format 'odd'; {FORMATS}",
        ),
    ],
)
def test_unknown_formats_stop(description: Json, place: str, message: str) -> None:
    put(description, f"{place} > format", "odd")
    assert stopped(description) == message


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("userIDs", "user_i_ds"),
        ("_links", "_links"),
        ("fieldLinks", "field_links"),
        ("2nd", "2nd"),
        ("with space", "with space"),
        ("attrs", "attrs"),
        ("self", "self"),
    ],
)
def test_bad_field_names_stop(description: Json, wire: str, name: str) -> None:
    put(description, f"{POOL} > {wire}", TEXT)
    assert stopped(description) == f"components.schemas.Pool: {wire} would get the bad name {name!r}; {ALIAS}"


@pytest.mark.parametrize(
    ("model", "place", "wires", "name"),
    [
        ("Pool", f"{POOL} > created_at", "createdAt and created_at", "created_at"),
        ("TaskStripe", "components > schemas > TaskStripe > allOf > 1 > properties > ID", "id and ID", "id"),
        (
            "OtherConfig",
            "components > schemas > OtherConfig > properties > extra",
            "extra and (members not declared)",
            "extra",
        ),
    ],
)
def test_two_fields_of_one_name_stop(description: Json, model: str, place: str, wires: str, name: str) -> None:
    put(description, place, TEXT)
    told = f"components.schemas.{model}: {wires} would both get the name {name!r}; {ALIAS_ONE}"
    assert stopped(description) == told


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("PoolRequest", "components > schemas > PoolRequest > required"),
        ("TaskStripe", "components > schemas > TaskStripe > allOf > 1 > required"),
    ],
)
def test_required_members_have_to_be_declared(description: Json, model: str, place: str) -> None:
    put(description, place, ["nane"])
    told = f"components.schemas.{model}: requires nane, which it does not declare; add it to the properties"
    assert stopped(description) == told


def test_required_members_may_be_inherited(description: Json) -> None:
    put(description, "components > schemas > TaskStripe > allOf > 1 > required", ["id"])
    check(description)


@pytest.mark.parametrize("name", ["Data1", "pool", "With-Dash", "OpenEnum"])
def test_bad_class_names_stop(description: Json, name: str) -> None:
    put(description, f"components > schemas > {name}", OBJECT)
    message = f"components.schemas.{name}: bad class name; rename the schema, without a number at its end"
    assert stopped(description) == message


@pytest.mark.parametrize(
    ("values", "told", "name"),
    [
        ([""], "''", ""),
        (["+1"], "'+1'", "1"),
        (["1ST"], "'1ST'", "1ST"),
        (["FIELD_1"], "'FIELD_1'", "FIELD_1"),
        (["a b", "A-B"], "'a b' and 'A-B'", "A_B"),
    ],
)
def test_bad_member_names_stop(description: Json, values: list[str], told: str, name: str) -> None:
    put(description, "components > schemas > ErrorCode > enum", values)
    assert stopped(description) == f"components.schemas.ErrorCode: {told} would get the bad name {name!r}; {VARNAMES}"


def test_chosen_member_names_have_to_be_complete(description: Json) -> None:
    put(description, "components > schemas > PoolKind > x-enum-varnames", ["A"])
    assert stopped(description) == "components.schemas.PoolKind: x-enum-varnames needs one name for each value"


def test_an_enum_of_other_things_than_texts_stops(description: Json) -> None:
    put(description, "components > schemas > ErrorCode > enum", ["YES", False])
    told = "components.schemas.ErrorCode: an enum lists texts only; put quotes around its values"
    assert stopped(description) == told


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (
            "x-by-connector > STRIPE",
            "Nothing",
            "x-by-connector names the schema Nothing; add it to the union's members",
        ),
        (
            "x-by-connector > STRIPE",
            GONE,
            "x-by-connector lacks STRIPE; add its class, as every value of Connector has one",
        ),
        (
            "x-by-connector > NEW",
            "StripeConfig",
            "x-by-connector names NEW; add it to the enum components.schemas.Connector",
        ),
        ("x-unknown-connector", "Nothing", f"x-unknown-connector names Nothing; {UNKNOWN}"),
        ("x-unknown-connector", GONE, f"x-unknown-connector names None; {UNKNOWN}"),
    ],
)
def test_incomplete_tables_by_connector_stop(description: Json, place: str, value: object, message: str) -> None:
    put(description, f"components > schemas > ConnectorConfig > {place}", value)
    assert stopped(description) == f"components.schemas.ConnectorConfig: {message}"


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("operationId", GONE, "GET /pools: add an operationId"),
        (
            "operationId",
            "list pools",
            "GET /pools: would get the bad name 'list pools'; add x-method-name to the operation",
        ),
        (
            "x-method-name",
            "import",
            "GET /pools: would get the bad name 'import'; add x-method-name to the operation",
        ),
        (
            "operationId",
            "create_pool",
            "GET /pools and POST /pools: both would get the name 'create_pool'; add x-method-name to one of them",
        ),
    ],
)
def test_bad_method_names_stop(description: Json, member: str, value: object, message: str) -> None:
    put(description, f"paths > /pools > get > {member}", value)
    assert stopped(description) == message


@pytest.mark.parametrize(
    ("statuses", "told"), [([], "none"), (["400"], "none"), (["200", "204"], "200, 204"), (["2XX"], "2XX")]
)
def test_not_exactly_one_success_status_stops(description: Json, statuses: list[str], told: str) -> None:
    put(description, "paths > /pools > get > responses", {status: {"description": "An answer."} for status in statuses})
    message = f"GET /pools: needs exactly one success status, has {told}; add or remove some in responses"
    assert stopped(description) == message


@pytest.mark.parametrize(
    "schema",
    [
        TEXT,
        {"type": "array", "items": ref("Pool")},
        ref("PoolMetadata"),
        ref("ListOfLists"),
        ref("MapOfTexts"),
        ref("MoreThanData"),
        ref("CursorOfOne"),
    ],
)
def test_answers_neither_in_an_envelope_nor_bare_stop(description: Json, schema: Json) -> None:
    lists = {"type": "array", "items": {"type": "array", "items": ref("Pool")}}
    description["components"]["schemas"] |= {
        "ListOfLists": {"properties": {"data": lists}},
        "MapOfTexts": {"properties": {"data": {"type": "object", "additionalProperties": TEXT}}},
        "MoreThanData": {"properties": {"data": ref("Pool"), "more": TEXT}},
        "CursorOfOne": {"properties": {"cursor": ref("PageOfOne")}},
        "PageOfOne": {"properties": {"data": ref("Pool")}},
    }
    put(description, "paths > /pools > get > responses > 200", json_of(schema))
    message = stopped(description)
    assert message.startswith(
        "GET /pools, answer: neither an envelope nor bare; put a $ref here to a named model, or to"
    )
    assert len(message.splitlines()) == 1


def test_answers_of_other_media_types_stop(description: Json) -> None:
    put(description, "paths > /pools > get > responses > 200", {"content": {"text/csv": {"schema": TEXT}}})
    message = "GET /pools, answer: declare its content as application/json with a schema, and nothing else"
    assert stopped(description) == message


@pytest.mark.parametrize("schema", [TEXT, {"type": "array", "items": TEXT}, ref("PoolResponse")])
def test_bodies_of_other_shapes_stop(description: Json, schema: Json) -> None:
    put(description, "components > requestBodies > Pool", json_of(schema))
    message = "POST /pools, request body: put a $ref to an object, a union or a map of scalars here"
    assert stopped(description) == message


def test_all_that_is_wrong_is_said_at_once(description: Json) -> None:
    put(description, f"{POOL} > new", OBJECT)
    put(description, f"{POOL} > iban > format", "iban")
    put(description, "components > parameters > PoolId > schema > format", "ulid")
    assert len(stopped(description).splitlines()) == 3


@pytest.mark.parametrize("node", [{"allOf": [ref("PoolKind")]}, {**ref("PoolKind"), "nullable": True}])
def test_a_reference_may_have_remarks(description: Json, node: Json) -> None:
    put(description, f"{POOL} > new", node)
    check(description)


def test_a_warning_of_the_model_generator_stops(description: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    def warning(*_: object, **__: object) -> str:
        warnings.warn("format of 'tel' not understood", UserWarning, stacklevel=1)
        return ""

    monkeypatch.setattr(models_module, "generate", warning)
    with pytest.raises(DescriptionError, match="the model generator stopped: format of 'tel' not understood; correct"):
        models_sources(prepared(description))


def test_a_name_that_the_model_generator_changes_stops(description: Json) -> None:
    put(description, "components > schemas > None", OBJECT)
    message = "components.schemas.None: the model generator made nothing of ['text']; rename the schema, or add"
    with pytest.raises(DescriptionError, match=re.escape(message)):
        models_sources(prepared(description))


def test_a_reference_to_an_envelope_stops(description: Json) -> None:
    put(description, f"{POOL} > answer", ref("PoolResponse"))
    with pytest.raises(DescriptionError, match="'#/components/schemas/PoolResponse'"):
        models_sources(prepared(description))
