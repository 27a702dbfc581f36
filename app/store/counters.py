"""Numbers that every writer takes from, kept in `state` and raised in the writing transaction."""

from sqlalchemy import Connection, select, update

from app.store import tables as t


def allocate(connection: Connection, name: str, count: int) -> range:
    """The next `count` numbers of `next_key`, `next_change` or `next_run`."""
    if not count:
        return range(0)
    row = t.state.c.name == name
    first = int(connection.execute(select(t.state.c.value).where(row)).scalar_one())
    connection.execute(update(t.state).where(row).values(value=str(first + count)))
    return range(first, first + count)


def raise_data_version(connection: Connection) -> None:
    """Every transaction that changes what is served raises this number; caches are keyed by it."""
    allocate(connection, "data_version", 1)
