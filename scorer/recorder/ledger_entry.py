"""A row of the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

type Subject = Literal["alias", "traffic", "policy", "stage"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One change.

    Args:
        subject: What kind of thing was changed.
        subject_name: Which of them, such as ``champion``.
        old_value: Before; None where there was nothing.
        new_value: After; None where nothing is left.
        changed_by: Who.
        reason: Why, in that person's words.
        gate_report: What the gate said of the version, as JSON; None where it was not asked.
        changed_at: When; of a row to be written, None for now.
    """

    subject: Subject
    subject_name: str
    old_value: str | None
    new_value: str | None
    changed_by: str
    reason: str
    gate_report: Any = None
    changed_at: datetime | None = None
