"""Connectors: configurations by their provider, secrets hidden, and schedules whose ids hold anything."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from payments_async import DecodeError, PaymentsClient
from payments_async.v3.models import (
    CONFIG_BY_PROVIDER,
    ConnectorConfig,
    GenericConfig,
    ModulrConfig,
    OtherConfig,
    Provider,
    StripeConfig,
)
from tests.tables import wire_name
from tests.v3.conftest import Canned
from tests.v3.ids import CONNECTOR, SCHEDULE, TASK, encoded

STRIPE = StripeConfig(name="stripe-eu", api_key="sk_secret")
OLD_DUMMYPAY = encoded({"Provider": "DUMMY-PAY", "Reference": "1"})


@pytest.mark.parametrize("provider", Provider)
async def test_a_configuration_is_read_as_what_its_provider_has(
    client: PaymentsClient, canned: Canned, provider: Provider
) -> None:
    kind = CONFIG_BY_PROVIDER[provider]
    needed = [field for field in attrs.fields(kind) if field.default is attrs.NOTHING]
    members = {wire_name(field): 1 if field.type is int else "very-secret" for field in needed}
    canned.will_answer(200, {"data": {**members, "provider": provider.value.capitalize()}})
    config = await client.v3.connectors.get_connector_config(CONNECTOR)
    assert type(config) is kind
    assert config.provider == provider.value.capitalize()
    assert [field.name for field in needed if not field.repr] or provider == Provider.DUMMYPAY


async def test_a_configuration_of_a_provider_that_is_not_known_keeps_its_members(
    client: PaymentsClient, canned: Canned
) -> None:
    for provider in ({"provider": "Newbank"}, {}):
        canned.will_answer(200, {"data": {"name": "n", "newKey": "very-secret", **provider}})
        config = await client.v3.connectors.get_connector_config(CONNECTOR)
        assert isinstance(config, OtherConfig)
        assert config.extra == {"newKey": "very-secret"}
        assert "very-secret" not in repr(config)


async def test_a_configuration_that_lacks_a_member_says_which(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"data": {"name": "n", "provider": "Generic", "apiKey": "very-secret"}})
    with pytest.raises(DecodeError) as raised:
        await client.v3.connectors.get_connector_config(CONNECTOR)
    assert raised.value.path.startswith("$.data")
    assert "very-secret" not in str(raised.value)


async def test_configurations_in_lists_are_plain_and_hidden(client: PaymentsClient, canned: Canned) -> None:
    listed: dict[str, Any] = {
        "id": "c",
        "reference": "r",
        "name": "n",
        "createdAt": "2026-03-01T12:00:00Z",
        "provider": "generic",
    }
    listed |= {"config": {"apiKey": "very-secret"}, "scheduledForDeletion": False, "capabilities": ["FETCH_TEA"]}
    canned.will_answer(200, {"cursor": {"hasMore": False, "data": [listed]}})
    (connector,) = (await client.v3.connectors.list_connectors().first()).data
    assert connector.config == {"apiKey": "very-secret"}
    assert connector.provider is Provider.GENERIC
    assert connector.capabilities == ["FETCH_TEA"]
    assert "very-secret" not in repr(connector)


@pytest.mark.parametrize("connector", [Provider.STRIPE, "stripe", "STRIPE"])
async def test_a_connector_is_installed_by_the_name_of_its_provider(
    client: PaymentsClient, canned: Canned, connector: str
) -> None:
    canned.will_answer(202, {"data": CONNECTOR})
    assert await client.v3.connectors.install_connector(connector, STRIPE) == CONNECTOR
    assert canned.path == f"/v3/connectors/install/{connector}"
    assert canned.requests[0].body == b'{"name":"stripe-eu","apiKey":"sk_secret"}'
    assert canned.requests[0].secrets == ("sk_secret",)


async def test_a_provider_that_is_not_known_takes_any_members(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": CONNECTOR})
    await client.v3.connectors.install_connector("newbank", OtherConfig(name="n", extra={"newKey": 1}))
    assert canned.requests[0].body == b'{"newKey":1,"name":"n"}'


@pytest.mark.parametrize(
    ("connector_id", "config"),
    [
        (CONNECTOR, GenericConfig(name="g", api_key="k", endpoint="e")),
        (CONNECTOR, OtherConfig(name="g")),
        (OLD_DUMMYPAY, OtherConfig(name="g")),
        ("an-id-that-shows-nothing", STRIPE),
    ],
    ids=str,
)
async def test_a_configuration_is_replaced(
    client: PaymentsClient, canned: Canned, connector_id: str, config: ConnectorConfig
) -> None:
    await client.v3.connectors.update_connector_config(connector_id, config)
    assert (canned.requests[0].method, canned.path) == ("PATCH", f"/v3/connectors/{connector_id}/config")


@pytest.mark.parametrize(
    ("connector", "config", "told"),
    [
        (
            "stripe",
            GenericConfig(name="g", api_key="k", endpoint="e"),
            "by StripeConfig, not by GenericConfig",
        ),
        ("newbank", STRIPE, "newbank is configured by OtherConfig, not by StripeConfig"),
        ("stripe", {"name": "n", "apiKey": "k"}, "stripe is configured by StripeConfig, not by dict"),
    ],
)
async def test_the_configuration_of_another_provider_is_not_installed(
    client: PaymentsClient, canned: Canned, connector: str, config: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        await client.v3.connectors.install_connector(connector, config)
    assert canned.requests == []


@pytest.mark.parametrize(
    ("connector_id", "config", "told"),
    [
        (
            CONNECTOR,
            ModulrConfig(name="m", api_key="k", api_secret="s", endpoint="e"),
            "by GenericConfig, not by ModulrConfig",
        ),
        (OLD_DUMMYPAY, STRIPE, "DUMMY-PAY is configured by DummypayConfig, not by StripeConfig"),
        (
            "an-id-that-shows-nothing",
            {"name": "n"},
            "a connector is configured by a configuration of its provider, not by dict",
        ),
    ],
)
async def test_the_configuration_of_another_provider_replaces_none(
    client: PaymentsClient, canned: Canned, connector_id: str, config: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        await client.v3.connectors.update_connector_config(connector_id, config)
    assert canned.requests == []


async def test_capabilities_and_members_come_by_provider(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"data": {"generic": ["FETCH_ACCOUNTS"], "newbank": None}})
    assert await client.v3.connectors.list_connector_capabilities() == {"generic": ["FETCH_ACCOUNTS"], "newbank": []}
    canned.will_answer(200, {"data": {"generic": {"name": {"dataType": "string", "required": True}}}})
    assert (await client.v3.connectors.list_connector_configs())["generic"]["name"].required


async def test_what_a_task_does_gives_the_tasks_id(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"taskID": TASK}})
    assert await client.v3.connectors.uninstall_connector(CONNECTOR) == TASK
    canned.will_answer(202, {"data": TASK})
    assert await client.v3.connectors.reset_connector(CONNECTOR) == TASK
    assert canned.path == f"/v3/connectors/{CONNECTOR}/reset"


async def test_ids_of_schedules_are_escaped(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"cursor": {"hasMore": False, "data": []}})
    await client.v3.connectors.list_connector_schedule_instances(CONNECTOR, SCHEDULE).first()
    escaped = f"stack-{CONNECTOR}-FETCH_BALANCES-acct%2F1%20%3F%C3%A9"
    assert canned.path == f"/v3/connectors/{CONNECTOR}/schedules/{escaped}/instances"
