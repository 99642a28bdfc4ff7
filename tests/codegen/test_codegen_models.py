import inspect
from datetime import datetime
from types import ModuleType
from typing import Any, get_args

import attrs
import pytest

from payments_async.models.open_enum import OpenEnum

NEVER = object()
# Of no particular type, so that a model which is only known when the test runs can be put in.
LIST: Any = list
MAP: Any = dict


def shown(model: type) -> dict[str, tuple[Any, Any, dict[str, Any]]]:
    """Type, default and metadata of each field."""
    return {
        field.name: (
            field.type,
            NEVER if field.default is attrs.NOTHING else neutral(field.default),
            dict(field.metadata),
        )
        for field in attrs.fields(model)
    }


def neutral(default: Any) -> Any:
    return default.factory() if hasattr(default, "factory") else default


def test_fields_of_an_answer(models: ModuleType) -> None:
    kind = models.PoolKind
    assert shown(models.Pool) == {
        "id": (str, NEVER, {}),
        "kind": (kind, NEVER, {}),
        "former_kind": (kind | None, None, {"wire": "formerKind"}),
        "account_ids": (list[str], [], {"wire": "accountIDs"}),
        "tags": (list[str | None], [], {}),
        "created_at": (datetime, NEVER, {"wire": "createdAt"}),
        "closed_at": (datetime | None, NEVER, {"wire": "closedAt"}),
        "from_": (str | None, None, {"wire": "from"}),
        "metadata": (dict[str, str], {}, {}),
        "fields": (MAP[str, MAP[str, models.ConfigField]], {}, {}),
        "amount": (int, NEVER, {}),
        "share": (float | None, None, {}),
        "iban": (str | None, None, {}),
        "raw": (Any, None, {}),
    }


def test_fields_keep_the_order_of_the_description(models: ModuleType) -> None:
    assert list(shown(models.Pool))[:4] == ["id", "kind", "former_kind", "account_ids"]


def test_fields_of_a_request(models: ModuleType) -> None:
    assert shown(models.PoolRequest) == {
        "name": (str, NEVER, {}),
        "account_ids": (list[str], NEVER, {"wire": "accountIDs"}),
        "tags": (list[str] | None, None, {}),
        "metadata": (dict[str, str] | None, None, {}),
    }


def test_defaults_of_the_server_are_told_and_not_made(connectors: ModuleType) -> None:
    assert shown(connectors.StripeConfig)["polling_period"] == (str | None, None, {"wire": "pollingPeriod"})
    assert inspect.getdoc(connectors.StripeConfig) == (
        "StripeConfig.\n\n"
        "Attributes:\n"
        "    polling_period: How often to look. Server default: '120s'.\n"
        "    page_size: Server default: 10."
    )


def test_neutral_values_are_not_shared(connectors: ModuleType) -> None:
    one, other = (connectors.OtherConfig() for _ in range(2))
    one.extra["a"] = 1
    assert other.extra == {}


def test_classes_are_keyword_only_and_have_slots_and_can_change(models: ModuleType) -> None:
    info = models.ServerInfo(version="1")
    info.version = "2"
    assert info == models.ServerInfo(version="2")
    with pytest.raises(TypeError):
        models.ServerInfo("1")
    with pytest.raises(AttributeError):
        info.unknown = 1


def test_sensitive_members_are_not_shown(models: ModuleType, connectors: ModuleType) -> None:
    config = connectors.StripeConfig(name="s", api_key="sk_live")
    assert repr(config) == "StripeConfig(name='s', polling_period=None, page_size=None)"
    shy = {field.name for field in attrs.fields(models.Pool) if not field.repr}
    assert shy == {"iban", "raw"}


def test_members_not_declared_are_kept_aside(connectors: ModuleType) -> None:
    for model in (connectors.OtherConfig, connectors.OtherTask):
        assert shown(model)["extra"] == (dict[str, Any], {}, {"rest": True})
        assert not attrs.fields(model).extra.repr
    assert "extra" not in shown(connectors.StripeConfig)


def test_a_class_extends_what_its_allof_refers_to(connectors: ModuleType) -> None:
    step = connectors.TaskStripeDescriptor
    assert issubclass(connectors.TaskStripe, connectors.TaskBase)
    assert shown(connectors.TaskStripe) == {
        "id": (str, NEVER, {}),
        "descriptor": (step, NEVER, {}),
        "next": (step | None, None, {}),
        "last": (step | None, None, {}),
        "steps": (LIST[step], [], {}),
    }
    assert connectors.TaskDummyPay(id="1").id == "1"


def test_unions_include_the_class_for_unknown_connectors(connectors: ModuleType) -> None:
    assert get_args(connectors.ConnectorConfig) == (
        connectors.StripeConfig,
        connectors.DummyPayConfig,
        connectors.OtherConfig,
    )
    assert get_args(connectors.Task) == (connectors.TaskStripe, connectors.TaskDummyPay, connectors.OtherTask)


def test_tables_by_connector(models: ModuleType, connectors: ModuleType) -> None:
    connector = models.Connector
    assert {connector.STRIPE: connectors.StripeConfig, connector.DUMMY_PAY: connectors.DummyPayConfig} == (
        connectors.CONFIG_BY_CONNECTOR
    )
    assert connectors.TASK_BY_CONNECTOR["STRIPE"] is connectors.TaskStripe
    assert connectors.TASK_BY_CONNECTOR["DUMMY-PAY"] is connectors.TaskDummyPay


def test_enums_are_open(models: ModuleType) -> None:
    assert issubclass(models.Connector, OpenEnum)
    assert {member.name: member.value for member in models.Connector} == {"STRIPE": "STRIPE", "DUMMY_PAY": "DUMMY-PAY"}
    assert [member.name for member in models.PoolKind] == ["SEPA_DEBIT", "A2A", "EMPTY", "PLUS_ONE"]
    assert models.Connector.__doc__ == "A payment provider."


def test_docstrings_say_what_the_description_says(models: ModuleType, sources: dict[str, str]) -> None:
    told = "What it was before, told at some length so that the line has to be broken somewhere on its"
    assert inspect.getdoc(models.Pool) == (
        'A pool of accounts, whose "quotes", back\\slashes and """triple quotes""" are kept, and whose lines are as\n'
        "long as they like.\n"
        "\n"
        'A second paragraph that says "more".\n'
        "\n"
        "Attributes:\n"
        "    id: Its id.\n"
        f"    former_kind: {told}\n"
        "        way.\n"
        "    iban: Deprecated.\n"
        "    raw: What the provider said."
    )
    assert max(map(len, (sources["models.py"] + sources["connectors.py"]).splitlines())) <= 120
    assert 'OtherConfig\n"""\nThe configuration of a connector.\n"""\n' in sources["connectors.py"]


def test_everything_public_is_exported_and_nothing_else(models: ModuleType, connectors: ModuleType) -> None:
    imported = {"Any", "Model", "attrs"}
    for module, besides in ((models, {"OpenEnum", "datetime"}), (connectors, {"Connector", "TypeAlias"})):
        exported = module.__all__
        assert exported == sorted(exported)
        assert {name for name in vars(module) if not name.startswith("_")} == {*exported, *imported, *besides}


def test_envelopes_pages_and_plain_types_are_no_classes(models: ModuleType, connectors: ModuleType) -> None:
    absent = {
        "CursorBase",
        "PoolsPage",
        "PoolsCursor",
        "PoolResponse",
        "ConfigResponse",
        "PoolMetadata",
        "ConfigFields",
    }
    assert not absent & {*vars(models), *vars(connectors)}
