"""Who finds out: frauds are reported days later or never; nobody reports a genuine payment."""

from dataclasses import dataclass

import numpy as np

from simulator.arrays import Flags, Ints
from simulator.config import WorldConfig
from simulator.payments import Payments
from simulator.randomness import stream
from simulator.rhythm import DAY_US

SOURCES = ("unreported", "cardholder", "chargeback")
_UNREPORTED, _CARDHOLDER, _CHARGEBACK = range(3)
_CARDHOLDER_DAYS = 1.0  # a cardholder who notices at once calls; later ones dispute the statement


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What becomes known of some payments, row for row."""

    reported: Flags
    time: Ints  # microseconds since day 0; meaningless where not reported
    source: Ints  # index into SOURCES


def reports_of(config: WorldConfig, payments: Payments, day: int) -> Reports:
    """Draw the reports of a whole day's payments, in their order."""
    rng = stream(config.seed, "labels", day)
    frauds = np.flatnonzero(payments.kind)
    spread = config.label_delay_sigma * rng.normal(size=len(frauds))
    delay = config.label_delay_days * np.exp(spread)
    told = rng.random(len(frauds)) >= config.unreported_share
    reported = np.zeros(len(payments), dtype=np.bool_)
    reported[frauds] = told
    time, source = payments.time.copy(), np.full(len(payments), _UNREPORTED)
    time[frauds] += (delay * DAY_US).astype(np.int64)
    early = np.where(delay < _CARDHOLDER_DAYS, _CARDHOLDER, _CHARGEBACK)
    source[frauds] = np.where(told, early, _UNREPORTED)
    return Reports(reported, time, source)


def join_reports(parts: list[Reports]) -> Reports:
    """All rows of all parts, part after part."""
    return Reports(
        np.concatenate([part.reported for part in parts]),
        np.concatenate([part.time for part in parts]),
        np.concatenate([part.source for part in parts]),
    )
