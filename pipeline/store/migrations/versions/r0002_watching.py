"""What watching and history need: known files, retired accounts, restored editions, findings, row versions.

With room for approvals and deliveries.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply this change."""
    _watching()
    _approvals()
    _history()


def _watching() -> None:
    op.add_column("accounts", sa.Column("retired_at", sa.DateTime(), nullable=True))
    op.add_column("editions", sa.Column("restored_from", sa.Integer(), nullable=True))
    op.add_column("editions", sa.Column("restored_over", sa.Integer(), nullable=True))
    op.add_column("editions", sa.Column("last_closed", sa.Date(), nullable=True))
    op.add_column("submissions", sa.Column("refreshed", sa.Date(), nullable=True))

    op.create_table(
        "files",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=True),
        sa.Column("ctime_ns", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_files_submission_id"),
        sa.PrimaryKeyConstraint("file", name="pk_files"),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_approvals_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_account_id_document_id", "approvals", ["account_id", "document_id"])
    op.create_table(
        "deliveries",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name="fk_deliveries_approval_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_approval_id", "deliveries", ["approval_id"])
    op.create_index("ix_deliveries_state", "deliveries", ["state"])


def _history() -> None:
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("findings", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))

    op.create_table(
        "row_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("first_edition", sa.Integer(), nullable=False),
        sa.Column("last_edition", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_row_versions_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_row_versions"),
    )
    op.create_index("ix_row_versions_account_id_last_edition", "row_versions", ["account_id", "last_edition"])
