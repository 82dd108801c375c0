"""How far each outbox is drained, kept beside what was drained from it."""

import psycopg

from scorer.recorder.errors import PositionMovedError


def position_of(connection: psycopg.Connection, key: str) -> int:
    """The position under ``key``; 0 for one never seen.

    Raises:
        psycopg.Error: The session ended.
    """
    connection.execute(
        "INSERT INTO recorder_positions (outbox_identity, seq) VALUES (%s, 0)"
        " ON CONFLICT DO NOTHING",
        (key,),
    )
    row = connection.execute(
        "SELECT seq FROM recorder_positions WHERE outbox_identity = %s", (key,)
    ).fetchone()
    return int(row[0]) if row else 0


def move_position(connection: psycopg.Connection, key: str, position: int, last_seq: int) -> None:
    """Move it from ``position`` to ``last_seq``.

    First in a transaction: the row's lock makes two that drain the same outbox take turns.

    Raises:
        PositionMovedError: It is no longer at ``position``.
        psycopg.Error: The session ended.
    """
    moved = connection.execute(
        "UPDATE recorder_positions SET seq = %s, updated_at = now()"
        " WHERE outbox_identity = %s AND seq = %s",
        (last_seq, key, position),
    ).rowcount
    if moved == 0:
        raise PositionMovedError(f"outbox {key} is no longer at {position}")
