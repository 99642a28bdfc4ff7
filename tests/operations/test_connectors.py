"""Connectors: installed, configured, reset and uninstalled; the deprecated routes, and what the server refuses."""

from typing import Any

import attrs
import pytest

from payments_async import APIError, PaymentsClient
from payments_async.models import (
    CONFIG_BY_CONNECTOR,
    TASK_BY_CONNECTOR,
    Connector,
    ConnectorConfig,
    GenericConfig,
    InstalledConnector,
    ModulrConfig,
    OtherConfig,
    OtherTask,
    StripeConfig,
    Task,
    TransferRequest,
    WiseConfig,
)
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import NIL

from .conftest import (
    BAD_BODY,
    INTERNAL,
    INVALID_ID,
    NO_ROUTE,
    NOT_FOUND,
    NOT_INSTALLED,
    REFUSED,
    Refusal,
    account,
    payment,
    refused,
    transfer,
)

no_connectors = pytest.mark.parametrize("sandbox", [{"payments": 0}], indirect=True)
each_provider = pytest.mark.parametrize("provider", Connector)

PERIODS = {"polling_period", "file_polling_period", "transfer_initiation_status_polling_period"}
SECRETS = {"api_key", "api_secret", "hmac_key", "password", "secret", "user_certificate", "user_certificate_key"}
DEFAULTS: dict[Connector, dict[str, Any]] = {
    Connector.STRIPE: {"page_size": 10},
    Connector.MODULR: {"page_size": 100, "endpoint": ""},
    Connector.CURRENCY_CLOUD: {"endpoint": ""},
    Connector.ATLAR: {"page_size": 25},
    Connector.ADYEN: {"live_endpoint_prefix": ""},
    Connector.GENERIC: {"api_key": "", "endpoint": ""},
    Connector.DUMMY_PAY: {
        "file_polling_period": "10s",
        "prefix_file_to_ingest": "",
        "number_of_accounts_pre_generated": 0,
        "number_of_payments_pre_generated": 0,
    },
}
REQUIRED = [
    (provider, field.name)
    for provider, kind in CONFIG_BY_CONNECTOR.items()
    for field in attrs.fields(kind)
    if field.default is attrs.NOTHING or field.name == "hmac_key"
]


def filled(provider: Connector, word: str = "first", *, period: str = "90s") -> ConnectorConfig:
    """A configuration with every member set."""
    kind = CONFIG_BY_CONNECTOR[provider]
    members: dict[str, Any] = {
        field.name: len(word) if field.type == int | None else f"{word} {field.name}" for field in attrs.fields(kind)
    }
    members |= dict.fromkeys(members.keys() & PERIODS, period) | {"name": "mine"}
    return kind(**members)


def least(provider: Connector) -> ConnectorConfig:
    """A configuration with what the provider needs, and a name."""
    members: dict[str, Any] = {name: f"my {name}" for each, name in REQUIRED if each == provider}
    return CONFIG_BY_CONNECTOR[provider](name="mine", **members)


def shown(config: ConnectorConfig, *, period: str = "1m30s") -> ConnectorConfig:
    """How the server shows a configuration: its durations in their normal form, Atlar's base URL not at all."""
    names = {field.name for field in attrs.fields(type(config))}
    members: dict[str, Any] = dict.fromkeys(names & PERIODS, period) | dict.fromkeys(names & {"base_url"})
    return attrs.evolve(config, **members)


def on_connector(
    client: PaymentsClient, connector: str, connector_id: str, task_id: str = NIL
) -> list[tuple[Any, ...]]:
    """Each operation on one connector, with its arguments; those that only read come first."""
    api, config = client.connectors, OtherConfig(name="other", extra={"apiKey": "k"})
    return [
        (api.list_connector_tasks_v1, connector, connector_id),
        (api.get_connector_task_v1, connector, connector_id, task_id),
        (api.read_connector_config_v1, connector, connector_id),
        (api.update_connector_config_v1, connector, connector_id, config),
        (api.reset_connector_v1, connector, connector_id),
        (api.uninstall_connector_v1, connector, connector_id),
    ]


def on_provider(client: PaymentsClient, connector: str, task_id: str = NIL) -> list[tuple[Any, ...]]:
    """Each deprecated operation, with its arguments."""
    api = client.connectors
    return [
        (api.read_connector_config, connector),
        (api.list_connector_tasks, connector),
        (api.get_connector_task, connector, task_id),
        (api.reset_connector, connector),
        (api.uninstall_connector, connector),
    ]


@no_connectors
@each_provider
async def test_a_configuration_is_read_back_as_it_was_sent(client: PaymentsClient, provider: Connector) -> None:
    api, config = client.connectors, filled(provider)
    connector_id = await api.install_connector(provider, config)
    listed = InstalledConnector(provider=provider, connector_id=connector_id, name="mine", enabled=True)
    assert await api.list_all_connectors() == [listed]
    found = await api.read_connector_config_v1(provider, connector_id)
    assert found == shown(config)
    assert "first" in str(attrs.astuple(found))
    for field in attrs.fields(type(found)):
        assert (str(getattr(found, field.name)) in repr(found)) is (field.name not in SECRETS), field.name

    other = filled(provider, "second", period="3661.5s")
    await api.update_connector_config_v1(provider, connector_id, attrs.evolve(other, name="new name"))
    assert await api.read_connector_config_v1(provider, connector_id) == attrs.evolve(
        shown(other, period="1h1m1.5s"), name="new name"
    )
    # The list keeps the name of the installation.
    assert await api.list_all_connectors() == [listed]

    await api.reset_connector_v1(provider, connector_id)
    (reset,) = await api.list_all_connectors()
    assert reset == attrs.evolve(listed, connector_id=reset.connector_id)
    assert reset.connector_id != connector_id
    assert attrs.evolve(await api.read_connector_config_v1(provider, reset.connector_id), name="mine") == shown(
        other, period="1h1m1.5s"
    )
    await api.uninstall_connector_v1(provider, reset.connector_id)
    assert await api.list_all_connectors() == []
    for gone in (connector_id, reset.connector_id):
        for operation, *arguments in on_connector(client, provider, gone):
            assert await refused(operation, *arguments) == REFUSED


@no_connectors
@each_provider
async def test_what_is_left_out_is_the_servers_default(client: PaymentsClient, provider: Connector) -> None:
    connector_id = await client.connectors.install_connector(provider, filled(provider))
    await client.connectors.update_connector_config_v1(provider, connector_id, least(provider))
    expected = attrs.evolve(shown(least(provider), period="2m0s"), **DEFAULTS.get(provider, {}))
    assert await client.connectors.read_connector_config_v1(provider, connector_id) == expected


@pytest.mark.parametrize(("provider", "name"), REQUIRED)
async def test_a_member_that_the_provider_needs(
    client: PaymentsClient, connectors: dict[str, str], provider: Connector, name: str
) -> None:
    api, connector_id, without = client.connectors, connectors[provider], least(provider)
    setattr(without, name, "")
    before = await api.read_connector_config_v1(provider, connector_id)
    assert await refused(api.install_connector, provider, without) == INTERNAL
    assert await refused(api.update_connector_config_v1, provider, connector_id, without) == INTERNAL
    assert await api.read_connector_config_v1(provider, connector_id) == before
    assert len(await api.list_all_connectors()) == len(connectors)


@pytest.mark.parametrize(
    "config",
    [
        *[StripeConfig(name="new", api_key="k", polling_period=each) for each in ("1d", "", "120", "2 m")],
        *[ModulrConfig(name="new", api_key="k", api_secret="s", page_size=each) for each in (-1, 2**64)],
        *[OtherConfig(name="new", extra={"apiKey": "k", "pollingPeriod": each}) for each in (120, True)],
        OtherConfig(name="new", extra={"apiKey": 5}),
    ],
    ids=str,
)
async def test_members_of_a_wrong_form(
    client: PaymentsClient, connectors: dict[str, str], config: ConnectorConfig
) -> None:
    provider = Connector.MODULR if isinstance(config, ModulrConfig) else Connector.STRIPE
    assert await refused(client.connectors.install_connector, provider, config) == BAD_BODY
    update = client.connectors.update_connector_config_v1
    assert await refused(update, provider, connectors[provider], config) == BAD_BODY


@no_connectors
async def test_names_are_unique_across_providers(client: PaymentsClient) -> None:
    api = client.connectors
    await api.install_connector(Connector.WISE, WiseConfig(name="same", api_key="k"))
    # The name is looked at before the rest, and no name is one as well.
    assert await refused(api.install_connector, Connector.STRIPE, StripeConfig(name="same", api_key="")) == REFUSED
    nameless = await api.install_connector(Connector.GENERIC, GenericConfig())
    assert await refused(api.install_connector, Connector.STRIPE, StripeConfig(api_key="k")) == REFUSED
    assert {each.name for each in await api.list_all_connectors()} == {"same", ""}
    found = await api.read_connector_config_v1(Connector.GENERIC, nameless)
    assert found == GenericConfig(name="GENERIC", api_key="", endpoint="", polling_period="2m0s")


async def test_a_configuration_of_another_provider_is_not_even_sent(
    sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str]
) -> None:
    requests, wrong = sandbox.requests.total(), WiseConfig(api_key="k")
    with pytest.raises(ValueError, match="StripeConfig"):
        await client.connectors.install_connector(Connector.STRIPE, wrong)
    with pytest.raises(ValueError, match="StripeConfig"):
        await client.connectors.update_connector_config_v1("STRIPE", connectors["STRIPE"], wrong)
    assert sandbox.requests.total() == requests


async def test_the_available_configurations_are_those_of_the_models(client: PaymentsClient) -> None:
    available = await client.connectors.list_configs_available_connectors()
    assert available.keys() == {*Connector}
    for provider, kind in CONFIG_BY_CONNECTOR.items():
        members = {field.metadata.get("wire", field.name): field for field in attrs.fields(kind)}
        assert available[provider].keys() == members.keys()
        for name, told in available[provider].items():
            # Neither is needed by all versions of the server.
            needed = members[name].default is attrs.NOTHING or name in ("filePollingPeriod", "hmacKey")
            assert told.required is needed, (provider, name)
            assert told.data_type in {"string", "long string", "duration ns", "unsigned integer"}
    stripe = available["STRIPE"]
    assert (stripe["pollingPeriod"].default_value, stripe["pageSize"].default_value) == ("2m0s", "10")


def wire(model: Any) -> dict[str, Any]:
    """A model in the shape of its JSON, without what is null."""
    values = {field.metadata.get("wire", field.name): getattr(model, field.name) for field in attrs.fields(type(model))}
    times = ("createdAt", "updatedAt")
    return {
        name: wire(value) if attrs.has(type(value)) else value.isoformat()[:19] + "Z" if name in times else value
        for name, value in values.items()
        if value is not None
    }


@pytest.mark.parametrize("sandbox", [{"payments": 0, "tasks": 11 * 12}], indirect=True)
@each_provider
async def test_tasks_are_of_their_provider_with_nothing_lost(
    client: PaymentsClient, connectors: dict[str, str], provider: Connector
) -> None:
    api, connector_id = client.connectors, connectors[provider]
    tasks: list[Task] = [each async for each in api.list_connector_tasks_v1(provider, connector_id, page_size=5)]
    kind = TASK_BY_CONNECTOR[provider]
    assert [type(each) for each in tasks] == [kind] * 12
    assert {type(each.descriptor).__name__ for each in tasks} == {f"{kind.__name__}Descriptor"}
    raw = await client.request("GET", f"/connectors/{provider}/{connector_id}/tasks", query={"pageSize": 12})
    for task, sent in zip(tasks, raw["cursor"]["data"], strict=True):
        assert wire(task) == {name: value for name, value in sent.items() if value is not None}
        assert await api.get_connector_task_v1(provider, connector_id, task.id) == task
    assert {each.status for each in tasks} == {"ACTIVE", "TERMINATED", "STOPPED", "FAILED"}
    assert any(each.state is None for each in tasks)
    assert any(each.error for each in tasks)


@pytest.mark.parametrize(("task_id", "refusal"), [("!", INVALID_ID), (NIL, NOT_FOUND)], ids=str)
async def test_tasks_that_are_not_there(
    client: PaymentsClient, connectors: dict[str, str], task_id: str, refusal: Refusal
) -> None:
    api = client.connectors
    assert await refused(api.get_connector_task_v1, "STRIPE", connectors["STRIPE"], task_id) == refusal
    with pytest.warns(DeprecationWarning, match="use get_connector_task_v1"):
        assert await refused(api.get_connector_task, "STRIPE", task_id) == refusal


@pytest.mark.parametrize(("connector_id", "refusal"), [("!", INVALID_ID), (NOT_INSTALLED, REFUSED)], ids=str)
async def test_connectors_that_are_not_there(client: PaymentsClient, connector_id: str, refusal: Refusal) -> None:
    for operation, *arguments in on_connector(client, "STRIPE", connector_id):
        assert await refused(operation, *arguments) == refusal


async def test_an_id_of_another_provider(client: PaymentsClient, connectors: dict[str, str]) -> None:
    api, stripe = client.connectors, connectors["STRIPE"]
    task = (await api.list_connector_tasks_v1("STRIPE", stripe).first()).data[0]
    listing, getting, reading, *changing = on_connector(client, "WISE", stripe, task.id)
    for operation, *arguments in (listing, getting, *changing):
        assert await refused(operation, *arguments) == REFUSED
    # Reading answers for the connector of the id, in the shape of the provider in the path.
    operation, *arguments = reading
    own = await api.read_connector_config_v1("STRIPE", stripe)
    assert isinstance(own, StripeConfig)
    assert await operation(*arguments) == WiseConfig(name="stripe", api_key=own.api_key, polling_period="2m0s")


@pytest.mark.parametrize("name", ["PIGEON", "Stripe", "stripe-2"])
@pytest.mark.filterwarnings("ignore:use .*_v1:DeprecationWarning")
async def test_a_provider_that_the_server_does_not_know(
    client: PaymentsClient, connectors: dict[str, str], name: str
) -> None:
    api, known = client.connectors, name.upper() == "STRIPE"
    config = StripeConfig(api_key="k") if known else OtherConfig(extra={"apiKey": "k"})
    assert await refused(api.install_connector, name, config) == NO_ROUTE
    request = TransferRequest(amount=1, asset="EUR/2", destination="acct_1")
    assert await refused(api.connectors_transfer, name, request) == NO_ROUTE
    for operation, *arguments in [*on_connector(client, name, connectors["STRIPE"]), *on_provider(client, name)]:
        assert await refused(operation, *arguments) == NO_ROUTE


async def test_a_provider_may_be_written_in_small_letters(client: PaymentsClient, connectors: dict[str, str]) -> None:
    api = client.connectors
    assert isinstance(await api.read_connector_config_v1("stripe", connectors["STRIPE"]), StripeConfig)
    page = await api.list_connector_tasks_v1("banking-circle", connectors["BANKING-CIRCLE"]).first()
    assert {type(each) for each in page.data} == {TASK_BY_CONNECTOR[Connector.BANKING_CIRCLE]} != {OtherTask}


async def test_the_server_has_no_route_for_transfers(client: PaymentsClient) -> None:
    request = TransferRequest(amount=10**30, asset="EUR/2", source="acct_1", destination="acct_2")
    refusal = await refused(client.connectors.connectors_transfer, Connector.STRIPE, request)
    assert refusal == Refusal(APIError, 405, None)


@pytest.mark.parametrize("how", ["reset", "uninstall"])
async def test_all_that_a_connector_has_brought_goes_with_it(
    client: PaymentsClient, connectors: dict[str, str], how: str
) -> None:
    stripe = connectors["STRIPE"]
    ours = await client.accounts.create_account(account(stripe))
    paid = await client.payments.create_payment(payment(stripe))
    request = await transfer(client, stripe)
    asked = await client.transfer_initiations.create_transfer_initiation(request)
    task = (await client.connectors.list_connector_tasks_v1("STRIPE", stripe).first()).data[0]
    if how == "reset":
        await client.connectors.reset_connector_v1("STRIPE", stripe)
    else:
        await client.connectors.uninstall_connector_v1("STRIPE", stripe)
    assert await refused(client.accounts.get_account, ours.id) == NOT_FOUND
    assert await refused(client.payments.get_payment, paid.id) == NOT_FOUND
    assert await refused(client.transfer_initiations.get_transfer_initiation, asked.id) == NOT_FOUND
    assert await refused(client.connectors.get_connector_task_v1, "WISE", connectors["WISE"], task.id) == NOT_FOUND
    left = {each.provider: each.connector_id for each in await client.connectors.list_all_connectors()}
    assert (left.pop(Connector.STRIPE, stripe) == stripe) is (how == "uninstall")
    assert left == {provider: each for provider, each in connectors.items() if provider != "STRIPE"}


@each_provider
async def test_the_deprecated_ones_find_the_only_connector_and_warn(
    client: PaymentsClient, connectors: dict[str, str], provider: Connector
) -> None:
    api, connector_id = client.connectors, connectors[provider]
    with pytest.warns(DeprecationWarning, match="use read_connector_config_v1"):
        config = await api.read_connector_config(provider)
    assert config == await api.read_connector_config_v1(provider, connector_id)
    with pytest.warns(DeprecationWarning, match="use list_connector_tasks_v1"):
        pages = api.list_connector_tasks(provider, page_size=2)
    tasks = [task async for task in pages]
    assert tasks == [task async for task in api.list_connector_tasks_v1(provider, connector_id)]
    assert [type(task) for task in tasks] == [TASK_BY_CONNECTOR[provider]] * 5
    with pytest.warns(DeprecationWarning, match="use get_connector_task_v1"):
        assert await api.get_connector_task(provider, tasks[0].id) == tasks[0]
    with pytest.warns(DeprecationWarning, match="use reset_connector_v1"):
        await api.reset_connector(provider)
    assert await refused(api.read_connector_config_v1, provider, connector_id) == REFUSED
    with pytest.warns(DeprecationWarning, match="use uninstall_connector_v1"):
        await api.uninstall_connector(provider)
    assert provider not in {each.provider for each in await api.list_all_connectors()}


@pytest.mark.parametrize("several", [False, True])
async def test_the_deprecated_ones_refuse_to_choose(
    client: PaymentsClient, connectors: dict[str, str], several: bool
) -> None:
    task = (await client.connectors.list_connector_tasks_v1("WISE", connectors["WISE"]).first()).data[0]
    if several:
        await client.connectors.install_connector("WISE", WiseConfig(name="second", api_key="k"))
    else:
        await client.connectors.uninstall_connector_v1("WISE", connectors["WISE"])
    before = await client.connectors.list_all_connectors()
    for operation, *arguments in on_provider(client, "WISE", task.id):
        with pytest.warns(DeprecationWarning, match=f"use {operation.__name__}_v1"):
            assert await refused(operation, *arguments) == INVALID_ID
    assert await client.connectors.list_all_connectors() == before
