"""what SQLite plans with

Without statistics SQLite takes all rows of a parameter for ten, and walks them where it should look one row up by its
key. It is told the numbers of a registry of 100,000 studies once and for all (https://sqlite.org/fileformat2.html#stat1tab):
plans are then those that are tested, whatever the data. PostgreSQL gathers its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

STATISTICS = {
    "resource": {
        "ix_resource_type_deleted_key": "400000 50000 50000 1",
        "ix_resource_type_last_updated": "400000 50000 2 1 1",
        "ix_resource_last_updated": "400000 2 1 1",
        "sqlite_autoindex_resource_1": "400000 50000 1",
    },
    "search_token": {
        "search_token": "8000000 50000 40 1 1 1",
        "ix_search_token_system": "8000000 50000 10000 1",
        "ix_search_token_key": "8000000 20 2",
    },
    "search_string": {
        "ix_search_string_start": "4000000 50000 10 1",
        "ix_search_string_key": "4000000 10 2",
    },
    "search_date": {
        "ix_search_date_low": "800000 50000 20 1",
        "ix_search_date_high": "800000 50000 20 1",
        "ix_search_date_key": "800000 5 1",
    },
    "search_number": {
        "ix_search_number_low": "400000 50000 20 1",
        "ix_search_number_high": "400000 50000 20 1",
        "ix_search_number_key": "400000 3 1",
    },
    "search_reference": {
        "search_reference": "2000000 50000 10 1",
        "ix_search_reference_key": "2000000 10 2 1",
    },
}
"""Table -> index -> rows, then rows for one value of its first column, of its first two, and so on."""


def upgrade() -> None:
    op.create_index("ix_denied_link_second", "denied_link", ["second"], unique=False)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("ANALYZE denied_link")  # makes the table of statistics
        _forget()
        rows = [
            {"tbl": table, "idx": idx, "stat": stat} for table, one in STATISTICS.items() for idx, stat in one.items()
        ]
        connection.execute(sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"), rows)


def downgrade() -> None:
    op.drop_index("ix_denied_link_second", table_name="denied_link")
    if op.get_bind().dialect.name == "sqlite":
        _forget()


def _forget() -> None:
    tables = ", ".join(f"'{name}'" for name in STATISTICS)
    op.execute(f"DELETE FROM sqlite_stat1 WHERE tbl IN ({tables})")
