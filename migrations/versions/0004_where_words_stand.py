"""where words stand, in SQLite's full-text index: without it each row was read again to be scored"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _rebuild("full")


def downgrade() -> None:
    _rebuild("column")


def _rebuild(detail: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("ALTER TABLE search_words RENAME TO search_words_before")
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(title, narrative, rest, "
        f"detail = '{detail}', tokenize = 'unicode61')"
    )
    op.execute(
        "INSERT INTO search_words (rowid, title, narrative, rest) "
        "SELECT rowid, title, narrative, rest FROM search_words_before"
    )
    op.execute("DROP TABLE search_words_before")
