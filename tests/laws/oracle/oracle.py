"""Remembers everything; answers from all of it."""

import numpy as np
from numpy.typing import NDArray

from features_rs import contract
from tests.laws.oracle.amount import amount
from tests.laws.oracle.calendar import calendar
from tests.laws.oracle.device import device
from tests.laws.oracle.geography import geography
from tests.laws.oracle.known import Known
from tests.laws.oracle.merchant import merchant
from tests.laws.oracle.payment import Payment
from tests.laws.oracle.report import Report
from tests.laws.oracle.risk import risk
from tests.laws.oracle.velocity import velocity

FAMILIES = (velocity, amount, geography, merchant, risk, device, calendar)
NAMES = tuple(contract().names)


class Oracle:
    """The contract, by brute force."""

    def __init__(self) -> None:
        self._payments: dict[tuple[int, bytes], Payment] = {}
        self._reports: dict[Report, None] = {}

    def record(self, payment: Payment) -> None:
        """Remember a payment; a repeat is the same payment."""
        self._payments[payment.moment] = payment

    def learn(self, report: Report) -> None:
        """Remember a label; a repeat is the same label."""
        self._reports[report] = None

    def take(self, deed: Payment | Report) -> None:
        """Remember either."""
        if isinstance(deed, Payment):
            self.record(deed)
        else:
            self.learn(deed)

    def features(self, probe: Payment) -> NDArray[np.float32]:
        """All features of ``probe``, in the contract's order."""
        before = [p for p in self._payments.values() if p.moment < probe.moment]
        known = Known(probe, before, list(self._reports))
        values: dict[str, float] = {}
        for family in FAMILIES:
            values |= family(known)
        assert values.keys() == set(NAMES)
        return np.array([values[name] for name in NAMES], dtype=np.float64).astype(np.float32)
