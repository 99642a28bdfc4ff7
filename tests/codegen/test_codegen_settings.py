from typing import Any

import pytest

from codegen.check import check
from codegen.connectors import tables_by_connector
from codegen.description import DescriptionError, Json, operations_of
from codegen.models import models_sources
from codegen.operations import operations_source, read_operation
from codegen.prepare import prepared
from codegen.settings import settings_of


@pytest.mark.parametrize("settings", [{}, {"package": "a"}, {"package": "a", "connectors": "b", "color": "red"}, None])
def test_settings_that_are_missing_or_not_known_stop(description: Json, settings: Any) -> None:
    description["x-codegen"] = settings or {}
    with pytest.raises(
        DescriptionError, match=r"x-codegen: .*; it has the members package, connectors, operation-prefix"
    ):
        settings_of(description)


def test_the_package_is_named_where_it_is_imported_from(description: Json) -> None:
    description["x-codegen"]["package"] = "somewhere.models"
    sources = models_sources(prepared(description))
    assert "`somewhere.models`" in sources["__init__.py"]
    assert "from somewhere.models.generated.models import Connector\n" in sources["connectors.py"]


def test_the_prefix_of_operation_ids_is_not_in_the_names_of_methods(description: Json) -> None:
    description["x-codegen"]["operation-prefix"] = "v3"
    description["paths"]["/pools"]["get"]["operationId"] = "v3ListPools"
    check(description)
    (named,) = [
        read_operation(description, *operation)
        for operation in operations_of(description)
        if operation[2]["operationId"] == "v3ListPools"
    ]
    assert named.name == "list_pools"


def test_unions_go_by_the_enum_that_is_named(description: Json) -> None:
    schemas = description["components"]["schemas"]
    schemas["Provider"] = schemas.pop("Connector")
    for each in description["paths"]["/connectors/{connector}/config"].values():
        each["parameters"][0]["schema"] = {"$ref": "#/components/schemas/Provider"}
    description["x-codegen"]["connectors"] = "Provider"
    check(description)
    tables = tables_by_connector(prepared(description))
    assert list(tables) == ["CONFIG_BY_PROVIDER", "TASK_BY_PROVIDER"]
    assert tables["CONFIG_BY_PROVIDER"] == (
        "CONFIG_BY_PROVIDER: dict[Provider, type[ConnectorConfig]] = "
        "{Provider.STRIPE: StripeConfig, Provider.DUMMY_PAY: DummyPayConfig, }"
    )


def test_a_table_brings_its_class_or_takes_another_ones(description: Json) -> None:
    assert "\nclass Operation:" in operations_source(description)
    description["x-codegen"]["operation-class"] = "somewhere.operations"
    source = operations_source(description)
    assert source.startswith('"""The operations of the API, as the description states them')
    assert "from somewhere.operations import Operation\n" in source
    assert "class " not in source
