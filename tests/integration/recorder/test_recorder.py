import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fraud.settings import RecorderSettings
from fraud.v1.records_pb2 import Prediction
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox
from tests.integration.recorder.records import (
    DECIDED_AT,
    append,
    append_label,
    label,
    prediction,
    recorded_ids,
    select,
)


def test_a_decision_becomes_a_row_with_all_it_was_decided_on(
    outbox: Outbox, recorder: Recorder, dsn: str
) -> None:
    append(outbox, "t1")
    assert recorder.drain() == 1
    [row] = select(
        dsn,
        "SELECT transaction_id, account_id, amount_minor, currency, event_time, channel,"
        " entry_mode, country, latitude, device_id, decision, probability, risk_score,"
        " reason_codes, reason_weights, model_version, variant, model_digest, contract_digest,"
        " review_threshold, decline_threshold, degraded, late, latency_us, decided_at"
        " FROM predictions",
    )
    assert row == (
        *("t1", "account", 1299, "EUR", DECIDED_AT, "ecommerce", "unspecified"),
        *(None, None, None, "decline", 0.8, 800, ["AMOUNT_UNUSUAL"]),
        *([0.5], "7", "champion", "ab" * 32, "cd" * 32),
        *(0.25, 0.75, False, False, 50, DECIDED_AT),
    )


def test_features_and_the_message_come_back_bit_for_bit(
    outbox: Outbox, recorder: Recorder, dsn: str
) -> None:
    append(outbox, "t1")
    recorder.drain()
    [(features, payload)] = select(dsn, "SELECT features::float8[], prediction FROM predictions")
    expected = prediction("t1")
    assert isinstance(features, list)
    assert features[0] == expected.features[0]
    assert math.isnan(features[1])
    assert features[2] == expected.features[2]
    assert isinstance(payload, bytes)
    assert Prediction.FromString(payload) == expected


def test_optional_fields_are_kept_when_sent(outbox: Outbox, recorder: Recorder, dsn: str) -> None:
    made = prediction("t1")
    made.transaction.country, made.transaction.device_id = "DE", "device"
    made.transaction.coordinates.latitude = 52.5
    made.transaction.utc_offset_minutes = 0
    outbox.append_prediction("t1", b"digest", made.SerializeToString())
    recorder.drain()
    query = "SELECT country, device_id, latitude, longitude, utc_offset_minutes FROM predictions"
    assert select(dsn, query) == [("DE", "device", 52.5, 0.0, 0)]


def test_all_that_was_said_of_a_payment_is_kept_and_the_last_stands(
    outbox: Outbox, recorder: Recorder, dsn: str
) -> None:
    first = label("t1", fraud=True, known_second=10)
    append_label(outbox, first, first)
    append_label(outbox, label("t1", fraud=False, known_second=20, source="analyst"))
    append_label(outbox, label("t2", fraud=True, known_second=15))
    assert recorder.drain() == 3
    kept = select(dsn, "SELECT transaction_id, fraud, kind, source FROM labels ORDER BY known_at")
    assert kept == [
        ("t1", True, "stolen_card", "chargeback"),
        ("t2", True, "stolen_card", "chargeback"),
        ("t1", False, "unspecified", "analyst"),
    ]
    standing = select(dsn, "SELECT transaction_id, fraud FROM current_labels ORDER BY 1")
    assert standing == [("t1", False), ("t2", True)]


def test_what_is_recorded_is_not_recorded_again(
    outbox: Outbox, path: Path, recorder: Recorder, dsn: str
) -> None:
    keys = [f"t{number:03}" for number in range(120)]
    append(outbox, *keys[:70])
    assert recorder.drain() == 70
    assert recorder.drain() == 0
    append(outbox, *keys[70:])
    assert Recorder(path, dsn, RecorderSettings()).drain() == 50
    assert recorded_ids(dsn) == keys


def test_the_scorer_is_told_and_may_forget(outbox: Outbox, recorder: Recorder) -> None:
    append(outbox, "t1", "t2", "t3")
    assert outbox.depth == 3
    recorder.drain()
    assert (outbox.depth, outbox.recorded_through()) == (0, 3)
    assert outbox.prune(outbox.recorded_through(), 10**18, 100) == 2
    append(outbox, "t4")
    assert recorder.drain() == 1


def test_each_day_has_its_partition_and_the_next_days_too(
    outbox: Outbox, recorder: Recorder, dsn: str
) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(4):
        key, at = f"t{number}", midnight + timedelta(microseconds=number - 2)
        outbox.append_prediction(key, b"digest", prediction(key, at).SerializeToString())
    recorder.drain()
    for day, count in (("2026_02_28", 2), ("2026_03_01", 2)):
        assert select(dsn, f"SELECT count(*) FROM predictions_{day}") == [(count,)]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert select(dsn, f"SELECT count(*) FROM predictions_{tomorrow:%Y_%m_%d}") == [(0,)]


def test_a_new_outbox_in_the_place_of_the_old_is_recorded_from_its_start(
    path: Path, recorder: Recorder, dsn: str
) -> None:
    for keys in (("t1", "t2"), ("t3",)):
        outbox = Outbox(path, "normal")
        append(outbox, *keys)
        outbox.close()
        assert recorder.drain() == len(keys)
        path.unlink()
    assert recorded_ids(dsn) == ["t1", "t2", "t3"]
    assert select(dsn, "SELECT seq FROM recorder_positions ORDER BY 1") == [(1,), (2,)]


def test_two_recorders_record_once(
    outbox: Outbox, path: Path, dsn: str, recorder: Recorder
) -> None:
    append(outbox, "t1", "t2")
    other = Recorder(path, dsn, RecorderSettings(batch_rows=1))
    assert other._drain_next() == 1
    assert recorder.drain() == 1
    append(outbox, "t3")
    assert other._step() > 0, "the other was first: it waits and looks again"
    assert other._step() == 0
    other._end_session()
    assert recorded_ids(dsn) == ["t1", "t2", "t3"]
