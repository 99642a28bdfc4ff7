"""Connectors: links to payment providers, their configurations and their tasks."""

from __future__ import annotations

from typing_extensions import deprecated

from payments_async.models import (
    CONFIG_BY_CONNECTOR,
    TASK_BY_CONNECTOR,
    ConfigField,
    Connector,
    ConnectorConfig,
    ConnectorInstallation,
    InstalledConnector,
    OtherConfig,
    OtherTask,
    Task,
    TransferRequest,
    TransferResponse,
)
from payments_async.operations.base import Operations, checked
from payments_async.wire.call import Call
from payments_async.wire.codec import bare, nothing, one, page_of
from payments_async.wire.pages import Pages


class Connectors(Operations):
    """Connectors: links to payment providers, their configurations and their tasks.

    `connector` is the provider's name in capitals, such as `Connector.STRIPE`. Configurations and tasks are read as
    what that provider has; those of a provider that this package does not know are `OtherConfig` and `OtherTask`.
    """

    async def list_all_connectors(self) -> list[InstalledConnector]:
        """List the connectors that are installed, in no order.

        Raises:
            PaymentsError: the call failed.

        Route: `GET /connectors`
        """
        return await self._run(Call("list_all_connectors", "GET", "/connectors", one(list[InstalledConnector])))

    async def list_configs_available_connectors(self) -> dict[str, dict[str, ConfigField]]:
        """List the members of each provider's configuration: by provider, then by wire name.

        Raises:
            PaymentsError: the call failed.

        Route: `GET /connectors/configs`
        """
        return await self._run(
            Call(
                "list_configs_available_connectors",
                "GET",
                "/connectors/configs",
                one(dict[str, dict[str, ConfigField]]),
            )
        )

    async def install_connector(self, connector: Connector | str, config: ConnectorConfig) -> str:
        """Install a connector and start it; gives its id.

        A provider that fails at the start leaves the connector installed.

        Args:
            connector: The provider.
            config: Its configuration; durations are texts such as `2m` or `1h30m`.

        Raises:
            ValueError: the configuration is another provider's.
            ValidationError: a connector of this name is installed, whatever its provider.
            ServerError: a member that the provider needs is missing, or the provider failed.
            OutcomeUnknownError: it may have been installed; list the connectors to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /connectors/{connector}`
        """
        installation = await self._run(
            Call(
                "install_connector",
                "POST",
                "/connectors/{connector}",
                one(ConnectorInstallation),
                ids={"connector": connector},
                body=_checked_config(connector, config),
            )
        )
        return installation.connector_id

    async def connectors_transfer(self, connector: Connector | str, request: TransferRequest) -> TransferResponse:
        """Make a transfer between accounts of a provider.

        The server of stack v2.0.9 describes this route and does not have it: an `APIError` of status 405.

        Raises:
            APIError: the server does not have the route.
            OutcomeUnknownError: it may have been made.
            PaymentsError: the call failed otherwise.

        Route: `POST /connectors/{connector}/transfers`
        """
        return await self._run(
            Call(
                "connectors_transfer",
                "POST",
                "/connectors/{connector}/transfers",
                bare(TransferResponse),
                ids={"connector": connector},
                body=checked(TransferRequest, request),
            )
        )

    async def read_connector_config_v1(self, connector: Connector | str, connector_id: str) -> ConnectorConfig:
        """Fetch a connector's configuration, its secrets in clear (hidden in reprs).

        The id of another provider's connector gives that one's configuration, as far as the members have the same
        names.

        Raises:
            ValidationError: it is not installed.
            PaymentsError: the call failed otherwise.

        Route: `GET /connectors/{connector}/{connectorId}/config`
        """
        return await self._run(
            Call(
                "read_connector_config_v1",
                "GET",
                "/connectors/{connector}/{connectorId}/config",
                one(_config_of(connector)),
                ids={"connector": connector, "connectorId": connector_id},
            )
        )

    async def update_connector_config_v1(
        self, connector: Connector | str, connector_id: str, config: ConnectorConfig
    ) -> None:
        """Replace a connector's configuration as a whole: what is left out goes back to its default, secrets included.

        Raises:
            ValueError: the configuration is another provider's.
            ValidationError: the connector is not installed.
            ServerError: a member that the provider needs is missing.
            OutcomeUnknownError: it may have been replaced; fetch it to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /connectors/{connector}/{connectorId}/config`
        """
        await self._run(
            Call(
                "update_connector_config_v1",
                "POST",
                "/connectors/{connector}/{connectorId}/config",
                nothing,
                ids={"connector": connector, "connectorId": connector_id},
                body=_checked_config(connector, config),
            )
        )

    async def reset_connector_v1(self, connector: Connector | str, connector_id: str) -> None:
        """Uninstall a connector with all its data and install it again, under another id.

        List the connectors to learn the id.

        Raises:
            ValidationError: it is not installed.
            OutcomeUnknownError: it may have been reset; list the connectors to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /connectors/{connector}/{connectorId}/reset`
        """
        await self._run(
            Call(
                "reset_connector_v1",
                "POST",
                "/connectors/{connector}/{connectorId}/reset",
                nothing,
                ids={"connector": connector, "connectorId": connector_id},
            )
        )

    async def uninstall_connector_v1(self, connector: Connector | str, connector_id: str) -> None:
        """Uninstall a connector with all its accounts, payments, transfer initiations and tasks.

        Raises:
            ValidationError: it is not installed.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /connectors/{connector}/{connectorId}`
        """
        await self._run(
            Call(
                "uninstall_connector_v1",
                "DELETE",
                "/connectors/{connector}/{connectorId}",
                nothing,
                ids={"connector": connector, "connectorId": connector_id},
            )
        )

    def list_connector_tasks_v1(
        self,
        connector: Connector | str,
        connector_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Pages[Task]:
        """List a connector's tasks, newest first, following the cursor to the end.

        Args:
            connector: The provider.
            connector_id: The connector.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes `page_size`.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /connectors/{connector}/{connectorId}/tasks`
        """
        return self._pages(
            Call(
                "list_connector_tasks_v1",
                "GET",
                "/connectors/{connector}/{connectorId}/tasks",
                page_of(_task_of(connector)),
                ids={"connector": connector, "connectorId": connector_id},
                query={"pageSize": page_size, "cursor": cursor},
            )
        )

    async def get_connector_task_v1(self, connector: Connector | str, connector_id: str, task_id: str) -> Task:
        """Fetch one task.

        Raises:
            NotFoundError: there is none.
            ValidationError: the connector is not installed.
            PaymentsError: the call failed otherwise.

        Route: `GET /connectors/{connector}/{connectorId}/tasks/{taskId}`
        """
        return await self._run(
            Call(
                "get_connector_task_v1",
                "GET",
                "/connectors/{connector}/{connectorId}/tasks/{taskId}",
                one(_task_of(connector)),
                ids={"connector": connector, "connectorId": connector_id, "taskId": task_id},
            )
        )

    @deprecated("use read_connector_config_v1, which names the connector")
    async def read_connector_config(self, connector: Connector | str) -> ConnectorConfig:
        """Fetch the configuration of a provider's only connector.

        Raises:
            ValidationError: the provider has no connector, or several.
            PaymentsError: the call failed otherwise.

        Route: `GET /connectors/{connector}/config`
        """
        return await self._run(
            Call(
                "read_connector_config",
                "GET",
                "/connectors/{connector}/config",
                one(_config_of(connector)),
                ids={"connector": connector},
            )
        )

    @deprecated("use reset_connector_v1, which names the connector")
    async def reset_connector(self, connector: Connector | str) -> None:
        """Uninstall a provider's only connector with all its data and install it again, under another id.

        Raises:
            ValidationError: the provider has no connector, or several.
            OutcomeUnknownError: it may have been reset; list the connectors to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /connectors/{connector}/reset`
        """
        await self._run(
            Call("reset_connector", "POST", "/connectors/{connector}/reset", nothing, ids={"connector": connector})
        )

    @deprecated("use uninstall_connector_v1, which names the connector")
    async def uninstall_connector(self, connector: Connector | str) -> None:
        """Uninstall a provider's only connector with all its data.

        Raises:
            ValidationError: the provider has no connector, or several.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /connectors/{connector}`
        """
        await self._run(
            Call("uninstall_connector", "DELETE", "/connectors/{connector}", nothing, ids={"connector": connector})
        )

    @deprecated("use list_connector_tasks_v1, which names the connector")
    def list_connector_tasks(
        self, connector: Connector | str, *, page_size: int | None = None, cursor: str | None = None
    ) -> Pages[Task]:
        """List the tasks of a provider's only connector, newest first, following the cursor to the end.

        Args:
            connector: The provider.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes `page_size`.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /connectors/{connector}/tasks`
        """
        return self._pages(
            Call(
                "list_connector_tasks",
                "GET",
                "/connectors/{connector}/tasks",
                page_of(_task_of(connector)),
                ids={"connector": connector},
                query={"pageSize": page_size, "cursor": cursor},
            )
        )

    @deprecated("use get_connector_task_v1, which names the connector")
    async def get_connector_task(self, connector: Connector | str, task_id: str) -> Task:
        """Fetch one task of a provider's only connector.

        Raises:
            NotFoundError: there is none.
            ValidationError: the provider has no connector, or several.
            PaymentsError: the call failed otherwise.

        Route: `GET /connectors/{connector}/tasks/{taskId}`
        """
        return await self._run(
            Call(
                "get_connector_task",
                "GET",
                "/connectors/{connector}/tasks/{taskId}",
                one(_task_of(connector)),
                ids={"connector": connector, "taskId": task_id},
            )
        )


def _config_of(connector: str) -> type[ConnectorConfig]:
    return CONFIG_BY_CONNECTOR.get(Connector(connector.upper()), OtherConfig)


def _task_of(connector: str) -> type[Task]:
    return TASK_BY_CONNECTOR.get(Connector(connector.upper()), OtherTask)


def _checked_config(connector: str, config: ConnectorConfig) -> ConnectorConfig:
    expected = _config_of(connector)
    if not isinstance(config, (expected, OtherConfig)):
        # The type is a configuration's; it is the value of `connector` that it does not go with.
        raise ValueError(f"{connector} is configured by {expected.__name__}, not by {type(config).__name__}")  # noqa: TRY004
    return config
