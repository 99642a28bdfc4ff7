from types import ModuleType

import attrs
import pytest

from codegen.check import check
from codegen.description import Json, operations_of
from codegen.operations import read_operation


def test_the_table(operations: ModuleType) -> None:
    def operation(operation_id: str, name: str, route: str, status: int, **more: object) -> object:
        method, path = route.split()
        return operations.Operation(
            operation_id=operation_id, name=name, method=method, path=path, status=status, **more
        )

    config = "/connectors/{connector}/config"
    expected = (
        operation("getServerInfo", "get_server_info", "GET /_info", 200, response="ServerInfo", envelope="bare"),
        operation(
            "listPools",
            "list_pools",
            "GET /pools",
            200,
            query_parameters=("trace", "pageSize", "sort"),
            response="Pool",
            envelope="cursor",
            collection="list",
            sort_columns=("created_at", "name"),
            filters={"reference": ("$match",), "created_at": ("$lt", "$gt")},
        ),
        operation(
            "createPool",
            "create_pool",
            "POST /pools",
            201,
            query_parameters=("trace",),
            request="PoolRequest",
            response="Pool",
            envelope="data",
        ),
        operation(
            "udpateMetadata",
            "update_metadata",
            "PATCH /pools/{poolId}/metadata",
            204,
            path_parameters=("poolId",),
            request="dict[str, str]",
            deprecated=True,
        ),
        operation(
            "listAllConnectors",
            "list_all_connectors",
            "GET /connectors",
            200,
            response="InstalledConnector",
            envelope="data",
            collection="list",
        ),
        operation(
            "listConfigs",
            "list_configs",
            "GET /connectors/configs",
            200,
            response="ConfigField",
            envelope="data",
            collection="map of maps",
        ),
        operation(
            "readConfigV1",
            "read_config_v1",
            f"GET {config}",
            200,
            path_parameters=("connector",),
            response="ConnectorConfig",
            envelope="data",
        ),
        operation(
            "installConnector",
            "install_connector",
            f"POST {config}",
            204,
            path_parameters=("connector",),
            request="ConnectorConfig",
        ),
    )
    assert expected == operations.OPERATIONS


def test_what_is_answered_page_by_page(operations: ModuleType) -> None:
    assert [operation.name for operation in operations.OPERATIONS if operation.paginated] == ["list_pools"]


def test_the_table_cannot_be_changed(operations: ModuleType) -> None:
    first = operations.OPERATIONS[0]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        first.name = "other"
    assert len(set(operations.OPERATIONS)) == len(operations.OPERATIONS)


@pytest.mark.parametrize(
    ("schema", "response", "collection"),
    [
        ({"type": "string"}, "str", None),
        ({"$ref": "#/components/schemas/PoolId"}, "str", None),
        ({"type": "boolean"}, "bool", None),
        (
            {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Kinds"}},
            "PoolKind",
            "map of lists",
        ),
    ],
)
def test_what_answers_hold_besides_models(
    description: Json, schema: Json, response: str, collection: str | None
) -> None:
    schemas = description["components"]["schemas"]
    schemas["PoolId"] = {"type": "string"}
    schemas["Kinds"] = {"type": "array", "items": {"$ref": "#/components/schemas/PoolKind"}}
    schemas["PoolResponse"]["properties"]["data"] = schema
    check(description)
    (created,) = [
        read_operation(description, *operation)
        for operation in operations_of(description)
        if operation[2]["operationId"] == "createPool"
    ]
    assert (created.envelope, created.response, created.collection) == ("data", response, collection)
