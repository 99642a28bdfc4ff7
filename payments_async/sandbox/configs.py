"""Connector configs: reading, completing and showing them."""

from typing import Any

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body
from payments_async.sandbox.providers import PROVIDERS, ConfigField
from payments_async.sandbox.times import duration, parse_duration

Config = dict[str, Any]
"""Stored members: durations in nanoseconds, numbers as numbers."""


def read_config(provider: str, body: Body) -> Config:
    """Read the members of a provider's config; MISSING_OR_INVALID_BODY if one has the wrong type."""
    return {name: _read(field, name, body) for name, field in PROVIDERS[provider].fields().items()}


def complete_config(provider: str, config: Config) -> Config:
    """Set absent and zero members to their defaults; INTERNAL if one of them is required."""
    for name, field in PROVIDERS[provider].fields().items():
        if field.required and not config[name]:
            raise wire.internal(f"missing {name} from config")
    return _with_defaults(provider, config)


def show_config(provider: str, config: Config) -> Config:
    """A config with the members and defaults of a provider, which may be another one than that of its connector."""
    shown = _with_defaults(provider, config)
    return {
        name: duration(shown[name]) if field.kind == "duration ns" else shown[name]
        for name, field in PROVIDERS[provider].fields().items()
        if field.returned
    }


def _with_defaults(provider: str, config: Config) -> Config:
    fields = PROVIDERS[provider].fields().items()
    return {name: config.get(name) or _parse(field, field.default) for name, field in fields} | {
        "name": config["name"] or provider
    }


def example_config(provider: str, name: str) -> Config:
    """A made-up config that can be installed."""
    fields = PROVIDERS[provider].config.items()
    required = {name: field.example or f"sandbox-{name}" for name, field in fields if field.required}
    return complete_config(provider, read_config(provider, Body(required | {"name": name})))


def _read(field: ConfigField, name: str, body: Body) -> Any:
    match field.kind:
        case "duration ns":
            return _read_duration(body.any(name)) if body.has(name) else 0
        case "unsigned integer":
            return body.natural(name)
        case _:
            return body.text(name)


def _read_duration(value: Any) -> int:
    """Nanoseconds of a text such as `2m`, or of an object such as `{"duration": 5}`."""
    try:
        if isinstance(value, str):
            return parse_duration(value)
        match value:
            case {"duration": int() | float() as nanoseconds} if not isinstance(nanoseconds, bool):
                return int(nanoseconds)
            case _:
                pass
    except (ValueError, OverflowError) as error:
        raise wire.bad_body(f"custom Duration UnmarshalJSON: {error}") from error
    raise wire.bad_body("custom Duration UnmarshalJSON: invalid type")


def _parse(field: ConfigField, text: str) -> Any:
    match field.kind:
        case "duration ns":
            return parse_duration(text or "0")
        case "unsigned integer":
            return int(text or "0")
        case _:
            return text
