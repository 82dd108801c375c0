"""Reading entries, for the writer and for readers alike."""

import sqlite3

from scorer.sinks.entry import KINDS, OutboxEntry

READ_AFTER = (
    "SELECT seq, kind, key, digest, payload, appended_at_us FROM entries"
    " WHERE seq > ? ORDER BY seq LIMIT ?"
)


def entries_after(database: sqlite3.Connection, seq: int, limit: int) -> list[OutboxEntry]:
    """At most ``limit`` entries behind position ``seq``, in order."""
    rows = database.execute(READ_AFTER, (seq, limit)).fetchall()
    return [
        OutboxEntry(seq, KINDS[kind], key, digest, payload, appended_at_us)
        for seq, kind, key, digest, payload, appended_at_us in rows
    ]


def newest_seq_of(database: sqlite3.Connection) -> int:
    """Position of the newest entry; 0 when there is none."""
    return int(database.execute("SELECT ifnull(max(seq), 0) FROM entries").fetchone()[0])
