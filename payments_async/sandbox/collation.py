"""The order of rows: that of texts under a database's collation, of enums, of `jsonb`, and of what is missing."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from payments_async.sandbox import jsontext


class Collation(StrEnum):
    """How the database sorts and compares texts."""

    BYTES = "bytes"
    """By their bytes, as a database in `C.UTF-8` does: `B` < `a` < `c`."""
    LINGUISTIC = "linguistic"
    """As databases in `en_US` or of ICU do: `a` < `B` < `c`; accents, case and punctuation matter last."""


class Column(NamedTuple):
    """What `sort` may name.

    Args:
        sql: expression of SQL.
        text: whether the collation has a say.
        document: whether it is `jsonb`.
        ranks: values of an enum in its order; empty for all else.
        nullable: whether rows may be without a value, which then come behind all others.
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
    """SQL by which a text is sorted and compared."""
    return f"text_key({sql})" if collation is Collation.LINGUISTIC else sql


def text_key(text: str | None) -> bytes | None:
    """Bytes that sort as a text does linguistically; only the same text has the same ones.

    What matters first stands first: letters and digits alone, then accents, then case with the lower one before, then
    all of it.
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
    """Bytes that sort as an object of texts does as `jsonb`: by the number of members, then member by member.

    Args:
        document: JSON text; None is JSON's `null`, which comes before all objects.
        linguistic: 1 for texts in linguistic order, 0 for that of their bytes.
    """
    if document is None:
        return b""
    members: dict[str, str] = jsontext.decode(document)
    key = text_key if linguistic else str.encode
    # The database keeps members by the length of their names, and only then by these.
    names = sorted(members, key=lambda name: (len(name.encode()), name.encode()))
    texts = (key(text) or b"" for name in names for text in (name, members[name]))
    return len(members).to_bytes(4, "big") + b"".join(text + b"\0\0" for text in texts)
