# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The operations of the API, as the description states them, for whoever compares with it."""

from payments_async.models.generated.operations import Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        operation_id="v3ListAccounts",
        name="list_accounts",
        method="GET",
        path="/v3/accounts",
        query_parameters=("pageSize", "cursor", "query"),
        response="Account",
        envelope="cursor",
        collection="list",
        status=200,
        filters={
            "id": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "reference": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "connector_id": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "type": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "default_asset": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "name": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "psu_id": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "open_banking_connection_id": ("$match", "$gt", "$gte", "$lt", "$lte"),
            "metadata[key]": ("$match",),
        },
    ),
    Operation(
        operation_id="v3CreateAccount",
        name="create_account",
        method="POST",
        path="/v3/accounts",
        request="CreateAccountRequest",
        response="Account",
        envelope="data",
        status=201,
    ),
    Operation(
        operation_id="v3GetAccount",
        name="get_account",
        method="GET",
        path="/v3/accounts/{accountID}",
        path_parameters=("accountID",),
        response="Account",
        envelope="data",
        status=200,
    ),
    Operation(
        operation_id="v3GetAccountBalances",
        name="get_account_balances",
        method="GET",
        path="/v3/accounts/{accountID}/balances",
        path_parameters=("accountID",),
        query_parameters=("asset", "from", "to", "pageSize", "cursor"),
        response="Balance",
        envelope="cursor",
        collection="list",
        status=200,
    ),
)

__all__ = ["OPERATIONS", "Operation"]
