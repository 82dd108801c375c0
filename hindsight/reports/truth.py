"""What is known of payments by now, in SQL.

A payment is known to be fraud, or not, when a label says so; the label known last stands. Nobody
reports that a payment was genuine: one that no label has come for within the maturity is taken
for genuine. Time is event time, now the newest payment's: the same tables give the same report,
whenever it is asked for.
"""

from datetime import timedelta
from typing import Final

MATURITY: Final = timedelta(days=7)
"""How long a label is waited for, unless told otherwise."""

TRUTHS: Final = """
truths AS (
    SELECT p.*, coalesce(l.fraud, false) AS fraud,
        coalesce(l.known_at, p.event_time + %(maturity)s) AS truth_known_at
    FROM predictions p
    LEFT JOIN current_labels l USING (transaction_id)
    WHERE (l.transaction_id IS NOT NULL
        OR p.event_time <= (SELECT max(event_time) FROM predictions) - %(maturity)s::interval)
)
"""
"""A common table expression: the columns of ``predictions``, ``fraud`` and ``truth_known_at``."""
