"""The server's cursors, which a drain reads, and writes with another offset, page size and filter.

A cursor is unpadded base64url of a JSON object. The server takes any offset and any page size in it, while it cuts the
page size of a query parameter to 100.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Self

import attrs

from payments_async.wire.jsontext import UNREADABLE, json_text, value_in


@attrs.frozen
class Cursor:
    """A cursor in the form that this package can write.

    Attributes:
        offset: How many items come before the page.
        page_size: The page's size.
    """

    offset: int
    page_size: int
    _token: dict[str, Any] = attrs.field(repr=False)

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The cursor with this text, `None` if it has another form."""
        try:
            token = value_in(urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4)))
            offset, size = token["offset"], token["pageSize"]
            readable = "qb" in token["filters"] and type(offset) is type(size) is int and offset >= 0 and size > 0
        except (ValueError, KeyError, TypeError, *UNREADABLE):
            return None
        return cls(offset, size, token) if readable else None

    def at(self, offset: int) -> str:
        """The text of the cursor of the same list at another offset."""
        return _text({**self._token, "offset": offset})

    def asking(self, terms: list[Any], *, offset: int, page_size: int) -> str:
        """The text of a cursor of the same list in the same order, with another filter.

        Args:
            terms: Conditions in the server's language, all of which the items meet.
            offset: How many of these items come before the page.
            page_size: The page's size.
        """
        filters = {**self._token["filters"], "qb": {"$and": terms} if terms else None, "pageSize": page_size}
        return _text({**self._token, "offset": offset, "pageSize": page_size, "filters": filters})


def _text(token: dict[str, Any]) -> str:
    return urlsafe_b64encode(json_text(token).encode()).decode().rstrip("=")
