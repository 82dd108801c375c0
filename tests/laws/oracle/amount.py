"""How the amount compares with what the account usually pays."""

import math

from tests.laws.oracle.arithmetic import by_day, divide, sum_over_days
from tests.laws.oracle.known import Known
from tests.laws.oracle.payment import Payment

CARD_NOT_PRESENT = {2, 3, 5}
RATIO_BOUND = 100.0
ZSCORE_BOUND = 10.0
HIGH_RATIO = 3.0


def amount(known: Known) -> dict[str, float]:
    """The family."""
    probe, account = known.probe, known.of_account()
    month, week = known.in_days(account, 30), known.in_days(account, 7)
    usual = winsorised_mean(month)
    largest = float(max((p.amount for p in week), default=0)) if week else math.nan
    return {
        "amount": float(probe.amount) / 100.0,
        "card_not_present": float(probe.channel in CARD_NOT_PRESENT) if probe.channel else math.nan,
        "amount_to_mean_30d": ratio(float(probe.amount), mean(month)),
        "amount_zscore_30d": zscore(probe.amount, month),
        "amount_to_winsorised_mean_30d": ratio(float(probe.amount), usual),
        "account_max_7d_to_winsorised_mean_30d": ratio(largest, usual),
        "account_mean_7d_to_winsorised_mean_30d": ratio(mean(week), usual),
        "account_high_days_30d": high_days(month, usual),
    }


def mean(payments: list[Payment]) -> float:
    """The mean amount; NaN of none."""
    return divide(sum_over_days(payments, lambda payment: payment.amount), float(len(payments)))


def ratio(value: float, divisor: float) -> float:
    """At most 100; NaN when the divisor is zero or either is unknown."""
    if math.isnan(value) or not divisor > 0.0:
        return math.nan
    return min(value / divisor, RATIO_BOUND)


def zscore(value: int, payments: list[Payment]) -> float:
    """Deviations from the mean, within 10; NaN when all amounts are alike."""
    centre = mean(payments)
    squares = sum_over_days(payments, lambda payment: payment.amount**2)
    variance = divide(squares, float(len(payments))) - centre * centre
    if not variance > 0.0:
        return math.nan
    score = (float(value) - centre) / math.sqrt(variance)
    return max(-ZSCORE_BOUND, min(score, ZSCORE_BOUND))


def winsorised_mean(payments: list[Payment]) -> float:
    """The mean amount, with each day's mean cut at the 90th percentile (nearest rank) of them."""
    days = by_day(payments)
    if not days:
        return math.nan
    means = [float(sum(p.amount for p in day)) / len(day) for day in days]
    cap = sorted(means)[-(-len(means) * 90 // 100) - 1]
    total, count = 0.0, 0.0
    for day, day_mean in zip(days, means, strict=True):
        total += len(day) * min(day_mean, cap)
        count += len(day)
    return total / count


def high_days(payments: list[Payment], usual: float) -> float:
    """Days with a payment of over three times the usual."""
    if not payments:
        return math.nan
    days = by_day(payments)
    return float(sum(max(float(p.amount) for p in day) > HIGH_RATIO * usual for day in days))
