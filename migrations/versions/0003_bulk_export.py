"""bulk export"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _ordered() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "export_job",
        sa.Column("id", sa.String(), nullable=False, comment="random: who knows it may have the files"),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False, comment="the address that was asked"),
        sa.Column("asked", sa.Text(), nullable=False, comment="JSON: types, since and elements, and what was ignored"),
        sa.Column("requested", _ordered(), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="running, complete or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how many processes have begun it"),
        sa.Column("attempt", sa.String(), nullable=False, comment="the present attempt: the folder it writes to"),
        sa.Column("heartbeat", _ordered(), nullable=False, comment="when its process last said that it lives"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(), nullable=True, comment="of the resources being written"),
        sa.Column("expires", _ordered(), nullable=False),
        sa.Column("transaction_time", _ordered(), nullable=True),
        sa.Column(
            "files",
            sa.Text(),
            nullable=True,
            comment="JSON: of output, deleted and error the files, each [type, name, lines, digest]",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it failed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_job")),
    )


def downgrade() -> None:
    op.drop_table("export_job")
