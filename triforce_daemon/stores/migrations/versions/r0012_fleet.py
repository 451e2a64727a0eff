"""What several daemons need that share a database: whose a turn is, what they agree on, and word of changes."""

import sqlalchemy as sa
from alembic import op

from triforce_daemon.stores.tables import WHOLE

revision = "0012"
down_revision = "0011"

#: Which changes the others have to hear of; that a token was used is none.
_TOLD = {
    "users": "INSERT OR UPDATE OR DELETE",
    "tokens": "INSERT OR DELETE OR UPDATE OF scopes, models, boundary, expires, revoked, requests_per_minute, spend",
    "logins": "INSERT OR UPDATE OR DELETE",
}


def upgrade() -> None:
    op.add_column("turns", sa.Column("daemon", WHOLE))
    op.create_table(
        "agreements",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _tell_of_changes()


def _tell_of_changes() -> None:
    op.execute(
        "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_notify('triforce', TG_TABLE_NAME || ' ' || COALESCE(NEW.id, OLD.id)); RETURN NULL; END $$"
    )
    for table, changes in _TOLD.items():
        op.execute(f"CREATE TRIGGER told AFTER {changes} ON {table} FOR EACH ROW EXECUTE FUNCTION told()")
