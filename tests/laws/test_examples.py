"""Values worked out by hand, so that kernel and oracle cannot be wrong in the same way."""

import math
from typing import Any

import pytest

from tests.laws.oracle import Oracle, Payment, Report, Verdict
from tests.laws.oracle.time import DAY, HOUR, MINUTE
from tests.laws.replica import NAMES, Deed, Replica

MIDNIGHT = 20_000 * DAY  # Friday 2024-10-04
LONDON, PARIS = (51.5074, -0.1278), (48.8566, 2.3522)


def paid(name: str, time: int, amount: int, **fields: Any) -> Payment:
    return Payment(
        transaction_id=name,
        event_time_us=MIDNIGHT + time,
        amount_minor=amount,
        **fields,
    )


def features_of(probe: Payment, *known: Deed) -> dict[str, float]:
    """By the kernel; the oracle agrees."""
    found = Replica.of(known).features(probe)
    oracle = Oracle()
    for deed in known:
        oracle.take(deed)
    assert repr(found.tolist()) == repr(oracle.features(probe).tolist())
    return dict(zip(NAMES, (float(value) for value in found), strict=True))


def test_windows_are_closed_at_both_ends_and_leave_the_payment_itself_out() -> None:
    probe = paid("m", DAY, 700)
    known = [
        paid("a", 0, 100),
        paid("b", DAY - HOUR, 200),
        paid("c", DAY - 5 * MINUTE, 300),
        paid("l", DAY, 400),
        paid("m", DAY, 700),
        paid("n", DAY, 5000),
    ]
    found = features_of(probe, *known)
    counts = [found[f"account_count_{window}"] for window in ("5m", "1h", "24h", "7d", "30d")]
    assert counts == [2, 3, 4, 4, 4]
    assert found["account_sum_1h"] == 9.0
    assert found["account_mean_24h"] == 2.5
    assert found["account_max_5m"] == 4.0
    assert found["amount_to_mean_30d"] == pytest.approx(2.8)
    assert found["amount_zscore_30d"] == pytest.approx((7 - 2.5) / math.sqrt(1.25))
    assert found["merchant_count_24h"] == 4
    assert found["merchant_accounts_24h"] == 1


def test_nothing_known() -> None:
    found = features_of(paid("m", 0, 1234, channel=2, utc_offset_minutes=0))
    assert found["amount"] == pytest.approx(12.34)
    assert found["card_not_present"] == 1.0
    assert found["account_count_30d"] == found["account_sum_30d"] == 0.0
    assert math.isnan(found["account_mean_30d"])
    assert math.isnan(found["merchant_days_since_fraud"])
    assert found["merchant_fraud_rate_7d"] == pytest.approx(0.005)
    assert (found["local_hour"], found["local_night"], found["local_weekend"]) == (0.0, 1.0, 0.0)


def test_currencies_meet_in_euro_half_to_even() -> None:
    assert features_of(paid("m", 0, 75, currency="GBP"))["amount"] == pytest.approx(0.86)
    assert features_of(paid("m", 0, 1000, currency="JPY"))["amount"] == pytest.approx(5.80)
    assert features_of(paid("m", 0, 10, currency="GBP"))["amount"] == pytest.approx(0.12)


def test_a_trip_from_london_to_paris() -> None:
    known = paid("a", 0, 100, latitude=LONDON[0], longitude=LONDON[1])
    probe = paid("m", 15 * MINUTE, 100, latitude=PARIS[0], longitude=PARIS[1])
    found = features_of(probe, known)
    assert found["account_km_from_last"] == pytest.approx(343.6, abs=0.5)
    assert found["account_km_from_centre"] == pytest.approx(343.6, abs=0.5)
    assert found["account_kmh_from_last"] == pytest.approx(4 * 343.6, abs=2)
    assert found["geographic_anomaly"] == 1.0


def test_places_that_cancel_have_no_centre() -> None:
    known = [
        paid("a", 0, 100, latitude=90.0, longitude=0.0),
        paid("b", 1, 100, latitude=-90.0, longitude=0.0),
    ]
    found = features_of(paid("m", 2, 100, latitude=0.0, longitude=0.0), *known)
    assert math.isnan(found["account_km_from_centre"])
    assert found["account_km_from_last"] == pytest.approx(10_007.5, abs=0.1)


def test_a_run_of_frauds_counts_from_when_it_is_known() -> None:
    payments = [paid(f"p{day}", day * DAY, 100 if day else 30_000) for day in range(6)]
    frauds = [Report(p, p.event_time_us + 2 * DAY, Verdict.FRAUD) for p in payments[:4]]
    found = features_of(paid("q", 5 * DAY, 100), *payments, *frauds)
    assert found["merchant_frauds_known_7d"] == 4
    assert found["merchant_fraud_rate_7d"] == pytest.approx(4.1 / 26)
    assert found["merchant_run_length"] == 4
    assert found["merchant_ordinary_run_length"] == 3
    assert found["merchant_days_since_run_began"] == 5
    assert found["merchant_days_since_ordinary_run_began"] == 4
    assert found["merchant_days_since_fraud"] == 2
    earlier = features_of(paid("q", 4 * DAY, 100), *payments, *frauds)
    assert earlier["merchant_frauds_known_7d"] == 3
    assert earlier["merchant_run_length"] == 3


@pytest.mark.parametrize(("ratio", "ordinary"), [(None, 3), (1.99, 4), (2.0, 0), (100.0, 0)])
def test_a_fraud_is_everyday_by_what_was_usual_for_its_payer(
    ratio: float | None, ordinary: int
) -> None:
    payments = [paid(f"p{day}", day * DAY, 100 if day else 30_000) for day in range(4)]
    frauds = [Report(p, p.event_time_us + DAY, Verdict.FRAUD, ratio) for p in payments]
    found = features_of(paid("q", 5 * DAY, 100), *payments, *frauds)
    assert found["merchant_run_length"] == 4
    assert found["merchant_ordinary_run_length"] == ordinary


def test_a_known_genuine_payment_ends_a_run() -> None:
    made = [paid(f"p{hour}", hour * HOUR, 100) for hour in range(4)]
    verdicts = [Verdict.FRAUD, Verdict.GENUINE, Verdict.FRAUD, Verdict.FRAUD]
    known = [Report(p, MIDNIGHT + DAY, v) for p, v in zip(made, verdicts, strict=True)]
    found = features_of(paid("q", DAY, 100), *made, *known)
    assert found["merchant_run_length"] == 2
    assert found["merchant_frauds_known_30d"] == 3


def test_a_device_shared_by_accounts() -> None:
    known = [
        paid(f"p{n}", n * DAY, 100, account_id=account, device_id="phone")
        for n, account in enumerate(["a", "b", "c", "b"])
    ]
    probe = paid("q", 4 * DAY, 100, account_id="a", device_id="phone")
    found = features_of(probe, *known)
    assert (found["device_new_for_account"], found["device_accounts_30d"]) == (0.0, 2.0)
    stranger = features_of(paid("q", 4 * DAY, 1, account_id="x", device_id="phone"), *known)
    assert (stranger["device_new_for_account"], stranger["device_accounts_30d"]) == (1.0, 3.0)


def test_only_the_newest_sixty_four_labels_make_runs() -> None:
    made = [paid(f"p{n:03d}", n * HOUR, 100) for n in range(100)]
    known = [Report(p, MIDNIGHT + 5 * DAY, Verdict.FRAUD) for p in made]
    found = features_of(paid("q", 6 * DAY, 100), *made, *known)
    assert found["merchant_run_length"] == 64
    assert found["merchant_frauds_known_7d"] == 100
