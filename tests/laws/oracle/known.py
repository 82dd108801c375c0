"""What was known just before a payment."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.laws.oracle.payment import Payment
from tests.laws.oracle.report import Report
from tests.laws.oracle.time import day_of, first_day

LABELS_KEPT = 64
"""Labels, newest payments first, that a merchant's runs of fraud are read from."""


@dataclass(frozen=True, slots=True)
class Known:
    """All payments before ``probe``, and all labels that have been given, known by then or not."""

    probe: Payment
    payments: Sequence[Payment]
    reports: Sequence[Report]

    @property
    def time(self) -> int:
        """The probe's event time."""
        return self.probe.event_time_us

    def of_account(self) -> list[Payment]:
        """The account's payments."""
        return [p for p in self.payments if p.account_id == self.probe.account_id]

    def of_merchant(self) -> list[Payment]:
        """Payments to the merchant."""
        return [p for p in self.payments if p.merchant_id == self.probe.merchant_id]

    def of_category(self) -> list[Payment]:
        """Payments in the category."""
        return [p for p in self.payments if p.category == self.probe.category]

    def of_device(self) -> list[Payment]:
        """Payments with the device."""
        return [p for p in self.payments if p.device_id == self.probe.device_id]

    def within(self, payments: Sequence[Payment], span: int) -> list[Payment]:
        """Those not older than ``span``."""
        return [p for p in payments if p.event_time_us >= self.time - span]

    def in_days(self, payments: Sequence[Payment], days: int) -> list[Payment]:
        """Those of the UTC days that end with the probe's."""
        return [p for p in payments if p.day >= first_day(self.time, days)]

    def reports_in_days(self, reports: Sequence[Report], days: int) -> list[Report]:
        """Labels known by the probe's time that became known in the UTC days that end with its."""
        first = first_day(self.time, days)
        return [r for r in reports if r.known_at_us <= self.time and day_of(r.known_at_us) >= first]

    def merchant_reports(self) -> list[Report]:
        """Labels of payments to the merchant."""
        return [r for r in self.reports if r.payment.merchant_id == self.probe.merchant_id]

    def category_reports(self) -> list[Report]:
        """Labels of payments in the category."""
        return [r for r in self.reports if r.payment.category == self.probe.category]

    def merchant_verdicts(self) -> list[Report]:
        """The merchant's labelled payments, newest first, each with its last known label.

        Only the labels of the newest payments are kept, whether known by the probe's time or not.
        """

        def order(report: Report) -> tuple[int, bytes, int, int]:
            made_at, transaction_id = report.payment.moment
            return made_at, transaction_id, report.known_at_us, report.verdict

        kept = sorted(self.merchant_reports(), key=order, reverse=True)[:LABELS_KEPT]
        verdicts: dict[tuple[int, bytes], Report] = {}
        for report in kept:
            if report.known_at_us <= self.time:
                verdicts.setdefault(report.payment.moment, report)
        return list(verdicts.values())
