"""Connectors: links to payment providers, their configurations and their schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.operations.ensure import ensured, with_name
from payments_async.v3.models import (
    Capability,
    ConfigField,
    Connector,
    ConnectorConfig,
    Instance,
    Provider,
    Schedule,
    StartedTask,
)
from payments_async.v3.operations.base import Operations
from payments_async.v3.operations.connector_configs import checked_config, config_fields, provider_of, read_config
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Connectors(Operations):
    """Connectors: links to payment providers, their configurations and their schedules.

    Each provider has its own configuration class; the configuration of a provider that this package does not know is
    an `OtherConfig`. In lists, configurations are plain JSON. They contain secrets in clear text, hidden in reprs.
    """

    def list_connectors(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Connector] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Connector]:
        """List the installed connectors, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.connectors.name.match("stripe-eu")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/connectors`
        """
        return self._pages(
            Call(
                "list_connectors",
                "GET",
                "/v3/connectors",
                page_of(Connector),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Connector)},
            )
        )

    async def install_connector(self, connector: Provider | str, config: ConnectorConfig) -> str:
        """Install a connector and start it; return its id once the installation is done.

        Args:
            connector: The provider, such as `Provider.STRIPE`.
            config: Its configuration; `polling_period` is a string such as `45m` or `1h30m`.

        Raises:
            ValueError: the configuration belongs to another provider.
            ConflictError: a connector with this name is installed already, perhaps of another provider.
            ValidationError: the server refused the configuration, or the provider refused the credentials.
            OutcomeUnknownError: it may have been installed; `ensure_connector` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/connectors/install/{connector}`
        """
        return await self._run(
            Call(
                "install_connector",
                "POST",
                "/v3/connectors/install/{connector}",
                one(str),
                ids={"connector": connector},
                body=checked_config(connector, config),
            )
        )

    async def ensure_connector(self, connector: Provider | str, config: ConnectorConfig) -> Connector:
        """Install a connector unless it is installed already; safe to call again after any failure.

        Names are unique. The method looks for a connector with this name, installs it if there is none, looks again and
        compares, but not the members of the configuration that are `None`. An installation whose response is lost goes
        on: if it fails later, the server removes the connector, and the next call installs it again.

        Args:
            connector: The provider, such as `Provider.STRIPE`.
            config: As that of `install_connector`.

        Raises:
            ValueError: the configuration belongs to another provider.
            ConflictError: there is a different connector with this name; `fields` names the differences. One that is
                being uninstalled or reset differs in `scheduled_for_deletion`: call again when it is gone.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /v3/connectors`, `POST /v3/connectors/install/{connector}`
        """
        name = checked_config(connector, config).name
        named = self.list_connectors(page_size=100, query={"$match": {"name": name}})
        return await ensured(
            "ensure_connector",
            name,
            find=lambda: with_name(named, name),
            create=lambda: self.install_connector(connector, config),
            fields=lambda found: config_fields(connector, config, found),
        )

    async def list_connector_configs(self) -> dict[str, dict[str, ConfigField]]:
        """List the members of each provider's configuration: by provider, then by wire name.

        Raises:
            PaymentsError: the call failed.

        Route: `GET /v3/connectors/configs`
        """
        return await self._run(
            Call("list_connector_configs", "GET", "/v3/connectors/configs", one(dict[str, dict[str, ConfigField]]))
        )

    async def list_connector_capabilities(self) -> dict[str, list[Capability]]:
        """List what the connectors of each provider can do, by provider.

        Raises:
            PaymentsError: the call failed.

        Route: `GET /v3/connectors/capabilities`
        """
        return await self._run(
            Call("list_connector_capabilities", "GET", "/v3/connectors/capabilities", one(dict[str, list[Capability]]))
        )

    async def uninstall_connector(self, connector_id: str) -> str:
        """Uninstall a connector with all its data; return the id of the task that does it.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it is not installed.
            OutcomeUnknownError: it may have been started; list the connectors to see whether it is
                scheduled for deletion.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /v3/connectors/{connectorID}`
        """
        started = await self._run(
            Call(
                "uninstall_connector",
                "DELETE",
                "/v3/connectors/{connectorID}",
                one(StartedTask),
                ids={"connectorID": connector_id},
                idempotent=False,
            )
        )
        return started.task_id

    async def get_connector_config(self, connector_id: str) -> ConnectorConfig:
        """Fetch a connector's configuration, with its secrets in clear text (hidden in reprs).

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it is not installed.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/connectors/{connectorID}/config`
        """
        return await self._run(
            Call(
                "get_connector_config",
                "GET",
                "/v3/connectors/{connectorID}/config",
                read_config,
                ids={"connectorID": connector_id},
            )
        )

    async def update_connector_config(self, connector_id: str, config: ConnectorConfig) -> None:
        """Replace the whole configuration of a connector, including its name: omitted members return to their defaults.

        Raises:
            ValueError: the configuration belongs to another provider, or the id belongs to another kind of resource.
            NotFoundError: the connector is not installed.
            ValidationError: the server refused the configuration.
            PaymentsError: the call failed otherwise.

        Route: `PATCH /v3/connectors/{connectorID}/config`
        """
        await self._run(
            Call(
                "update_connector_config",
                "PATCH",
                "/v3/connectors/{connectorID}/config",
                nothing,
                ids={"connectorID": connector_id},
                body=checked_config(provider_of(connector_id), config),
                idempotent=True,
            )
        )

    async def get_connector_capabilities(self, connector_id: str) -> list[Capability]:
        """List what a connector can do.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it is not installed.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/connectors/{connectorID}/capabilities`
        """
        return await self._run(
            Call(
                "get_connector_capabilities",
                "GET",
                "/v3/connectors/{connectorID}/capabilities",
                one(list[Capability]),
                ids={"connectorID": connector_id},
            )
        )

    async def reset_connector(self, connector_id: str) -> str:
        """Uninstall a connector with all its data and install it again; return the id of the task that does it.

        The connector gets a new id, available only as the task's `created_object_id`. For a connector that is not
        installed, the task fails.

        Raises:
            ValueError: the id belongs to another kind of resource.
            OutcomeUnknownError: it may have been started; list the connectors to find out.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/connectors/{connectorID}/reset`
        """
        return await self._run(
            Call(
                "reset_connector",
                "POST",
                "/v3/connectors/{connectorID}/reset",
                one(str),
                ids={"connectorID": connector_id},
            )
        )

    def list_connector_schedules(
        self,
        connector_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Schedule] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Schedule]:
        """List a connector's schedules, newest first; the list is empty for an unknown connector.

        Args:
            connector_id: The connector.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.connector_schedules.id.match("…")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/connectors/{connectorID}/schedules`
        """
        return self._pages(
            Call(
                "list_connector_schedules",
                "GET",
                "/v3/connectors/{connectorID}/schedules",
                page_of(Schedule),
                ids={"connectorID": connector_id},
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Schedule)},
            )
        )

    async def get_connector_schedule(self, connector_id: str, schedule_id: str) -> Schedule:
        """Fetch one schedule.

        Raises:
            ValueError: the connector's id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/connectors/{connectorID}/schedules/{scheduleID}`
        """
        return await self._run(
            Call(
                "get_connector_schedule",
                "GET",
                "/v3/connectors/{connectorID}/schedules/{scheduleID}",
                one(Schedule),
                ids={"connectorID": connector_id, "scheduleID": schedule_id},
            )
        )

    def list_connector_schedule_instances(
        self, connector_id: str, schedule_id: str, *, page_size: int | None = None, cursor: str | None = None
    ) -> Pages[Instance]:
        """List the runs of a schedule, newest first; the list is empty for an unknown schedule.

        Args:
            connector_id: The connector.
            schedule_id: The schedule.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with `page_size`.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/connectors/{connectorID}/schedules/{scheduleID}/instances`
        """
        return self._pages(
            Call(
                "list_connector_schedule_instances",
                "GET",
                "/v3/connectors/{connectorID}/schedules/{scheduleID}/instances",
                page_of(Instance),
                ids={"connectorID": connector_id, "scheduleID": schedule_id},
                query={"pageSize": page_size, "cursor": cursor},
            )
        )
