"""Every kind of fraud is there and does what its name says; so are those that only look like it."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fraud.v1.label_pb2 import FraudKind
from fraud.v1.transaction_pb2 import Channel
from simulator import World, WorldConfig
from tests.unit.simulator.conftest import CONFIG, History

DAY_SECONDS = 86_400


@pytest.fixture(scope="module")
def payments(history: History) -> pd.DataFrame:
    """Payments and their truth, one row each, the account's payment before beside it."""
    frame = history.events.to_pandas().drop(columns="transaction_id")
    frame["kind"] = history.labels["kind"].to_numpy()
    frame["device_id"] = frame["device_id"].astype("object")
    by_account = frame.groupby("account_id", observed=True)
    for column in ("event_time", "latitude", "longitude"):
        frame[f"last_{column}"] = by_account[column].shift()
    return frame


def of_kind(payments: pd.DataFrame, name: str) -> pd.DataFrame:
    return payments[payments["kind"] == FraudKind.Value(f"FRAUD_KIND_{name}")]


def speed_kmh(payments: pd.DataFrame) -> pd.Series:
    """Great-circle speed since the account's last payment, over at least a minute."""
    to, since = np.radians(payments["latitude"]), np.radians(payments["last_latitude"])
    turn = np.radians(payments["longitude"] - payments["last_longitude"])
    cosine = np.sin(to) * np.sin(since) + np.cos(to) * np.cos(since) * np.cos(turn)
    hours = (payments["event_time"] - payments["last_event_time"]).dt.total_seconds() / 3600
    return 6371 * np.arccos(cosine.clip(-1, 1)) / hours.clip(lower=1 / 60)


def test_rate_is_near_the_configured(history: History) -> None:
    rate = np.mean(history.labels["fraud"].to_numpy())
    assert CONFIG.fraud_rate * 0.7 < rate < CONFIG.fraud_rate * 1.3


@pytest.mark.parametrize("kind", [n for n in FraudKind.values() if 1 <= n <= 6])
def test_every_kind_has_its_share(history: History, kind: FraudKind.ValueType) -> None:
    kinds = history.labels["kind"].to_numpy()
    share = (kinds == kind).sum() / (kinds != 0).sum()
    expected = CONFIG.fraud_mix.share_of(kind)
    assert expected * 0.4 < share < expected * 2.0


def test_no_fraud_where_none_is_wanted() -> None:
    world = World(WorldConfig(customers=100, merchants=50, days=3, fraud_rate=0.0))
    assert not any(chunk.labels["fraud"].to_pylist().count(True) for chunk in world.generate())


def test_card_testing_is_many_tiny_payments_in_minutes(payments: pd.DataFrame) -> None:
    frauds = of_kind(payments, "CARD_TESTING")
    gap = (frauds["event_time"] - frauds["last_event_time"]).dt.total_seconds()
    assert (gap < 600).mean() > 0.6
    assert frauds["amount_minor"].median() < payments["amount_minor"].median() / 3


def test_stolen_cards_pay_more_than_usual(payments: pd.DataFrame) -> None:
    frauds = of_kind(payments, "STOLEN_CARD")
    euros = frauds[frauds["currency"] == "EUR"]["amount_minor"].median()
    genuine = payments[(payments["kind"] == 0) & (payments["currency"] == "EUR")]
    assert euros > 2 * genuine["amount_minor"].median()


def test_takeovers_come_from_new_devices_online(payments: pd.DataFrame) -> None:
    frauds = of_kind(payments, "ACCOUNT_TAKEOVER")
    genuine = payments[payments["kind"] == 0]
    own = set(zip(genuine["account_id"], genuine["device_id"], strict=True))
    named = frauds.dropna(subset="device_id")
    new = [pair not in own for pair in zip(named["account_id"], named["device_id"], strict=True)]
    assert np.mean(new) > 0.8
    assert not (frauds["channel"] == Channel.CHANNEL_POINT_OF_SALE).any()


def test_compromised_merchants_have_long_runs_of_fraud(payments: pd.DataFrame) -> None:
    frauds = of_kind(payments, "MERCHANT_COMPROMISE")
    by_merchant = frauds.groupby("merchant_id", observed=True)["event_time"]
    assert by_merchant.count().max() > 20
    lasted = (by_merchant.max() - by_merchant.min()).dt.total_seconds()
    assert lasted.max() > 10 * DAY_SECONDS
    assert frauds["account_id"].nunique() > frauds["merchant_id"].nunique()


def test_clones_outrun_aircraft(payments: pd.DataFrame) -> None:
    impossible = of_kind(payments, "GEOGRAPHIC_IMPOSSIBILITY").drop_duplicates("account_id")
    speed = speed_kmh(impossible).dropna()
    assert (speed > 1_000).mean() > 0.7


def test_mules_share_devices_and_merchants(payments: pd.DataFrame) -> None:
    frauds = of_kind(payments, "MULE_RING")
    accounts = frauds.groupby("device_id")["account_id"].nunique()
    merchants = frauds.groupby("device_id")["merchant_id"].nunique()
    assert accounts.median() >= 4
    assert merchants.max() <= 2


def test_honest_people_travel(payments: pd.DataFrame) -> None:
    genuine = payments[payments["kind"] == 0].dropna(subset="country")
    home = genuine.groupby("account_id", observed=True)["country"].agg(lambda c: c.mode()[0])
    counter = genuine[genuine["channel"] == Channel.CHANNEL_POINT_OF_SALE]
    abroad = counter["country"].astype(str) != counter["account_id"].map(home).astype(str)
    assert 0.01 < abroad.mean() < 0.15
    assert (speed_kmh(counter) > 1_000).mean() < 0.002


def test_honest_people_spend_much_and_often_at_times(payments: pd.DataFrame) -> None:
    genuine = payments[payments["kind"] == 0]
    amounts = genuine[genuine["currency"] == "EUR"]["amount_minor"]
    assert 0.001 < (amounts > 20 * amounts.median()).mean() < 0.05
    gap = (genuine["event_time"] - genuine["last_event_time"]).dt.total_seconds()
    assert 0.002 < (gap < 300).mean() < 0.05


def test_honest_people_get_new_devices_and_share_them(payments: pd.DataFrame) -> None:
    genuine = payments[payments["kind"] == 0].dropna(subset="device_id")
    accounts = genuine.groupby("device_id")["account_id"].nunique()
    assert (accounts > 1).sum() > 50
    since_start = genuine["event_time"] - genuine["event_time"].iloc[0]
    late = since_start.dt.total_seconds() > 30 * DAY_SECONDS
    known = set(zip(genuine[~late]["account_id"], genuine[~late]["device_id"], strict=True))
    pairs = zip(genuine[late]["account_id"], genuine[late]["device_id"], strict=True)
    assert np.mean([pair not in known for pair in pairs]) > 0.05


def test_categories_drift() -> None:
    world = World(WorldConfig(customers=4_000, merchants=500, days=1))
    early, late = (
        pa.Table.from_batches([chunk.events for chunk in world.generate(day, 3)])
        .to_pandas()["category"]
        .value_counts(normalize=True)
        for day in (0, 70)
    )
    assert (late / early - 1).abs().max() > 0.15
