"""Enums that take texts which they do not list."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """An enum of texts which takes unlisted texts too: they become values of it, named as they read.

    Raises:
        ValueError: the value is no text.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        # Unlisted values are not kept: what a server may send is unbounded.
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = unlisted._value_ = str.__str__(unlisted)
        return unlisted
