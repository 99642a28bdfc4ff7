"""The order of rows in the server's database: texts by its collation, enums, `jsonb`, and missing values."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from payments_async.sandbox import jsontext


class Collation(StrEnum):
    """How the database sorts and compares texts."""

    BYTES = "bytes"
    """By bytes, as a database with the collation `C.UTF-8` does: `B` < `a` < `c`."""
    LINGUISTIC = "linguistic"
    """As a database with the collation `en_US` or one of ICU does: `a` < `B` < `c`."""


class Column(NamedTuple):
    """A column that `sort` may name.

    Args:
        sql: expression of SQL.
        text: whether the collation orders it.
        document: whether it is `jsonb`.
        ranks: the values of an enum in order; empty if it is none.
        nullable: whether a row may have no value; such rows come last in ascending order.
    """

    sql: str
    text: bool = False
    document: bool = False
    ranks: Sequence[str] = ()
    nullable: bool = False

    def ordered(self, direction: str, collation: Collation) -> str:
        """A term of ORDER BY.

        Args:
            direction: `asc` or `desc` in any case.
            collation: of the database.
        """
        ascending = direction.upper() == "ASC"
        nulls = f" NULLS {'LAST' if ascending else 'FIRST'}" if self.nullable else ""
        return f"{self._key(collation)} {'ASC' if ascending else 'DESC'}{nulls}"

    def _key(self, collation: Collation) -> str:
        if self.ranks:
            ranked = " ".join(f"WHEN '{value}' THEN {rank}" for rank, value in enumerate(self.ranks))
            return f"CASE {self.sql} {ranked} END"
        if self.document:
            return f"document_key({self.sql}, {int(collation is Collation.LINGUISTIC)})"
        return collated(self.sql, collation) if self.text else self.sql


def collated(sql: str, collation: Collation) -> str:
    """The SQL that a text is sorted and compared by."""
    return f"text_key({sql})" if collation is Collation.LINGUISTIC else sql


def text_key(text: str | None) -> bytes | None:
    """Bytes that sort as a text sorts linguistically; different texts have different ones.

    They hold the letters and digits, then these with accents, then their case, lower before upper, then the whole text.
    A later part only matters if all earlier ones are equal.
    """
    if text is None:
        return None
    if PLAIN.fullmatch(text):
        return f"{text}\0{text}\0{text.upper()}\0{text}".encode()
    marked = "".join(
        each for each in unicodedata.normalize("NFKD", text) if each.isalnum() or unicodedata.combining(each)
    )
    letters = "".join(each for each in marked if not unicodedata.combining(each))
    return f"{letters.casefold()}\0{marked.casefold()}\0{letters.swapcase()}\0{text}".encode()


PLAIN = re.compile("[0-9a-z]*")


def document_key(document: str | None, linguistic: int) -> bytes:
    """Bytes that sort as an object of texts sorts as `jsonb`: by the number of members, then member by member.

    Args:
        document: JSON of the object; None is `null`, which sorts before all objects.
        linguistic: 1 to sort its texts linguistically, 0 to sort them by bytes.
    """
    if document is None:
        return b""
    members: dict[str, str] = jsontext.decode(document)
    key = text_key if linguistic else str.encode
    # `jsonb` stores members by the length of their names first, and compares them in that order.
    names = sorted(members, key=lambda name: (len(name.encode()), name.encode()))
    texts = (key(text) or b"" for name in names for text in (name, members[name]))
    return len(members).to_bytes(4, "big") + b"".join(text + b"\0\0" for text in texts)
