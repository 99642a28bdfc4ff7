"""Checks of the rows that tests put into a sandbox: no server would answer with such values."""

import json
from collections.abc import Mapping
from typing import Any, cast


def check_amounts(**amounts: object) -> None:
    """Refuse amounts that are not integers.

    Raises:
        ValueError: an amount is not an `int`.
    """
    for name, amount in amounts.items():
        if type(amount) is not int:
            raise ValueError(f"{name} is {amount!r}, expected an int, in the minor unit")


def check_texts(**texts: object) -> None:
    """Refuse what is not text.

    Raises:
        ValueError: a value is not a `str`, or has a part of a surrogate pair, which UTF-8 cannot encode.
    """
    for name, text in texts.items():
        if not _is_text(text):
            raise ValueError(f"{name} is {text!r}, expected a text")


def check_metadata(metadata: Mapping[str, str] | None) -> None:
    """Refuse metadata that is not texts by name.

    Raises:
        ValueError: a name or a value is not a text.
    """
    for name, value in cast("Mapping[object, object]", metadata or {}).items():
        if not (_is_text(name) and _is_text(value)):
            raise ValueError(f"metadata has {name!r}: {value!r}, expected texts by name")


def check_json(name: str, value: Any) -> None:
    """Refuse a value that JSON cannot represent.

    Raises:
        ValueError: it is not made of objects, lists, texts, finite numbers, booleans and `None`.
    """
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{name} is no JSON: {error}") from error


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
