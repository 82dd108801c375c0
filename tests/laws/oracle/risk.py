"""What was known of frauds at the merchant and in the category."""

import math
from collections.abc import Sequence

from tests.laws.oracle.known import Known
from tests.laws.oracle.payment import Payment
from tests.laws.oracle.report import Report, Verdict
from tests.laws.oracle.time import DAY, LONGEST_DAYS, day_of, first_day

PRIOR_PAYMENTS = 20.0
PRIOR_RATE = 0.005
RUN_GAP = 7 * DAY
LABEL_MATURITY = 7 * DAY


def risk(known: Known) -> dict[str, float]:
    """The family."""
    reports = known.merchant_reports()
    month, week = (frauds_in(known.reports_in_days(reports, days)) for days in (30, 7))
    in_category = frauds_in(known.reports_in_days(known.category_reports(), 30))
    payments = known.of_merchant()
    features = {
        "merchant_fraud_rate_7d": rate(week, known.in_days(payments, 7)),
        "merchant_fraud_rate_30d": rate(month, known.in_days(payments, 30)),
        "merchant_frauds_known_7d": week,
        "merchant_frauds_known_30d": month,
        "category_fraud_rate_30d": rate(in_category, known.in_days(known.of_category(), 30)),
    }
    return features | runs(known)


def frauds_in(reports: Sequence[Report]) -> float:
    """Frauds made known less frauds withdrawn, at least none; labels of one instant count once."""
    said: dict[tuple[int, str], Report] = {}
    for report in sorted(reports, key=lambda r: (r.made_at, r.verdict)):
        said[report.known_at_us, report.payment.transaction_id] = report
    worth = {Verdict.GENUINE: 0, Verdict.WITHDRAWN: -1, Verdict.FRAUD: 1}
    return float(max(0, sum(worth[report.verdict] for report in said.values())))


def rate(frauds: float, payments: list[Payment]) -> float:
    """Smoothed by a prior of 20 payments at 0.5%."""
    return (frauds + PRIOR_PAYMENTS * PRIOR_RATE) / (len(payments) + PRIOR_PAYMENTS)


def runs(known: Known) -> dict[str, float]:
    """The newest frauds and the run that they form."""
    verdicts = known.merchant_verdicts()
    frauds = [r for r in verdicts if r.verdict is Verdict.FRAUD]
    oldest = first_day(known.time, LONGEST_DAYS) * DAY
    if not frauds or frauds[0].made_at < oldest:
        frauds, verdicts = [], []
    run = current_run(verdicts)
    ordinary = [r for r in frauds if r.ordinary and r.made_at >= oldest]
    ordinary_run = [r for r in run if r.ordinary]
    return {
        "merchant_days_since_fraud": days_since(known, frauds[:1]),
        "merchant_days_since_ordinary_fraud": days_since(known, ordinary[:1]),
        "merchant_run_length": float(len(run)),
        "merchant_days_since_run_began": days_since(known, run[-1:]),
        "merchant_ordinary_run_length": float(len(ordinary_run)),
        "merchant_days_since_ordinary_run_began": days_since(known, ordinary_run[-1:]),
        "merchant_run_share": run_share(known, run),
    }


def current_run(verdicts: Sequence[Report]) -> list[Report]:
    """Frauds, newest first, up to the first payment known as genuine or gap of over a week."""
    run: list[Report] = []
    for report in verdicts:
        if report.verdict is not Verdict.FRAUD:
            break
        if run and run[-1].made_at - report.made_at > RUN_GAP:
            break
        run.append(report)
    return run


def days_since(known: Known, reports: Sequence[Report]) -> float:
    """Days since the payment of the one report given; NaN of none."""
    return (known.time - reports[0].made_at) / DAY if reports else math.nan


def run_share(known: Known, run: list[Report]) -> float:
    """The run's frauds over the merchant's payments since its first day that are a week old."""
    if not run:
        return 0.0
    first = max(day_of(run[-1].made_at), first_day(known.time, LONGEST_DAYS))
    last = day_of(known.time - LABEL_MATURITY)
    payments = sum(first <= payment.day <= last for payment in known.of_merchant())
    return len(run) / max(payments, 1)
