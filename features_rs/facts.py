"""What the kernel learns of a label's payment, by the names of a table's columns.

The backfill, the lake's data sets and training join labels with payments each in their own way, and
all ask here what of the payment the kernel takes.
"""

from collections.abc import Iterable
from typing import Final

FACTS: Final = (
    "transaction_id",
    "merchant_id",
    "category",
    "amount_minor",
    "currency",
    "event_time",
)
"""Every payment has these."""
USUAL: Final = "ratio_to_usual"
"""Taken where it is known: the payment's amount over what was usual for its account."""
USUAL_FEATURE: Final = "amount_to_winsorised_mean_30d"
"""The feature that whoever decides a payment says as :data:`USUAL`."""


def facts_in(columns: Iterable[str]) -> list[str]:
    """Those of a table's columns that the kernel takes.

    >>> facts_in(["event_time", "ratio_to_usual"])[-2:]
    ['event_time', 'ratio_to_usual']
    """
    return [*FACTS, *(name for name in columns if name == USUAL)]
