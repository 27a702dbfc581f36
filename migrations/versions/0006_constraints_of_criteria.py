"""constraints of criteria: what their texts state in a form that can be computed with. `render` fills the table"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "criterion_constraint",
        sa.Column("trial_key", Key, nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "code", Ordered, nullable=False, comment="what is bounded or asked for; of a mention the name it is of"
        ),
        sa.Column("loinc", Ordered),
        sa.Column("value", sa.String(), comment="of a sex: all, female or male"),
        sa.Column("low", sa.Float()),
        sa.Column("low_open", sa.Boolean(), nullable=False, comment="the bound itself is not allowed"),
        sa.Column("high", sa.Float()),
        sa.Column("high_open", sa.Boolean(), nullable=False),
        sa.Column("unit", Ordered, comment="UCUM"),
        sa.Column("limit_of_normal", sa.String(), comment="uln or lln: the bounds are multiples of it"),
        sa.Column("negated", sa.Boolean(), nullable=False, comment="the phrase denies it"),
        sa.Column("exception", sa.Text(), comment="what restricts it: with one it does not hold plainly"),
        sa.Column("text", sa.Text(), nullable=False, comment="the phrase that states it"),
        sa.Column("text_start", sa.Integer(), nullable=False, comment="its place in the criterion's text"),
        sa.Column("text_end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trial_key"], ["trial.key"], name=op.f("fk_criterion_constraint_trial_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trial_key", "item", "position", name=op.f("pk_criterion_constraint")),
    )
    op.create_index("ix_criterion_constraint_kind", "criterion_constraint", ["kind", "code"])


def downgrade() -> None:
    op.drop_table("criterion_constraint")
