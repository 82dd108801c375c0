"""What cannot be recorded as what it should be, kept as it came."""

from collections.abc import Sequence

import psycopg

from scorer.recorder.batch import RejectedEntry


def reject_entries(
    connection: psycopg.Connection, identity: str, rejected: Sequence[RejectedEntry]
) -> None:
    """Set entries aside, each once.

    Args:
        connection: In a transaction or not.
        identity: Of what they were read from, in which ``seq`` is their place.
        rejected: With the reasons.

    Raises:
        psycopg.Error: They could not be written.
    """
    if not rejected:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO rejected_entries"
            " (outbox_identity, seq, kind, entry_key, reason, payload, appended_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, to_timestamp(%s))"
            " ON CONFLICT DO NOTHING",
            [_to_row(identity, each) for each in rejected],
        )


def _to_row(identity: str, rejected: RejectedEntry) -> tuple[object, ...]:
    entry = rejected.entry
    return (
        identity,
        entry.seq,
        entry.kind,
        # What PostgreSQL cannot keep as text must not stop the stream here of all places.
        entry.key.replace("\0", "\\0"),
        rejected.reason.replace("\0", "\\0"),
        entry.payload,
        entry.appended_at_us / 1e6,
    )
