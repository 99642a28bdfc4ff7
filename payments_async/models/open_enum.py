"""Enums that accept unlisted values."""

from enum import StrEnum
from typing import Any, Self


class OpenEnum(StrEnum):
    """A string enum that accepts unlisted strings too: each becomes a value whose name is the string itself.

    As a parameter of FastAPI or a field of pydantic it accepts only listed strings, and values of the enum.

    Raises:
        ValueError: the value is not a string.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        # Unlisted values are not cached, because a server may send any number of them.
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = unlisted._value_ = str.__str__(unlisted)
        return unlisted

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from payments_async.wire.schema import listed_only  # noqa: PLC0415  # pydantic is optional

        return listed_only(cls)
