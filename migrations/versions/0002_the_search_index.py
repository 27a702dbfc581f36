"""the search index"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "search_date",
        sa.Column("param", sa.Integer(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False, comment="microseconds since the year 1, the first"),
        sa.Column("high", sa.BigInteger(), nullable=False, comment="the first after it"),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_date_key"), ondelete="CASCADE"),
    )
    op.create_index("ix_search_date_high", "search_date", ["param", "high", "key"], unique=False)
    op.create_index("ix_search_date_key", "search_date", ["key", "param"], unique=False)
    op.create_index("ix_search_date_low", "search_date", ["param", "low", "key"], unique=False)
    op.create_table(
        "search_number",
        sa.Column("param", sa.Integer(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("system", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "unit",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            comment="folded code of the unit",
        ),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_number_key"), ondelete="CASCADE"),
    )
    op.create_index("ix_search_number_high", "search_number", ["param", "high", "key"], unique=False)
    op.create_index("ix_search_number_key", "search_number", ["key", "param"], unique=False)
    op.create_index("ix_search_number_low", "search_number", ["param", "low", "key"], unique=False)
    op.create_table(
        "search_place",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False, comment="of one degree each way: app.store.index.cell"),
        sa.Column("x", sa.Float(), nullable=False, comment="of the point on a sphere of radius 1"),
        sa.Column("y", sa.Float(), nullable=False, comment="of the point on a sphere of radius 1"),
        sa.Column("z", sa.Float(), nullable=False, comment="of the point on a sphere of radius 1"),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_place_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_place")),
    )
    op.create_index("ix_search_place_cell", "search_place", ["cell"], unique=False)
    op.create_table(
        "search_reference",
        sa.Column("param", sa.Integer(), nullable=False),
        sa.Column(
            "target",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="the key of the resource referred to; 0: none of this server",
        ),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_reference_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("param", "target", "key", name=op.f("pk_search_reference")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_reference_key", "search_reference", ["key", "param", "target"], unique=False)
    op.create_table(
        "search_string",
        sa.Column("param", sa.Integer(), nullable=False),
        sa.Column(
            "start",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            comment="the first characters of the folded text",
        ),
        sa.Column("whole", sa.Text(), nullable=True, comment="the folded text, where it is longer"),
        sa.Column("exact", sa.BigInteger(), nullable=False, comment="a digest of the text as it is"),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_string_key"), ondelete="CASCADE"),
    )
    op.create_index("ix_search_string_key", "search_string", ["key", "param"], unique=False)
    op.create_index("ix_search_string_start", "search_string", ["param", "start", "key"], unique=False)
    op.create_table(
        "search_token",
        sa.Column("param", sa.Integer(), nullable=False),
        sa.Column(
            "code",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            comment="folded; of a uri as it is",
        ),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column(
            "system",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            comment="empty: none",
        ),
        sa.Column("shown", sa.Text(), nullable=True, comment="the code as it is written, where that differs"),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["resource.key"], name=op.f("fk_search_token_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("param", "code", "key", "item", "system", name=op.f("pk_search_token")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_token_key", "search_token", ["key", "param"], unique=False)
    op.create_index("ix_search_token_system", "search_token", ["param", "system", "key"], unique=False)
    op.create_index("ix_resource_type_deleted_key", "resource", ["type", "deleted", "key"], unique=False)
    # what only searches read: they read the search index now
    op.drop_index("ix_change_status_after", table_name="change")
    op.drop_index("ix_condition_coding_code_folded", table_name="condition_coding")
    op.drop_index("ix_mesh_term_id", table_name="mesh_term")
    op.drop_index("ix_organization_name_folded", table_name="organization")
    op.drop_index("ix_party_organization_key", table_name="party")
    op.drop_index("ix_party_practitioner_role_key", table_name="party")
    op.drop_index("ix_practitioner_name_folded", table_name="practitioner")
    op.drop_index("ix_practitioner_role_organization_key", table_name="practitioner_role")
    op.drop_index("ix_practitioner_role_practitioner_key", table_name="practitioner_role")
    op.drop_index("ix_resource_type_deleted_id", table_name="resource")
    op.drop_index("ix_trial_overall_status_fresh_on", table_name="trial")
    op.drop_index("ix_trial_overall_status_id", table_name="trial")
    op.drop_index("ix_trial_title_folded", table_name="trial")
    op.drop_index("ix_trial_phase_code", table_name="trial_phase")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(title, narrative, rest, "
            "detail = 'column', tokenize = 'unicode61')"
        )
        return
    op.execute(
        "CREATE TABLE search_words (key BIGINT PRIMARY KEY REFERENCES resource (key) ON DELETE CASCADE, "
        "title TSVECTOR NOT NULL, narrative TSVECTOR NOT NULL, whole TSVECTOR NOT NULL)"
    )
    for name in ("title", "narrative", "whole"):
        op.execute(f"CREATE INDEX ix_search_words_{name} ON search_words USING gin ({name})")
