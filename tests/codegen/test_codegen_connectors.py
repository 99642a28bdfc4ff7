from codegen.connectors import models_of_connectors
from codegen.description import SCHEMAS, Json, schemas_of
from codegen.models import models_sources
from codegen.prepare import prepared

OF_CONNECTORS = {
    "ConnectorConfig",
    "DummyPayConfig",
    "OtherConfig",
    "OtherTask",
    "StripeConfig",
    "Task",
    "TaskBase",
    "TaskDummyPay",
    "TaskStripe",
    "TaskStripeDescriptor",
}


def holding(*names: str) -> Json:
    lists = {name.lower(): {"type": "array", "items": {"$ref": SCHEMAS + name}} for name in names}
    return {"type": "object", "properties": lists}


def with_schemas(description: Json, **schemas: Json) -> set[str]:
    schemas_of(description).update(schemas)
    return models_of_connectors(prepared(description)) - OF_CONNECTORS


def test_unions_by_connector_and_what_they_hold_belong_to_connectors(description: Json) -> None:
    assert models_of_connectors(prepared(description)) == OF_CONNECTORS


def test_what_holds_a_union_by_connector_belongs_to_connectors(description: Json) -> None:
    added = {"Installed": holding("ConnectorConfig"), "Listed": holding("Installed")}
    assert with_schemas(description, **added) == {"Installed", "Listed"}


def test_what_others_hold_too_is_theirs(description: Json) -> None:
    schemas_of(description)["StripeConfig"]["properties"]["shared"] = {"$ref": f"{SCHEMAS}Shared"}
    added = {"Shared": holding("Deeper"), "Deeper": holding("Pool"), "Outside": holding("Shared")}
    assert with_schemas(description, **added) == set()


def test_what_holds_itself_is_told_apart_as_well(description: Json) -> None:
    added = {"Free": holding("Free"), "Bound": holding("Bound", "Task")}
    assert with_schemas(description, **added) == {"Bound"}


def test_the_names_are_known_without_the_module(sources: dict[str, str]) -> None:
    package: dict[str, object] = {}
    exec(sources["__init__.py"], package)
    names = {*OF_CONNECTORS, "CONFIG_BY_CONNECTOR", "TASK_BY_CONNECTOR"}
    assert package["CONNECTOR_MODELS"] == tuple(sorted(names))


def test_of_the_models_only_those_in_use_are_imported(description: Json) -> None:
    line = "from payments_async.models.generated.models import Connector\n"
    assert line in models_sources(prepared(description))["connectors.py"]
    schemas_of(description)["StripeConfig"]["properties"]["kind"] = {"$ref": f"{SCHEMAS}PoolKind"}
    line = "from payments_async.models.generated.models import Connector, PoolKind\n"
    assert line in models_sources(prepared(description))["connectors.py"]
