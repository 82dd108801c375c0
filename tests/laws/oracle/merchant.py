"""How often the merchant is paid, and by how many accounts."""

from tests.laws.oracle.known import Known
from tests.laws.oracle.time import DAY, HOUR


def merchant(known: Known) -> dict[str, float]:
    """The family."""
    payments = known.of_merchant()
    hour, day = known.within(payments, HOUR), known.within(payments, DAY)
    return {
        "merchant_count_1h": float(len(hour)),
        "merchant_accounts_1h": float(len({p.account_id for p in hour})),
        "merchant_count_24h": float(len(day)),
        "merchant_accounts_24h": float(len({p.account_id for p in day})),
        "merchant_count_7d": float(len(known.in_days(payments, 7))),
    }
