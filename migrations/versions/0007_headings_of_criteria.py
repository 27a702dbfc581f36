"""headings of criteria: the title that a criterion stands below, which tells what its text is about"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "criterion", sa.Column("heading", sa.Text(), comment="the title it stands below, where that is no criterion")
    )


def downgrade() -> None:
    op.drop_column("criterion", "heading")
