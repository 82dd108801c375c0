"""What a world is made from."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from fraud.v1.label_pb2 import FraudKind


class FraudMix(BaseModel):
    """Expected share of each kind among fraudulent payments; scaled to sum to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    card_testing: float = Field(0.20, ge=0)
    stolen_card: float = Field(0.22, ge=0)
    account_takeover: float = Field(0.18, ge=0)
    merchant_compromise: float = Field(0.13, ge=0)
    geographic_impossibility: float = Field(0.12, ge=0)
    mule_ring: float = Field(0.15, ge=0)

    def share_of(self, kind: FraudKind.ValueType) -> float:
        """The kind's share; 0 when no kind has any."""
        shares: dict[str, float] = self.model_dump()
        name = FraudKind.Name(kind).removeprefix("FRAUD_KIND_").lower()
        return shares[name] / (sum(shares.values()) or 1.0)


class WorldConfig(BaseModel):
    """Everything a world follows from: equal configurations give equal bytes.

    The default is a history of about 300,000 payments. Days may be generated beyond ``days``; they
    continue the same world.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(1, ge=0, description="Another seed is another world.")
    customers: int = Field(6_000, ge=10, le=5_000_000, description="Accounts.")
    merchants: int = Field(3_000, ge=10, le=500_000, description="At least; each place needs some.")
    start: date = Field(date(2026, 1, 5), description="Day 0, from midnight UTC.")
    days: int = Field(60, ge=1, le=3_650, description="Days of history.")
    payments_per_day: float = Field(
        1.0, gt=0, le=50, description="Genuine payments of a customer on an average day."
    )
    fraud_rate: float = Field(0.008, ge=0, lt=0.5, description="Share of payments, expected.")
    fraud_mix: FraudMix = FraudMix()
    label_delay_days: float = Field(
        3.0, gt=0, le=365, description="Median time until a fraud is reported."
    )
    label_delay_sigma: float = Field(
        0.8, ge=0, le=3, description="Standard deviation of the delay's logarithm."
    )
    unreported_share: float = Field(
        0.1, ge=0, le=1, description="Share of frauds that nobody ever reports."
    )
    travel_rate: float = Field(
        0.012, ge=0, le=1, description="Trips that a customer begins on a day."
    )
    large_purchase_rate: float = Field(
        0.012, ge=0, le=1, description="Genuine payments of several times the usual amount."
    )
    spree_rate: float = Field(
        0.003, ge=0, le=1, description="Genuine payments that several more follow within minutes."
    )
