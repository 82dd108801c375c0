"""Many rows into a table at once, those that are there already left as they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:  # it comes with protobuf, which commands that only ask wait for
    from scorer.recorder.column import Row


def create_draft(connection: psycopg.Connection, table: str) -> None:
    """A table of this session that rows are copied into, as COPY knows no ON CONFLICT."""
    statement = "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
    draft, kept = sql.Identifier(f"draft_{table}"), sql.Identifier(table)
    connection.execute(sql.SQL(statement).format(draft, kept))


def copy_rows(
    connection: psycopg.Connection, table: str, names: Sequence[str], rows: Sequence["Row"]
) -> None:
    """Insert rows through the table's draft, within a transaction."""
    if not rows:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    draft, kept = sql.Identifier(f"draft_{table}"), sql.Identifier(table)
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(draft, columns)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("INSERT INTO {} SELECT * FROM {} ON CONFLICT DO NOTHING").format(kept, draft)
        )
