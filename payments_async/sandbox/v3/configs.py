"""Connector configs of version 3.4: reading and showing them."""

from typing import Any, cast

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.times import SECOND, duration, parse_duration
from payments_async.sandbox.v3.providers import POLLING_PERIOD, PROVIDERS

Config = dict[str, Any]
"""Stored members, as the server shows them."""

LARGEST_CONFIG = 500_000
"""In bytes."""
SHORTEST_PERIOD = 30 * SECOND
"""In nanoseconds; on a server 20 minutes, unless its operator changes it."""
ZERO: dict[str, Any] = {"boolean": False, "unsigned integer": 0}


def read_config(provider: str, content: bytes) -> Config:
    """Read a whole config.

    Args:
        provider: its provider.
        content: JSON with nothing behind it.

    Raises:
        RefusedError: VALIDATION, or MISSING_OR_INVALID_BODY if it is too large.
    """
    if len(content) > LARGEST_CONFIG:
        raise wire.RefusedError(413, "MISSING_OR_INVALID_BODY", "http: request body too large")
    return _complete(provider, _members(content))


def show_config(provider: str, config: Config) -> Config:
    """A config as reading it shows it: with its provider, all but the first letter in lower case."""
    return dict(sorted((config | {"provider": provider.capitalize()}).items()))


def example_config(provider: str, name: str) -> Config:
    """A made-up config that can be installed."""
    kinds = PROVIDERS[provider].kinds
    required = {
        each: 3 if kinds.get(each) == "unsigned integer" else f"sandbox-{each}" for each in PROVIDERS[provider].required
    }
    return _complete(provider, required | {"name": name})


def _members(content: bytes) -> dict[str, Any]:
    try:
        decoded = jsontext.decode(jsontext.text(content))
    except ValueError as error:
        raise _invalid(str(error)) from error
    if decoded is not None and not isinstance(decoded, dict):
        raise _invalid("json: cannot unmarshal value into Go value of type Config")
    return {name.lower(): value for name, value in cast("dict[str, Any]", decoded or {}).items()}


def _complete(provider: str, given: dict[str, Any]) -> Config:
    given = {name.lower(): value for name, value in given.items()}
    described = PROVIDERS[provider]
    config: Config = {}
    for name in ("name", *described.required, *described.optional):
        config[name] = _member(name, described.kinds.get(name, "string"), given.get(name.lower()))
    period = given.get("pollingperiod")
    if period is not None and not isinstance(period, str):
        raise _invalid("json: cannot unmarshal value into Go struct field .pollingPeriod of type string")
    config["pollingPeriod"] = _period(period or POLLING_PERIOD)
    for name in ("name", *described.required):
        if not config[name]:
            label = name[0].upper() + name[1:]
            raise _invalid(f"Key: 'Config.{label}' Error:Field validation for '{label}' failed on the 'required' tag")
    if not 3 <= len(config["name"]) <= 500:
        tag = "gte" if len(config["name"]) < 3 else "lte"
        raise _invalid(f"Key: 'Config.Name' Error:Field validation for 'Name' failed on the '{tag}' tag")
    return dict(sorted(config.items()))


def _member(name: str, kind: str, value: Any) -> Any:
    if value is None:
        return ZERO.get(kind, "")
    match kind, value:
        case ("boolean", bool()) | ("string", str()):
            return value
        case ("unsigned integer", int()) if not isinstance(value, bool) and value >= 0:
            return value
        case _:
            raise _invalid(f"json: cannot unmarshal value into Go struct field Config.{name} of type {kind}")


def _period(text: str) -> str:
    try:
        nanoseconds = parse_duration(text)
    except ValueError as error:
        raise _invalid(str(error)) from error
    if nanoseconds < SHORTEST_PERIOD:
        raise _invalid(f"polling period cannot be lower than minimum of {duration(SHORTEST_PERIOD)}")
    return duration(nanoseconds)


def _invalid(message: str) -> wire.RefusedError:
    return wire.validation(f"invalid config: {message}: validation error: validation error")
