"""Decoding of text and JSON as Go does it."""

import json
import re
from typing import Any, NoReturn

SPACE = " \t\r\n"
REPLACEMENT = "\ufffd"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def text(content: bytes) -> str:
    """Decode UTF-8; each invalid byte becomes U+FFFD."""
    return LONE_SURROGATE.sub(REPLACEMENT, content.decode(errors="surrogateescape"))


def decode(source: str) -> Any:
    """Decode one JSON value with exact integers; ValueError if it is none, has `NaN` or is nested too deeply."""
    value, end = _read_first(source)
    if rest := source[end:].lstrip(SPACE):
        raise ValueError(f"invalid character '{rest[0]}' after top-level value")
    return value


def decode_first(source: str) -> Any:
    """Decode the first JSON value of a text and ignore the rest; ValueError if there is none."""
    return _read_first(source)[0]


def _read_first(source: str) -> tuple[Any, int]:
    """The first value and its end; errors have the server's kind of message."""
    try:
        value, end = _decoder.raw_decode(source, len(source) - len(source.lstrip(SPACE)))
    except json.JSONDecodeError as error:
        raise ValueError(_fault(error)) from None
    except RecursionError:
        raise ValueError("exceeded max depth") from None
    except ValueError as error:
        # Python does not convert integers of more than 4,300 digits.
        raise (ValueError("invalid number literal") if "digits" in str(error) else error) from None
    return _without_lone_surrogates(value) if SURROGATE_ESCAPE.search(source) else value, end


def _fault(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :]
    if not rest or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    return f"invalid character '{rest[0]}' looking for beginning of value"


def _without_lone_surrogates(value: Any) -> Any:
    match value:
        case str():
            return LONE_SURROGATE.sub(REPLACEMENT, value)
        case [*items]:
            return [_without_lone_surrogates(each) for each in items]
        case {**members}:
            pairs = members.items()
            return {_without_lone_surrogates(name): _without_lone_surrogates(each) for name, each in pairs}
        case _:
            return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"invalid character '{name[0]}' looking for beginning of value")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
