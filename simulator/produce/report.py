"""What a run did, counted exactly."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Messages of one topic: handed over, acknowledged by the broker."""

    produced: int = 0
    acknowledged: int = 0

    @property
    def failed(self) -> int:
        """Handed over, and never acknowledged."""
        return self.produced - self.acknowledged


@dataclass(frozen=True, slots=True)
class ProduceReport:
    """Of one run.

    Args:
        payments: Of this run.
        labels: Of this run.
        total_payments: Distinct ones, with those of the runs that this one continued.
        total_labels: Likewise.
        seconds: From the first payment's intended time to the last acknowledgement.
        late_p50_us: Behind the intended time of sending.
        late_p99_us: Likewise.
        late_max_us: Likewise.
        reason: Why a message failed; empty when none did.
    """

    payments: Count
    labels: Count
    total_payments: int
    total_labels: int
    seconds: float
    late_p50_us: int
    late_p99_us: int
    late_max_us: int
    reason: str = ""

    @property
    def payments_a_second(self) -> float:
        """Acknowledged ones; 0 when there were none."""
        return self.payments.acknowledged / self.seconds if self.seconds > 0 else 0.0

    @property
    def failed(self) -> int:
        """Messages that the broker does not have for certain."""
        return self.payments.failed + self.labels.failed
