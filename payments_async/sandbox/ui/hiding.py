"""Bodies and addresses without their secrets."""

import json
import re
from typing import Any, cast
from urllib.parse import unquote_plus

from payments_async.sandbox import jsontext

HIDDEN = "•••"

_SECRET = re.compile(
    r"secret|token|password|passphrase|credential|authorization|cert|(api|private|access|hmac)key|iban|accountnumber|link"
    r"|phone|^(state|code|email|raw|bankaccount)$",
    re.IGNORECASE,
)
"""Names of members that no page shows; those that the client's reprs hide are among them."""
_IN_CONFIGS = re.compile(r"name|provider|pollingPeriod|pageSize|endpoint|baseUrl|\w*ID|createdAt", re.IGNORECASE)
"""Names of members that are shown of a connector's config; those of any other member may be credentials."""
_OF_CONFIGS = re.compile(r"/connectors/(?!.*/(tasks|schedules))|/connectors$")


def shown(route: str, body: bytes) -> str:
    """A body as the page shows it: JSON without secrets, or what is said instead of it."""
    if not body:
        return "no body"
    try:
        value = jsontext.decode(jsontext.text(body))
        hidden = _without_secrets(value, in_config=_OF_CONFIGS.search(route) is not None)
        return json.dumps(hidden, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"{len(body):,} bytes that are no JSON, or are nested too deeply"


def address(target: str) -> str:
    """The path and query of a request; values of parameters with a secret's name are hidden."""
    path, mark, query = target.partition("?")
    return path + mark + "&".join(map(_parameter, query.split("&")))


def _parameter(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return name + equals + (HIDDEN if value and _SECRET.search(unquote_plus(name)) else value)


def _without_secrets(value: Any, *, in_config: bool) -> Any:
    listed, members = cast("list[Any]", value), cast("dict[str, Any]", value)
    if isinstance(value, list):
        return [_without_secrets(each, in_config=in_config) for each in listed]
    if isinstance(value, dict):
        return {name: _member(name, each, in_config=in_config) for name, each in members.items()}
    return value


def _member(name: str, value: Any, *, in_config: bool) -> Any:
    plain = name.replace("_", "").replace("-", "")
    if isinstance(value, dict | list):
        secret = _SECRET.search(plain) is not None
        return HIDDEN if secret else _without_secrets(value, in_config=in_config or plain == "config")
    allowed = not _SECRET.search(plain) and (not in_config or _IN_CONFIGS.fullmatch(plain))
    return value if allowed or value in (None, "") else HIDDEN
