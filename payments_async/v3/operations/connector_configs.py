"""The configurations of connectors: read, checked and compared by their provider."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import get_args

import attrs

from payments_async.operations.ensure import Field
from payments_async.operations.ids import content_of
from payments_async.v3.models import CONFIG_BY_PROVIDER, Connector, ConnectorConfig, OtherConfig, Provider
from payments_async.wire.call import Response
from payments_async.wire.codec import one
from payments_async.wire.shapes import fields, wire_name

_SECONDS = {
    "h": Decimal(3_600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("1e-3"),
    "us": Decimal("1e-6"),
    "ns": Decimal("1e-9"),
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|m|s|us|ns)")


@attrs.define
class _Discriminator:
    """The member of a configuration that names its provider."""

    provider: str = ""


def read_config(response: Response) -> ConnectorConfig:
    """Read a configuration as the class of the provider that it names."""
    return one(config_of(one(_Discriminator)(response).provider))(response)


def known_provider(provider: str) -> Provider:
    """The provider with this name, in any case."""
    # In ids of connectors from before 3.0, providers have the names of the earlier API: `DUMMY-PAY`.
    return Provider(provider.replace("-", "").lower())


def config_of(provider: str) -> type[ConnectorConfig]:
    """The class of a provider's configuration."""
    return CONFIG_BY_PROVIDER.get(known_provider(provider), OtherConfig)


def provider_of(connector_id: str) -> str | None:
    """The provider named in the id of a connector; `None` for an opaque id."""
    provider = content_of(connector_id).get("Provider")
    return provider if isinstance(provider, str) else None


def checked_config(provider: str | None, config: ConnectorConfig) -> ConnectorConfig:
    """The configuration, unchanged.

    Raises:
        ValueError: it is not a configuration of this provider; of any provider, if this one is unknown.
    """
    expected = config_of(provider) if provider else get_args(ConnectorConfig)
    if not isinstance(config, (expected, OtherConfig)):
        told = f"{provider or 'a connector'} is configured by "
        told += expected.__name__ if isinstance(expected, type) else "a configuration of its provider"
        # Not a TypeError: it may be a configuration, of another provider.
        raise ValueError(f"{told}, not by {type(config).__name__}")  # noqa: TRY004
    return config


def config_fields(provider: str, config: ConnectorConfig, found: Connector) -> Iterable[Field]:
    """The fields of a configuration and those of the connector that was found, to compare."""
    yield "provider", known_provider(provider), known_provider(found.provider)
    yield "scheduled_for_deletion", False, found.scheduled_for_deletion
    if known_provider(provider) != known_provider(found.provider):
        return
    for name, wire, wanted in _members(config):
        actual = found.config.get(wire)
        if wire == "pollingPeriod":
            yield name, _duration(wanted), _duration(actual)
        else:
            yield name, wanted, actual


def _members(config: ConnectorConfig) -> Iterable[tuple[str, str, object]]:
    """The members of a configuration that are set, each with its field's name and its name on the wire."""
    for field in fields(type(config)):
        value = getattr(config, field.name)
        if "rest" in field.metadata:
            yield from ((name, name, value[name]) for name in value)
        elif value is not None and field.name != "provider":  # the server ignores it
            yield field.name, wire_name(field), value


def _duration(value: object) -> object:
    """The seconds of a duration such as `1h30m`, which the server writes in its own form; other values unchanged."""
    parts = _PART.findall(value) if isinstance(value, str) else []
    if not parts or "".join(number + unit for number, unit in parts) != value:
        return value
    return sum(Decimal(number) * _SECONDS[unit] for number, unit in parts)
