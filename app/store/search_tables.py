"""The search index: what `app.parameters` finds in each current document, by parameter number. Made anew from the
documents whenever they change; the other tables are the truth.

One table for each way of comparing. `marks` are bits: the releases in which the row holds, and whether the resource is
sorted by it (`app.parameters.extract`). `item` numbers the elements of composite parameters. The full-text table
`search_words` is the engine's own kind and stands in `app.store.words`.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from app.store.columns import Key, Ordered, metadata


def _key() -> Column[int]:
    return Column("key", Key, ForeignKey("resource.key", ondelete="CASCADE"), nullable=False)


def _param() -> Column[int]:
    return Column("param", Integer, nullable=False)


def _marks() -> Column[int]:
    return Column("marks", Integer, nullable=False)


search_token = Table(
    "search_token",
    metadata,
    _param(),
    Column("code", Ordered, nullable=False, comment="folded; of a uri as it is"),
    Column("item", Integer, nullable=False),
    Column("system", Ordered, nullable=False, comment="empty: none"),
    Column("shown", Text, comment="the code as it is written, where that differs"),
    _marks(),
    _key(),
    PrimaryKeyConstraint("param", "code", "key", "item", "system"),
    Index("ix_search_token_system", "param", "system", "key"),
    Index("ix_search_token_key", "key", "param"),
    sqlite_with_rowid=False,
)
search_string = Table(
    "search_string",
    metadata,
    _param(),
    Column("start", Ordered, nullable=False, comment="the first characters of the folded text"),
    Column("whole", Text, comment="the folded text, where it is longer"),
    Column("exact", BigInteger, nullable=False, comment="a digest of the text as it is"),
    _marks(),
    _key(),
    Index("ix_search_string_start", "param", "start", "key"),
    Index("ix_search_string_key", "key", "param"),
)
search_date = Table(
    "search_date",
    metadata,
    _param(),
    Column("low", BigInteger, nullable=False, comment="microseconds since the year 1, the first"),
    Column("high", BigInteger, nullable=False, comment="the first after it"),
    Column("item", Integer, nullable=False),
    _marks(),
    _key(),
    Index("ix_search_date_low", "param", "low", "key"),
    Index("ix_search_date_high", "param", "high", "key"),
    Index("ix_search_date_key", "key", "param"),
)
search_number = Table(
    "search_number",
    metadata,
    _param(),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("item", Integer, nullable=False),
    Column("system", Ordered, nullable=False),
    Column("unit", Ordered, nullable=False, comment="folded code of the unit"),
    _marks(),
    _key(),
    Index("ix_search_number_low", "param", "low", "key"),
    Index("ix_search_number_high", "param", "high", "key"),
    Index("ix_search_number_key", "key", "param"),
)
search_reference = Table(
    "search_reference",
    metadata,
    _param(),
    Column("target", Key, nullable=False, comment="the key of the resource referred to; 0: none of this server"),
    _marks(),
    _key(),
    PrimaryKeyConstraint("param", "target", "key"),
    Index("ix_search_reference_key", "key", "param", "target"),
    sqlite_with_rowid=False,
)
search_place = Table(
    "search_place",
    metadata,
    Column("key", Key, ForeignKey("resource.key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("cell", Integer, nullable=False, comment="of one degree each way: app.store.index.cell"),
    *(Column(axis, Float, nullable=False, comment="of the point on a sphere of radius 1") for axis in "xyz"),
    Index("ix_search_place_cell", "cell"),
)

BY_KIND: dict[str, Table] = {
    table.name: table for table in (search_token, search_string, search_date, search_number, search_reference)
}
ALL: tuple[Any, ...] = (*BY_KIND.values(), search_place)
