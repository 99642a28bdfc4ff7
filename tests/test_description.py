"""The descriptions: each sound in itself, and true to the published one but for the departures listed here."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from tests.judges import cannot_run

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / "shared" / "reference"

METHODS = {"get", "post", "put", "patch", "delete"}
SCHEMAS = "#/components/schemas/"


@attrs.frozen(kw_only=True)
class Described:
    """A description, and how it departs from the published one; openapi/CORRECTIONS.md says why.

    Attributes:
        file: The description.
        published: The published one.
        operations: How many operations there are.
        free: Members that may be any JSON.
        departures: Places in the published bodies that are named or typed otherwise here, by their ends.
        enums: Places whose published values are not all here, by their ends.
        unused: Published schemas that no operation uses.
        without_body: Operations that have a body as published, and none here.
        parameters: Operations whose parameters are others here: those that they have.
        formats: Published formats that say nothing true, or nothing.
    """

    file: str
    published: str
    operations: int
    free: set[str]
    departures: Mapping[str, str]
    enums: tuple[str, ...] = ()
    unused: set[str]
    without_body: set[str]
    parameters: Mapping[str, list[tuple[str, str, bool]]] = attrs.field(factory=dict[str, list[tuple[str, str, bool]]])
    formats: frozenset[str] = frozenset()


EARLIER = Described(
    file="payments.yaml",
    published="payments-v2.0.9.openapi.yaml",
    operations=43,
    free={"raw", "state", "bankAccount", "descriptor"},
    departures={
        ".data.connector": "stands for the providers, which are the keys of a map",
        ".data.connector.key": "stands for the members of a configuration, which are the keys of a map",
        ".data.connector.key.dataType": "belongs to the maps' values",
        ".data.connector.key.required": "belongs to the maps' values",
        ".raw": "any JSON, not just an object",
        ".state": "an object or null, in a shape of its own",
    },
    enums=(">.status",),  # tasks were published with the status of a payment
    unused={"TransfersResponse"},
    without_body={"listAccounts"},
)
_PAGE = [("query", "pageSize", False), ("query", "cursor", False)]
_LIST = [*_PAGE, ("query", "query", False)]
_USER = ("path", "paymentServiceUserID", True)
_CONNECTOR = ("path", "connectorID", True)
_INITIATION = ("path", "paymentInitiationID", True)
_KEY = ("query", "Idempotency-Key", False)
CURRENT = Described(
    file="payments-v3.yaml",
    published="payments-v3.4.openapi.yaml",
    operations=64,
    free={"raw"},
    departures={
        ".raw": "any JSON, not just an object",
        ">.pageSize": "no member of a configuration, as the server has it",
        **{
            f"v3GetPaymentServiceUserLinkAttemptFromConnectorID.{member}": "in an envelope"
            for member in ("id", "psuID", "connectorID", "createdAt", "status", "clientRedirectURL", "error")
        },
        "v3UpdatePaymentMetadata(request).metadata": "the map itself is the body",
    },
    unused=set(),
    without_body={
        *("v3ListAccounts", "v3ListBankAccounts", "v3ListConnectors", "v3ListConnectorSchedules", "v3ListConversions"),
        *("v3ListOrders", "v3ListPayments", "v3ListPaymentInitiations", "v3ListPaymentInitiationAdjustments"),
        *("v3ListPaymentInitiationRelatedPayments", "v3ListPaymentServiceUsers", "v3ListPools"),
        "v3ListPaymentServiceUserConnections",
        "v3ListPaymentServiceUserConnectionsFromConnectorID",
        "v3ListPaymentServiceUserLinkAttemptsFromConnectorID",
    },
    parameters={
        **dict.fromkeys(
            (
                *("v3ListAccounts", "v3ListBankAccounts", "v3ListConnectors", "v3ListConversions", "v3ListOrders"),
                *("v3ListPayments", "v3ListPaymentInitiations", "v3ListPaymentServiceUsers", "v3ListPools"),
            ),
            _LIST,
        ),
        "v3ListConnectorSchedules": [_CONNECTOR, *_LIST],
        "v3ListPaymentInitiationAdjustments": [_INITIATION, *_LIST],
        "v3ListPaymentServiceUserConnections": [_USER, *_LIST],
        "v3ListPaymentServiceUserConnectionsFromConnectorID": [_USER, _CONNECTOR, *_LIST],
        "v3ListPaymentServiceUserLinkAttemptsFromConnectorID": [_USER, _CONNECTOR, *_LIST],
        "v3GetAccountBalances": [
            ("path", "accountID", True),
            *(("query", name, False) for name in ("asset", "from", "to")),
            *_PAGE,
        ],
        "v3GetPoolBalances": [("path", "poolID", True), ("query", "at", True)],
        "v3ListConnectorCapabilities": [],
        "v3CreateLinkForPaymentServiceUser": [_USER, _CONNECTOR, _KEY],
        "v3UpdateLinkForPaymentServiceUserOnConnector": [_USER, _CONNECTOR, ("path", "connectionID", True), _KEY],
    },
    formats=frozenset({"byte", "url", "int64"}),
)


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module", params=[EARLIER, CURRENT], ids=lambda described: str(described.file))
def described(request: pytest.FixtureRequest) -> Described:
    """Each description in turn, for tests of both."""
    given: Described = request.param
    return given


@pytest.fixture(scope="module")
def description(described: Described) -> dict[str, Any]:
    return loaded(ROOT / "openapi" / described.file)


@pytest.fixture(scope="module")
def published(described: Described) -> dict[str, Any]:
    path = REFERENCE / described.published
    if not path.exists():
        cannot_run("the published description is not beside this checkout")
    return loaded(path)


@pytest.fixture(scope="module")
def earlier() -> dict[str, Any]:
    return loaded(ROOT / "openapi" / EARLIER.file)


@pytest.fixture(scope="module")
def current() -> dict[str, Any]:
    return loaded(ROOT / "openapi" / CURRENT.file)


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def resolved(description: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def parts_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas directly inside a schema, and where."""
    yield from ((f"properties.{name}", node) for name, node in schema.get("properties", {}).items())
    yield from ((key, schema[key]) for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict))
    for key in ("allOf", "anyOf", "oneOf"):
        yield from ((f"{key}.{index}", node) for index, node in enumerate(schema.get(key, [])))


def nested(where: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all that is written inside it."""
    yield where, schema
    for place, part in parts_of(schema):
        yield from nested(f"{where}.{place}", part)


def holders(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """What holds a schema outside of the named ones: parameters, and bodies of requests and answers."""
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            yield where, node
        for key, part in node.items():
            if key not in ("schema", "schemas"):
                yield from holders(part, f"{where}.{key}")
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from holders(part, f"{where}.{index}")


def written(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema at every depth."""
    for name, schema in description["components"]["schemas"].items():
        yield from nested(name, schema)
    for where, holder in holders(description):
        yield from nested(where, holder["schema"])


def test_it_is_valid_openapi(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.0.3"
    validate(description)


def test_it_has_every_operation_once(description: dict[str, Any], described: Described) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(ids) == len(set(ids)) == described.operations


def test_every_operation_says_what_it_does(description: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in description["tags"]}
    scopes = description["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"]
    for method, path, operation in operations(description):
        where = f"{method} {path}"
        assert operation.get("summary", "").endswith("."), where
        assert set(operation["tags"]) <= tags, where
        assert {"401", "default"} <= set(operation["responses"]), where
        assert operation["security"] == [{"oauth2": ["payments:read" if method == "GET" else "payments:write"]}], where
        assert set(scopes) == {"payments:read", "payments:write"}


def test_every_schema_and_parameter_is_described(description: dict[str, Any]) -> None:
    components = description["components"]
    bare = [name for name, schema in components["schemas"].items() if not schema.get("description")]
    parameters = [*components["parameters"].values()]
    parameters += [each for _, _, operation in operations(description) for each in operation.get("parameters", [])]
    bare += [each["name"] for each in parameters if "$ref" not in each and not each.get("description")]
    assert bare == []


def test_nothing_is_anonymous(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"].values()
    # What stands in the allOf of a named schema is a part of it, and a reference may have remarks around it.
    named = {id(part) for schema in schemas for part in (schema, *schema.get("allOf", []))}
    structured = {"properties", "additionalProperties", "enum", "allOf", "anyOf", "oneOf"}
    anonymous = [
        where
        for where, schema in written(description)
        if id(schema) not in named
        and (structured & set(schema) or schema.get("type") == "object")
        and [*map(list, schema.get("allOf", []))] != [["$ref"]]
    ]
    assert anonymous == []


def test_free_json_is_marked_so(description: dict[str, Any], described: Described) -> None:
    untyped = [
        (where, schema)
        for where, schema in written(description)
        if not {"type", "$ref", "allOf", "anyOf", "oneOf"} & set(schema)
    ]
    assert {where.rpartition(".")[2] for where, _ in untyped} == described.free
    for where, schema in untyped:
        assert {"nullable", "description", "x-sensitive"} <= set(schema), where


def test_required_members_exist_and_lists_are_not_required(description: dict[str, Any]) -> None:
    for name, schema in description["components"]["schemas"].items():
        required = set(schema.get("required", []))
        assert required <= set(schema.get("properties", {})), name
        if not name.endswith(("Request", "Page", "Response")):
            plain = [resolved(description, schema["properties"][member]) for member in required]
            assert not any("additionalProperties" in part or part.get("type") == "array" for part in plain), name


def marked_in(description: dict[str, Any]) -> set[str]:
    """The members that are marked as sensitive."""
    return {
        f"{name}.{member}"
        for name, schema in description["components"]["schemas"].items()
        for member, part in schema.get("properties", {}).items()
        if part.get("x-sensitive")
    }


def test_secrets_are_marked(earlier: dict[str, Any]) -> None:
    marked = marked_in(earlier)
    assert {each for each in marked if each.partition(".")[0].endswith("Config")} == {
        "StripeConfig.apiKey",
        "WiseConfig.apiKey",
        "ModulrConfig.apiKey",
        "ModulrConfig.apiSecret",
        "CurrencyCloudConfig.apiKey",
        "BankingCircleConfig.password",
        "BankingCircleConfig.userCertificate",
        "BankingCircleConfig.userCertificateKey",
        "MangoPayConfig.apiKey",
        "MoneycorpConfig.apiKey",
        "AtlarConfig.secret",
        "AdyenConfig.apiKey",
        "AdyenConfig.hmacKey",
        "GenericConfig.apiKey",
    }
    numbers = {"iban", "accountNumber"}
    assert {f"{name}.{number}" for name in ("BankAccount", "BankAccountRequest") for number in numbers} <= marked


def test_secrets_of_the_current_api_are_marked(current: dict[str, Any]) -> None:
    marked = marked_in(current)
    schemas = current["components"]["schemas"]
    secret = re.compile(r"apiKey|secret|password|passphrase|token|privateKey|accessKey|certificate", re.IGNORECASE)
    members = {f"{name}.{member}" for name in schemas for member in schemas[name].get("properties", {})}
    of_configs = {each for each in members if each.partition(".")[0].endswith("Config")}
    assert {each for each in of_configs if secret.search(each.partition(".")[2])} == marked & of_configs
    assert len(marked & of_configs) == 35
    numbers = {
        f"{name}.{each}" for name in ("BankAccount", "CreateBankAccountRequest") for each in ("iban", "accountNumber")
    }
    assert numbers | {"Link.link", "Connector.config", "ContactDetails.email", "ContactDetails.phoneNumber"} <= marked


@pytest.mark.parametrize(
    ("described", "union", "unknown"),
    [
        (EARLIER, "ConnectorConfig", "OtherConfig"),
        (EARLIER, "Task", "OtherTask"),
        (CURRENT, "ConnectorConfig", "OtherConfig"),
    ],
    indirect=["described"],
)
def test_a_union_has_a_member_for_each_connector(description: dict[str, Any], union: str, unknown: str) -> None:
    schemas = description["components"]["schemas"]
    by_connector = schemas[union]["x-by-connector"]
    assert list(by_connector) == schemas[description["x-codegen"]["connectors"]]["enum"]
    assert [{"$ref": SCHEMAS + name} for name in by_connector.values()] == schemas[union]["anyOf"]
    assert schemas[union]["x-unknown-connector"] == unknown
    assert schemas[unknown]["additionalProperties"] is True


def test_tasks_differ_in_their_descriptors_only(earlier: dict[str, Any]) -> None:
    schemas = earlier["components"]["schemas"]
    stripe = schemas["TaskStripe"]
    for name in schemas["Task"]["x-by-connector"].values():
        descriptor = {"descriptor": {"$ref": f"{SCHEMAS}{name}Descriptor"}}
        assert schemas[name]["required"] == stripe["required"]
        assert schemas[name]["properties"] == stripe["properties"] | descriptor
        members = schemas[f"{name}Descriptor"]["properties"]
        assert [member for member in members if "x-neutral" in members[member]] == ["name", "key"]


def test_what_a_list_sorts_and_filters_by_is_listed(description: dict[str, Any]) -> None:
    operators = {"$match", "$gt", "$gte", "$lt", "$lte"}
    for _, _, operation in operations(description):
        references = {part.get("$ref", "").rpartition("/")[2] for part in operation.get("parameters", [])}
        assert ("Sort" in references) == bool(operation.get("x-sort-columns")), operation["operationId"]
        assert ("Query" in references) == ("x-filters" in operation), operation["operationId"]
        assert all(set(known) <= operators for known in operation.get("x-filters", {}).values())


def test_every_example_fits_its_schema(description: dict[str, Any]) -> None:
    components = {"components": description["components"]}
    examples = [
        (where, schema, schema[key])
        for where, schema in written(description)
        for key in ("example", "default")
        if key in schema
    ]
    for where, holder in holders(description):
        examples += [(where, holder["schema"], holder["example"])] if "example" in holder else []
        examples += [(where, holder["schema"], example["value"]) for example in holder.get("examples", {}).values()]
    assert len(examples) > 200
    for where, schema, example in examples:
        errors = [error.message for error in OAS30Validator({**schema, **components}).iter_errors(example)]
        assert not errors, where


def test_operations_are_those_published(description: dict[str, Any], published: dict[str, Any]) -> None:
    def listed(document: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
        return [
            (method, path, operation["operationId"], operation.get("deprecated", False))
            for method, path, operation in operations(document)
        ]

    assert listed(description) == listed(published)


def test_parameters_are_those_published(
    description: dict[str, Any], published: dict[str, Any], described: Described
) -> None:
    def listed(document: dict[str, Any]) -> dict[str, list[tuple[str, str, bool]]]:
        return {
            operation["operationId"]: [
                (part["in"], part["name"], part.get("required", False))
                for part in (resolved(document, each) for each in operation.get("parameters", []))
            ]
            for _, _, operation in operations(document)
        }

    there = listed(published)
    assert all(there[name] != parameters for name, parameters in described.parameters.items())
    assert listed(description) == there | dict(described.parameters)


def test_success_statuses_are_those_published(description: dict[str, Any], published: dict[str, Any]) -> None:
    def listed(document: dict[str, Any]) -> dict[str, list[str]]:
        return {
            operation["operationId"]: [status for status in operation["responses"] if status.startswith("2")]
            for _, _, operation in operations(document)
        }

    assert listed(description) == listed(published)


class Bodies:
    """What the bodies of a document's operations hold: type, format and enum of every member, by operation and place.

    A place reads `getConnectorTask.data<TaskStripe>.descriptor.name`: lists and maps are walked through, and the names
    of schemas do not count, except those of a union's members.
    """

    def __init__(self, document: dict[str, Any], formats: frozenset[str] = frozenset()) -> None:
        self._formats = formats
        self.types: dict[str, tuple[str | None, str | None]] = {}
        self.enums: dict[str, set[str]] = {}
        self.with_body: set[str] = set()
        self.visited: set[str] = set()
        self._document = document
        for _, _, operation in operations(document):
            name = operation["operationId"]
            if "requestBody" in operation:
                self.with_body.add(name)
                self._content(operation["requestBody"], f"{name}(request)")
            for status, answer in operation["responses"].items():
                self._content(answer, f"{name}(error)" if status == "default" else name)

    def _content(self, body: dict[str, Any], where: str) -> None:
        for content in resolved(self._document, body).get("content", {}).values():
            self._walk(content["schema"], where)

    def _walk(self, schema: dict[str, Any], where: str) -> None:
        if "$ref" in schema:
            self.visited.add(schema["$ref"].removeprefix(SCHEMAS))
            schema = resolved(self._document, schema)
        for member, part in schema.get("properties", {}).items():
            place = f"{where}.{member}"
            target = resolved(self._document, part)
            form = target.get("format")
            kind = "object" if "allOf" in target else target.get("type")
            self.types[place] = (kind, None if form in self._formats else form)
            self.enums[place] = set(target.get("enum", []))
            self._walk(part, place)
        for part in [schema.get("items"), schema.get("additionalProperties"), *schema.get("allOf", [])]:
            if isinstance(part, dict):
                self._walk(part, where)
        for part in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
            self._walk(part, f"{where}<{part['$ref'].removeprefix(SCHEMAS).removeprefix('V3')}>")


def test_members_and_their_types_are_those_published(
    description: dict[str, Any], published: dict[str, Any], described: Described
) -> None:
    # What a UUID is, no published description says.
    here, there = (Bodies(each, described.formats | {"uuid"}).types for each in (description, published))
    assert len(there) > 500
    departing = {place for place, kind in there.items() if place not in here or here[place] != kind}
    excused = {place for place in departing if place.endswith(tuple(described.departures))}
    assert departing == excused
    assert all(any(place.endswith(departure) for place in excused) for departure in described.departures)


def test_enums_have_the_published_values(
    description: dict[str, Any], published: dict[str, Any], described: Described
) -> None:
    here, there = Bodies(description).enums, Bodies(published).enums
    moved = tuple(described.departures)
    lacking = {place for place, values in there.items() if not values <= here.get(place, set())}
    excused = {place for place in there if described.enums and place.endswith(described.enums)}
    assert {place for place in lacking if not place.endswith(moved)} == excused


def test_bodies_and_schemas_are_those_published(
    description: dict[str, Any], published: dict[str, Any], described: Described
) -> None:
    here, there = Bodies(description), Bodies(published)
    assert here.with_body == there.with_body - described.without_body
    assert set(published["components"]["schemas"]) - there.visited == described.unused
