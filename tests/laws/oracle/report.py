"""A label as the oracle remembers it."""

from dataclasses import dataclass
from enum import IntEnum

from features_rs import Label
from tests.laws.oracle.money import to_base
from tests.laws.oracle.payment import Payment

ORDINARY_RATIO = 2.0
"""Below so many times what is usual for its account a payment is an everyday one."""
ORDINARY_AMOUNT = 20_000
"""Where that is not known: minor units of the base currency below which it is."""


class Verdict(IntEnum):
    """What was learned; of two labels of one instant the greater holds."""

    GENUINE = 0
    WITHDRAWN = 1
    FRAUD = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What became known of ``payment`` at ``known_at_us``.

    Args:
        payment: Of which it is.
        known_at_us: When it was learned.
        verdict: What was learned.
        ratio_to_usual: What was said of the payment when it was decided.
    """

    payment: Payment
    known_at_us: int
    verdict: Verdict
    ratio_to_usual: float | None = None

    @property
    def made_at(self) -> int:
        """When the payment was made."""
        return self.payment.event_time_us

    @property
    def ordinary(self) -> bool:
        """Whether the payment's amount was an everyday one."""
        if self.ratio_to_usual is not None:
            return self.ratio_to_usual < ORDINARY_RATIO
        return to_base(self.payment.amount_minor, self.payment.currency) < ORDINARY_AMOUNT

    def to_label(self) -> Label:
        """The kernel's form."""
        payment = self.payment
        return Label(
            transaction_id=payment.transaction_id,
            merchant_id=payment.merchant_id,
            category=payment.category,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            event_time_us=payment.event_time_us,
            known_at_us=self.known_at_us,
            fraud=self.verdict is Verdict.FRAUD,
            withdraws=self.verdict is Verdict.WITHDRAWN,
            ratio_to_usual=self.ratio_to_usual,
        )
