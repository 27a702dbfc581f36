"""What the table definitions share: the metadata, the column types, lists of a trial and lists below their items."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = BigInteger().with_variant(Integer(), "sqlite")
Ordered = Text().with_variant(Text(collation="C"), "postgresql")


def below(name: str, *columns: Column[Any] | Index) -> Table:
    """A list that belongs to an item (`item`, its position) of one of a trial's lists."""
    return Table(
        name,
        metadata,
        trial_key(),
        Column("item", Integer, nullable=False),
        Column("position", Integer, nullable=False),
        *columns,
        PrimaryKeyConstraint("trial_key", "item", "position"),
    )


def trial_key() -> Column[int]:
    return Column("trial_key", Key, ForeignKey("trial.key", ondelete="CASCADE"), nullable=False)


def of_trial(name: str, *columns: Column[Any] | Index | PrimaryKeyConstraint) -> Table:
    """A list that belongs to a trial: rows by trial and position, counted from 0."""
    return Table(
        name,
        metadata,
        trial_key(),
        Column("position", Integer, nullable=False),
        *columns,
        PrimaryKeyConstraint("trial_key", "position"),
    )
