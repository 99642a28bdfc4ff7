"""Query parameters as Go parses them."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from aiohttp import web

from payments_async.sandbox import jsontext

Query = Mapping[str, list[str]]

ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")


def parameters(request: web.Request) -> Query:
    """Values by name; a pair with an invalid `%` or an unescaped `;` is ignored."""
    found: dict[str, list[str]] = {}
    for pair in request.raw_path.partition("?")[2].split("&"):
        if pair and ";" not in pair and ESCAPES.fullmatch(pair):
            name, _, value = (_unescape(part) for part in pair.partition("="))
            found.setdefault(name, []).append(value)
    return found


def first(query: Query, name: str) -> str:
    """The first value of a parameter, or an empty text."""
    return query.get(name, [""])[0]


def _unescape(text: str) -> str:
    return jsontext.text(unquote_to_bytes(text.replace("+", " ")))
