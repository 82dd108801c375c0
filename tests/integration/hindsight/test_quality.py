"""What Prometheus is told of the decisions' quality, from what PostgreSQL holds."""

import threading
import time
import urllib.request
from collections.abc import Iterator

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from fraud.local.port import free_port
from fraud.settings import HindsightSettings
from hindsight.quality.watch import QualityWatch
from tests.integration.hindsight.live import Live, Payment

OF = {"model_version": "1", "variant": "champion"}


@pytest.fixture
def live(dsn: str) -> Iterator[Live]:
    live = Live(dsn)
    yield live
    live.close()


def world(live: Live) -> None:
    """Ten payments of version 1 on days 0 to 9; of version 2 the newest of all, on day 10."""
    probabilities = (0.95, 0.95, 0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    payments = [Payment(f"t{day}", f"a{day}", day, each) for day, each in enumerate(probabilities)]
    newest = Payment("new", "a", 10, 0.1, version="2", variant="challenger")
    stranger = Payment("never decided here", "a", 9, 0.1)
    live.pay(*payments, newest)
    # Of days 0 and 1 one in time for the last seven days, one not; day 2's fraud was missed.
    live.label((payments[0], True, 1), (payments[1], True, 4), (payments[2], True, 3))
    live.label((stranger, True, 0.5))


def asked(dsn: str, *, hours: float = 48) -> CollectorRegistry:
    settings = HindsightSettings(
        maturity_hours=hours, metrics_port=free_port(), quality_seconds=0.05
    )
    watch = QualityWatch(settings, dsn)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        url = f"http://127.0.0.1:{settings.metrics_port}/metrics"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                page = urllib.request.urlopen(url, timeout=5).read()
            except OSError:
                continue
            if b"fraud_quality_labels{" in page:
                break
            time.sleep(0.05)
    finally:
        watch.stop()
        thread.join()
    return watch.registry


def test_rates_are_of_what_came_to_be_known_within_the_window(dsn: str, live: Live) -> None:
    world(live)
    registry = asked(dsn)

    def rate(name: str, window: str) -> float | None:
        return registry.get_sample_value(f"fraud_quality_{name}_ratio", {**OF, "window": window})

    # Known on days 3 to 10: frauds of days 1 (stopped) and 2 (missed); genuine after two days
    # without a label: days 3 (stopped) to 8.
    assert rate("recall", "7d") == 0.5
    assert rate("precision", "7d") == 0.5
    assert rate("false_positive", "7d") == pytest.approx(1 / 6)
    # Within the last day: day 8, which was genuine and passed. Nothing else can be said.
    assert rate("false_positive", "1d") == 0
    assert rate("recall", "1d") is None
    challenger = {"model_version": "2", "variant": "challenger", "window": "7d"}
    assert registry.get_sample_value("fraud_quality_recall_ratio", challenger) is None


def test_label_delay_and_labels_of_unknown_payments_are_told(dsn: str, live: Live) -> None:
    world(live)
    registry = asked(dsn)
    delay = {"window": "7d", "quantile": "0.5"}
    day = 86_400
    assert registry.get_sample_value("fraud_quality_label_delay_seconds", delay) == 3 * day
    labels = {"window": "7d", "payment": "decided"}
    assert registry.get_sample_value("fraud_quality_labels", labels) == 2
    unknown = {"window": "7d", "payment": "unknown"}
    assert registry.get_sample_value("fraud_quality_labels", unknown) == 1


def test_the_newest_drift_report_and_the_champions_age_are_told(dsn: str, live: Live) -> None:
    with psycopg.connect(dsn) as connection:
        for drifted in (True, False):
            (report,) = connection.execute(
                "INSERT INTO drift_reports (model_name, model_version, window_start, window_end,"
                " payments, drifted) VALUES ('fraud', '1', now(), to_timestamp(1000), 5, %s)"
                " RETURNING report",
                (drifted,),
            ).fetchone() or (0,)
            connection.execute(
                "INSERT INTO drift_measures (report, subject, test, statistic, threshold, drifted)"
                " VALUES (%s, 'amount', 'ks', %s, 0.1, %s)",
                (report, 0.2 if drifted else 0.05, drifted),
            )
        connection.execute(
            "INSERT INTO ledger (changed_at, changed_by, model_name, subject, subject_name,"
            " new_value, reason) VALUES (to_timestamp(500), 'me', 'fraud', 'alias', 'champion',"
            " '1', 'first')"
        )
    registry = asked(dsn)
    of = {"model_version": "1", "subject": "amount", "test": "ks"}
    assert registry.get_sample_value("fraud_drift_statistic", of) == 0.05
    assert registry.get_sample_value("fraud_drift_drifted", of) == 0
    assert registry.get_sample_value("fraud_drift_window_end_timestamp_seconds") == 1000
    changed = "fraud_quality_champion_changed_timestamp_seconds"
    assert registry.get_sample_value(changed) == 500


def test_what_shadows_would_have_stopped_is_told(dsn: str, live: Live) -> None:
    payments = [Payment(f"t{day}", f"a{day}", day, 0.1) for day in range(10)]
    live.pay(*payments)
    # Of the last seven days one in seven, of the last day none.
    live.shadow("7", *((each, 0.95 if each.day == 5 else 0.1) for each in payments))
    registry = asked(dsn)

    def share(window: str) -> float | None:
        labels = {"model_version": "7", "window": window}
        return registry.get_sample_value("fraud_quality_shadow_stopped_ratio", labels)

    assert share("7d") == pytest.approx(1 / 7)
    assert share("1d") == 0
