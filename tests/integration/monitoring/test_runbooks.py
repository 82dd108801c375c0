"""What runbooks ask PostgreSQL, asked."""

import psycopg

from scorer.recorder.database import RecordDatabase
from tests.unit.ops.alert_rules import blocks


def test_runbooks_ask_what_postgresql_understands(dsn: str) -> None:
    RecordDatabase(dsn).close()
    statements = [each for block in blocks("sql") for each in block.split(";") if each.strip()]
    assert len(statements) > 3
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement.encode())
