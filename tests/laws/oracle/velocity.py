"""How often and for how much the account paid, in five windows."""

import math

from tests.laws.oracle.arithmetic import sum_over_days
from tests.laws.oracle.known import Known
from tests.laws.oracle.payment import Payment
from tests.laws.oracle.time import DAY, HOUR, MINUTE

EXACT = {"5m": 5 * MINUTE, "1h": HOUR, "24h": DAY}
IN_DAYS = {"7d": 7, "30d": 30}


def velocity(known: Known) -> dict[str, float]:
    """The family."""
    account = known.of_account()
    windows = {name: known.within(account, span) for name, span in EXACT.items()}
    windows |= {name: known.in_days(account, days) for name, days in IN_DAYS.items()}
    features: dict[str, float] = {}
    for name, payments in windows.items():
        features |= {f"account_{measure}_{name}": v for measure, v in _measures(payments).items()}
    return features


def _measures(payments: list[Payment]) -> dict[str, float]:
    if not payments:
        return {"count": 0.0, "sum": 0.0, "mean": math.nan, "max": math.nan}
    total = sum_over_days(payments, lambda payment: payment.amount)
    return {
        "count": float(len(payments)),
        "sum": total / 100.0,
        "mean": total / len(payments) / 100.0,
        "max": float(max(payment.amount for payment in payments)) / 100.0,
    }
