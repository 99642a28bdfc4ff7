"""Connector configs: read from a body, completed, kept, and shown."""

from typing import Any, cast

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body
from payments_async.sandbox.providers import PROVIDERS, ConfigField
from payments_async.sandbox.times import duration, parse_duration

Config = dict[str, Any]
"""Members as they are kept: durations in nanoseconds, numbers as numbers."""


def read_config(provider: str, body: Body) -> Config:
    """Read the members of a provider's config; MISSING_OR_INVALID_BODY for one of the wrong type."""
    return {name: _read(field, name, body) for name, field in PROVIDERS[provider].fields().items()}


def complete_config(provider: str, config: Config) -> Config:
    """Put the server's defaults where a member is absent or zero; INTERNAL for a required one."""
    completed = dict(config)
    for name, field in PROVIDERS[provider].fields().items():
        if not config[name]:
            if field.required:
                raise wire.internal(f"missing {name} from config: invalid config")
            completed[name] = _parse(field, field.default)
    return completed | {"name": config["name"] or provider}


def show_config(provider: str, config: Config) -> Config:
    """A config in the shape of a provider's, which need not be the one it was made for."""
    fields = PROVIDERS[provider].fields()
    return {
        name: duration(config.get(name) or 0) if field.kind == "duration ns" else config.get(name) or _parse(field, "")
        for name, field in fields.items()
        if field.returned
    }


def example_config(provider: str, name: str) -> Config:
    """A made-up config that could be installed."""
    required = {key: f"sandbox-{key}" for key, field in PROVIDERS[provider].config.items() if field.required}
    return complete_config(provider, read_config(provider, Body(required | {"name": name})))


def _read(field: ConfigField, name: str, body: Body) -> Any:
    match field.kind:
        case "duration ns":
            return _read_duration(name, body.any(name))
        case "unsigned integer":
            value = body.integer(name) or 0
            if not 0 <= value < 2**64:
                raise wire.bad_body(f"json: cannot unmarshal number {value} into Go struct field {name} of type uint64")
            return value
        case _:
            return body.text(name)


def _read_duration(name: str, value: Any) -> int:
    match value:
        case None:
            return 0
        case str():
            try:
                return parse_duration(value)
            except ValueError as error:
                raise wire.bad_body(f"{name}: {error}") from error
        case dict():
            return Body(cast("dict[str, Any]", value)).integer("duration") or 0
        case _:
            raise wire.bad_body(f"{name}: invalid duration")


def _parse(field: ConfigField, text: str) -> Any:
    match field.kind:
        case "duration ns":
            return parse_duration(text or "0")
        case "unsigned integer":
            return int(text or "0")
        case _:
            return text
